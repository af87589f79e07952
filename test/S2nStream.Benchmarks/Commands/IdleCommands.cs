using System.CommandLine;
using S2nTls.Benchmarks.Idle;
using S2nTls.Benchmarks.Measuring;

namespace S2nTls.Benchmarks.Commands;

/// <summary>The two processes of the scenario of idle connections. Not for people.</summary>
internal static class IdleCommands
{
    internal static Command CreateServer()
    {
        var contender = new Argument<Contender>("contender");
        var connections = new Argument<int>("connections");
        var readSize = new Argument<int>("read-size");
        var command = new Command("idle-server") { contender, connections, readSize };
        command.Hidden = true;
        command.SetAction((parsed, _) => new IdleServer(
            parsed.GetValue(contender), parsed.GetValue(connections), parsed.GetValue(readSize)).RunAsync());
        return command;
    }

    internal static Command CreateClients()
    {
        var contender = new Argument<Contender>("contender");
        var port = new Argument<int>("port");
        var root = new Argument<string>("root");
        var command = new Command("idle-clients") { contender, port, root };
        command.Hidden = true;
        command.SetAction((parsed, _) => IdleClients.RunAsync(
            parsed.GetValue(contender), parsed.GetValue(port), Convert.FromBase64String(parsed.GetRequiredValue(root))));
        return command;
    }
}
