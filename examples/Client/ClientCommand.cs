using System.CommandLine;
using System.Net;
using System.Net.Security;
using S2nTls;

namespace Examples;

/// <summary>The command line of the client.</summary>
internal static class ClientCommand
{
    private const string TryIt =
        """
        Try it:
          dotnet run --project examples/EchoServer -- --write-ca ca.pem
        and at another terminal:
          echo hello | dotnet run --project examples/Client -- --ca ca.pem

        With OpenSSL (-rev sends each line back reversed):
          openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
              -addext subjectAltName=DNS:localhost -keyout server.key -out server.pem
          openssl s_server -accept 4433 -cert server.pem -key server.key -rev
        and at another terminal:
          echo hello | dotnet run --project examples/Client -- --ca server.pem
        """;

    public static RootCommand Create()
    {
        var host = new Option<string>("--host")
        {
            Description = "The server's name or address.",
            HelpName = "name",
            DefaultValueFactory = _ => "localhost",
        };
        Option<int> port = CommonOptions.Number("--port", "port", 4433, 1, IPEndPoint.MaxPort, "The server's port.");
        Option<FileInfo> ca = CommonOptions.ExistingFile("--ca", "The roots to trust, PEM. Default: the system's.");
        var serverName = new Option<string>("--server-name")
        {
            Description = "The name that the server's certificate must bear. Default: the host.",
            HelpName = "name",
        };
        Option<FileInfo> certificate = CommonOptions.ExistingFile("--certificate", "A certificate for servers that ask for one, PEM.");
        Option<FileInfo> key = CommonOptions.ExistingFile("--key", "The certificate's private key, PEM.");
        Option<S2nSecurityPolicy> policy = CommonOptions.Policy();
        Option<SslApplicationProtocol[]> alpn = CommonOptions.Alpn();
        var session = new Option<FileInfo>("--session")
        {
            Description = "Keep the session in this file, and resume it the next time.",
            HelpName = "file",
        };
        Option<int> timeout = CommonOptions.Number("--timeout", "seconds", 10, 1, 3600, "How long connecting and the handshake may take.");

        var command = new RootCommand("Sends standard input to a server, through TLS, and copies its answer to standard output.")
        {
            host, port, ca, serverName, certificate, key, policy, alpn, session, timeout,
        };
        command.RequireBothOrNone(certificate, key);
        HelpWithExamples.AddTo(command, TryIt);

        command.SetAction(async (parsed, stop) =>
        {
            var options = new S2nClientOptions { SecurityPolicy = parsed.GetRequiredValue(policy) };
            foreach (SslApplicationProtocol protocol in parsed.GetValue(alpn) ?? [])
            {
                options.ApplicationProtocols.Add(protocol);
            }

            if (parsed.GetValue(ca) is { } roots)
            {
                options.TrustedRoots = PemFiles.ReadRoots(roots);
            }

            if (parsed.GetValue(session) is { } sessionFile)
            {
                options.SessionCache = new SessionFile(sessionFile);
            }

            using S2nCertificate? ownCertificate = parsed.GetValue(certificate) is { } certificateFile
                ? PemFiles.ReadCertificate(certificateFile, parsed.GetRequiredValue(key)!)
                : null;
            options.Certificate = ownCertificate;

            using S2nContext context = S2nContext.CreateClient(options);
            var client = new Client(context, TimeSpan.FromSeconds(parsed.GetValue(timeout)));
            await client.RunAsync(parsed.GetRequiredValue(host), parsed.GetValue(port), parsed.GetValue(serverName), stop);
            return 0;
        });
        return command;
    }
}
