using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using S2nTls;

namespace Examples;

/// <summary>The command line of the gRPC server and client.</summary>
internal static class GrpcCommand
{
    private const string RootName = "Grpc example root";

    private const string TryIt =
        """
        Try it, server and client in one:
          dotnet run --project examples/Grpc -- --policy default_pq
        or each at a terminal of its own:
          dotnet run --project examples/Grpc -- --server --port 5443 --write-ca ca.pem
          dotnet run --project examples/Grpc -- --client https://localhost:5443/ --ca ca.pem
        """;

    public static RootCommand Create()
    {
        var server = new Option<bool>("--server") { Description = "Only serve, until Ctrl-C." };
        var client = new Option<Uri>("--client")
        {
            Description = "Only call the server at this URL.",
            HelpName = "url",
            CustomParser = ParseUrl,
        };
        Option<int> port = CommonOptions.Number("--port", "port", 0, 0, IPEndPoint.MaxPort, "The port to listen on; 0 takes a free one.");
        Option<FileInfo> writeCa = SelfMadeCertificate.WriteCaOption();
        Option<FileInfo> ca = CommonOptions.ExistingFile("--ca", "With --client, the roots to trust, PEM. Default: the system's.");
        Option<S2nSecurityPolicy> policy = CommonOptions.Policy();

        var command = new RootCommand("gRPC over s2n-tls at both ends: a call of each kind, and what was negotiated.")
        {
            server, client, port, writeCa, ca, policy,
        };
        command.Validators.Add(result =>
        {
            bool isServer = result.GetValue(server);
            bool isClient = result.GetResult(client) is not null;
            if (isServer && isClient)
            {
                result.AddError("--server and --client are two programs.");
            }
            else if (!isServer && result.GetResult(writeCa) is not null)
            {
                result.AddError("--write-ca needs --server.");
            }
            else if (!isClient && result.GetResult(ca) is not null)
            {
                result.AddError("--ca needs --client.");
            }
        });
        HelpWithExamples.AddTo(command, TryIt);

        command.SetAction(async (parsed, stop) =>
        {
            S2nSecurityPolicy securityPolicy = parsed.GetRequiredValue(policy);
            if (parsed.GetValue(client) is { } url)
            {
                await CallAsync(url, parsed.GetValue(ca) is { } file ? PemFiles.ReadRoots(file) : null, securityPolicy, stop);
            }
            else if (parsed.GetValue(server))
            {
                using X509Certificate2 certificate = SelfMadeCertificate.ForLocalhost(RootName, parsed.GetValue(writeCa));
                await using CounterServer counter = await CounterServer.StartAsync(parsed.GetValue(port), certificate, securityPolicy, stop);
                Console.WriteLine($"Listening on {counter.Url}.");
                await counter.WaitForStopAsync(stop);
            }
            else
            {
                using var authority = new SelfMadeAuthority(RootName);
                using X509Certificate2 certificate = authority.IssueForLocalhost();
                await using CounterServer counter = await CounterServer.StartAsync(parsed.GetValue(port), certificate, securityPolicy, stop);
                await CallAsync(counter.Url, [authority.Root], securityPolicy, stop);
            }

            return 0;
        });
        return command;
    }

    /// <param name="url">The server.</param>
    /// <param name="roots">What is trusted; null: the system's roots.</param>
    /// <param name="policy">The security policy.</param>
    /// <param name="stop">Ends it.</param>
    private static async Task CallAsync(Uri url, X509Certificate2Collection? roots, S2nSecurityPolicy policy, CancellationToken stop)
    {
        using S2nContext context = S2nContext.CreateClient(new S2nClientOptions { SecurityPolicy = policy, TrustedRoots = roots });
        await CounterClient.RunAsync(url, context, stop);
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttps)
        {
            return url;
        }

        result.AddError($"--client: '{text}' is no URL that begins with https.");
        return null;
    }
}
