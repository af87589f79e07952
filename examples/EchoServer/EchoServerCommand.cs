using System.CommandLine;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls;

namespace Examples;

/// <summary>The command line of the echo server.</summary>
internal static class EchoServerCommand
{
    private const string TryIt =
        """
        Try it:
          dotnet run --project examples/EchoServer -- --write-ca ca.pem
        and at another terminal any of:
          dotnet run --project examples/Client -- --ca ca.pem
          openssl s_client -connect localhost:4433 -CAfile ca.pem -verify_return_error
          curl --cacert ca.pem -X 'HTTP/1.1 200' -d hello https://localhost:4433/
            (the echo of such a request is a response)

        With a certificate of your own, and clients that must have one too:
          dotnet run --project examples/EchoServer -- --certificate server.pem --key server.key \
              --client-ca clients.pem --require-client-certificate

        Two servers of a fleet, at either of which a session of the other is resumed (start the second with another --port):
          head -c 32 /dev/urandom > secret
          dotnet run --project examples/EchoServer -- --certificate server.pem --key server.key --ticket-secret secret
          dotnet run --project examples/Client -- --ca ca.pem --session session
        """;

    public static RootCommand Create()
    {
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
        Option<FileInfo> clientCa = CommonOptions.ExistingFile("--client-ca", "Ask clients for a certificate, which must lead to a root in this file, PEM.");
        var requireClientCertificate = new Option<bool>("--require-client-certificate")
        {
            Description = "Refuse clients that have no certificate.",
        };
        Option<SslApplicationProtocol[]> alpn = CommonOptions.Alpn();
        Option<FileInfo> ticketSecret = CommonOptions.ExistingFile("--ticket-secret", "At least 32 random bytes, from which all servers that have them make the keys of session tickets.");
        Option<int> ticketRotation = CommonOptions.Number("--ticket-rotation", "seconds", 3600, 10, 24 * 3600, "How long a ticket key serves before the next one joins it.");
        Option<int> handshakeTimeout = CommonOptions.Number("--handshake-timeout", "seconds", 10, 1, 3600, "How long a client may take for the handshake.");

        var command = new RootCommand("Sends back what it receives, through TLS, until the client's end of data. Ctrl-C stops it.")
        {
            host, port, certificate, key, writeCa, policy, clientCa, requireClientCertificate, alpn, ticketSecret, ticketRotation, handshakeTimeout,
        };
        command.RequireBothOrNone(certificate, key);
        command.RefuseWriteCaWith(certificate, writeCa);
        command.Validators.Add(result =>
        {
            if (result.GetValue(requireClientCertificate) && result.GetResult(clientCa) is null)
            {
                result.AddError("--require-client-certificate needs --client-ca.");
            }
        });
        HelpWithExamples.AddTo(command, TryIt);

        command.SetAction(async (parsed, stop) =>
        {
            var options = new S2nServerOptions { SecurityPolicy = parsed.GetRequiredValue(policy) };
            foreach (SslApplicationProtocol protocol in parsed.GetValue(alpn) ?? [])
            {
                options.ApplicationProtocols.Add(protocol);
            }

            if (parsed.GetValue(clientCa) is { } roots)
            {
                options.TrustedRoots = PemFiles.ReadRoots(roots);
                options.ClientCertificateMode = parsed.GetValue(requireClientCertificate)
                    ? S2nClientCertificateMode.Required
                    : S2nClientCertificateMode.Optional;
            }

            if (parsed.GetValue(ticketSecret) is { } secret)
            {
                options.TicketKeys = TicketKeys.FromFile(secret, TimeSpan.FromSeconds(parsed.GetValue(ticketRotation)));
            }

            using S2nCertificate ownCertificate = parsed.GetValue(certificate) is { } certificateFile
                ? PemFiles.ReadCertificate(certificateFile, parsed.GetRequiredValue(key)!)
                : MakeCertificate(parsed.GetValue(writeCa));
            options.Certificates.Add(ownCertificate);

            using S2nContext context = S2nContext.CreateServer(options);
            var server = new EchoServer(context, TimeSpan.FromSeconds(parsed.GetValue(handshakeTimeout)));
            await server.RunAsync(parsed.GetRequiredValue(host), parsed.GetValue(port), stop);
            return 0;
        });
        return command;
    }

    private static S2nCertificate MakeCertificate(FileInfo? caFile)
    {
        using X509Certificate2 certificate = SelfMadeCertificate.ForLocalhost("EchoServer example root", caFile);
        return S2nCertificate.FromX509(certificate);
    }
}
