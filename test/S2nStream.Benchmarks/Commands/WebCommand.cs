using System.CommandLine;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;
using S2nTls.Benchmarks.Web;

namespace S2nTls.Benchmarks.Commands;

/// <summary>The other process of the scenarios of web servers and of HttpClient. Not for people.</summary>
internal static class WebCommand
{
    internal static Command CreateClients()
    {
        var contender = new Argument<Contender>("contender");
        var exchange = new Argument<WebExchange>("exchange");
        var port = new Argument<int>("port");
        var root = new Argument<string>("root");
        var command = new Command("web-clients") { contender, exchange, port, root };
        command.Hidden = true;
        command.SetAction((parsed, _) => new WebClients(
            parsed.GetValue(contender), parsed.GetValue(exchange), parsed.GetValue(port), Convert.FromBase64String(parsed.GetRequiredValue(root))).RunAsync());
        return command;
    }

    /// <summary>Prints its port and the root of its certificate, and serves until the end of its standard input.</summary>
    internal static Command CreateServer()
    {
        var contender = new Argument<Contender>("contender");
        var exchange = new Argument<WebExchange>("exchange");
        var command = new Command("web-server") { contender, exchange };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            Credentials credentials = Credentials.P256();
            using WebServer server = await WebServer.StartAsync(parsed.GetValue(contender), credentials, parsed.GetValue(exchange));
            Console.WriteLine($"{server.Port} {Convert.ToBase64String(credentials.Root.RawData)}");
            while (await Console.In.ReadLineAsync(stop) is not null)
            {
            }
        });
        return command;
    }
}
