using System.CommandLine;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Examples;

/// <summary>The command line of the mail server.</summary>
internal static class StartTlsCommand
{
    private const string TryIt =
        """
        Try it:
          dotnet run --project examples/StartTls -- --write-ca ca.pem
        and at another terminal any of:
          openssl s_client -starttls smtp -crlf -connect localhost:2525 -CAfile ca.pem -verify_return_error
          echo hello | curl --ssl-reqd --cacert ca.pem --crlf smtp://localhost:2525 \
              --mail-from me@example.com --mail-rcpt you@example.com -T -

        With TLS from the first byte, which mail calls "implicit":
          dotnet run --project examples/StartTls -- --write-ca ca.pem --implicit-tls
          echo hello | dotnet run --project examples/MailClient -- --ca ca.pem --from me@example.com --to you@example.com
        """;

    public static RootCommand Create()
    {
        var host = new Option<string>("--host")
        {
            Description = "The address to listen on, or a name that stands for it.",
            HelpName = "address",
            DefaultValueFactory = _ => "127.0.0.1",
        };
        Option<int> port = CommonOptions.Number("--port", "port", 2525, 0, IPEndPoint.MaxPort, "The port to listen on; 0 takes a free one.");
        Option<FileInfo> certificate = CommonOptions.ExistingFile("--certificate", "The certificate and its intermediates, PEM. Default: one for localhost, made on the spot.");
        Option<FileInfo> key = CommonOptions.ExistingFile("--key", "The certificate's private key, PEM.");
        Option<FileInfo> writeCa = SelfMadeCertificate.WriteCaOption();
        var implicitTls = new Option<bool>("--implicit-tls") { Description = "Speak TLS from the first byte, instead of after STARTTLS." };
        Option<int> timeout = CommonOptions.Number("--timeout", "seconds", 60, 1, 3600, "How long a client may take for a line, or for the handshake.");

        var command = new RootCommand("A mail server (SMTP) that turns its connections into encrypted ones, and prints who sent what. Ctrl-C stops it.")
        {
            host, port, certificate, key, writeCa, implicitTls, timeout,
        };
        command.RequireBothOrNone(certificate, key);
        command.RefuseWriteCaWith(certificate, writeCa);
        HelpWithExamples.AddTo(command, TryIt);

        command.SetAction(async (parsed, stop) =>
        {
            SslStreamCertificateContext ownCertificate = parsed.GetValue(certificate) is { } certificateFile
                ? Read(certificateFile, parsed.GetRequiredValue(key))
                : SslStreamCertificateContext.Create(SelfMadeCertificate.ForLocalhost("StartTls example root", parsed.GetValue(writeCa)), null, offline: true);
            var server = new MailServer(
                new SslServerAuthenticationOptions { ServerCertificateContext = ownCertificate },
                parsed.GetValue(implicitTls),
                TimeSpan.FromSeconds(parsed.GetValue(timeout)));
            await new TcpService(server.ServeAsync).RunAsync(parsed.GetRequiredValue(host), parsed.GetValue(port), stop);
            return 0;
        });
        return command;
    }

    private static SslStreamCertificateContext Read(FileInfo certificate, FileInfo key)
    {
        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificate.FullName);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificate.FullName, key.FullName), chain, offline: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new UsageException($"{certificate} with {key}: {e.Message}", e);
        }
    }
}
