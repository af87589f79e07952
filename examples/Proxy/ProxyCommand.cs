using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using S2nTls;

namespace Examples;

/// <summary>The command line of the proxy.</summary>
internal static class ProxyCommand
{
    private const string TryIt =
        """
        Try it, in front of a plain web server:
          python3 -m http.server 8080
          dotnet run --project examples/Proxy -- --to localhost:8080 --write-ca ca.pem
        and at another terminal:
          curl --cacert ca.pem https://localhost:4433/
        """;

    public static RootCommand Create()
    {
        var to = new Option<DnsEndPoint>("--to")
        {
            Description = "The server to pass the bytes on to.",
            HelpName = "host:port",
            Required = true,
            CustomParser = ParseServer,
        };
        var host = new Option<string>("--host")
        {
            Description = "The address to listen on, or a name that stands for it.",
            HelpName = "address",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        Option<int> port = CommonOptions.Number("--port", "port", 4433, 0, IPEndPoint.MaxPort, "The port to listen on; 0 takes a free one.");
        Option<FileInfo> certificate = CommonOptions.ExistingFile("--certificate", "The certificate and its intermediates, PEM. Default: one for localhost, made on the spot.");
        Option<FileInfo> key = CommonOptions.ExistingFile("--key", "The certificate's private key, PEM.");
        Option<FileInfo> writeCa = SelfMadeCertificate.WriteCaOption();
        Option<S2nSecurityPolicy> policy = CommonOptions.Policy();
        Option<int> handshakeTimeout = CommonOptions.Number("--handshake-timeout", "seconds", 10, 1, 3600, "How long a client may take for the handshake.");
        var command = new RootCommand("Ends TLS in front of a server that has none. Ctrl-C stops it.")
        {
            to, host, port, certificate, key, writeCa, policy, handshakeTimeout,
        };
        command.RequireBothOrNone(certificate, key);
        command.RefuseWriteCaWith(certificate, writeCa);
        HelpWithExamples.AddTo(command, TryIt);

        command.SetAction(async (parsed, stop) =>
        {
            using S2nCertificate ownCertificate = parsed.GetValue(certificate) is { } certificateFile
                ? PemFiles.ReadCertificate(certificateFile, parsed.GetRequiredValue(key)!)
                : MakeCertificate(parsed.GetValue(writeCa));
            using S2nContext context = S2nContext.CreateServer(new S2nServerOptions
            {
                SecurityPolicy = parsed.GetRequiredValue(policy),
                Certificates = { ownCertificate },
            });
            DnsEndPoint server = parsed.GetRequiredValue(to);
            var proxy = new Proxy(context, server.Host, server.Port, TimeSpan.FromSeconds(parsed.GetValue(handshakeTimeout)));
            await proxy.RunAsync(parsed.GetRequiredValue(host), parsed.GetValue(port), stop);
            return 0;
        });
        return command;
    }

    private static S2nCertificate MakeCertificate(FileInfo? caFile)
    {
        using X509Certificate2 certificate = SelfMadeCertificate.ForLocalhost("Proxy example root", caFile);
        return S2nCertificate.FromX509(certificate);
    }

    private static DnsEndPoint? ParseServer(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        int colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= IPEndPoint.MaxPort)
        {
            return new DnsEndPoint(text[..colon].Trim('[', ']'), port);
        }

        result.AddError($"--to: '{text}' is no host:port.");
        return null;
    }
}
