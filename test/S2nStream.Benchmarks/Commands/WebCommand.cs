using System.CommandLine;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Web;

namespace S2nTls.Benchmarks.Commands;

/// <summary>The clients' process of the scenarios of web servers. Not for people.</summary>
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
}
