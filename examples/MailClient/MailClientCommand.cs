using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MimeKit;

namespace Examples;

/// <summary>The command line of the mail client.</summary>
internal static class MailClientCommand
{
    private const string TryIt =
        """
        Try it:
          dotnet run --project examples/StartTls -- --write-ca ca.pem --implicit-tls
        and at another terminal:
          echo hello | dotnet run --project examples/MailClient -- --ca ca.pem --from me@example.com --to you@example.com
        """;

    public static RootCommand Create()
    {
        var host = new Option<string>("--host")
        {
            Description = "The server's name or address.",
            HelpName = "name",
            DefaultValueFactory = _ => "localhost",
        };
        Option<int> port = CommonOptions.Number("--port", "port", 2525, 1, IPEndPoint.MaxPort, "The server's port, where it speaks TLS from the first byte.");
        Option<FileInfo> ca = CommonOptions.ExistingFile("--ca", "The roots to trust, PEM. Default: the system's.");
        Option<MailboxAddress> from = Address("--from", "Who sends.");
        Option<MailboxAddress> to = Address("--to", "Who receives.");
        var subject = new Option<string>("--subject") { Description = "The subject.", HelpName = "text", DefaultValueFactory = _ => "" };
        Option<int> timeout = CommonOptions.Number("--timeout", "seconds", 30, 1, 3600, "How long all of it may take.");

        var command = new RootCommand("Sends standard input as mail, over TLS from the first byte, with MailKit.")
        {
            host, port, ca, from, to, subject, timeout,
        };
        HelpWithExamples.AddTo(command, TryIt);

        command.SetAction(async (parsed, stop) =>
        {
            var options = new SslClientAuthenticationOptions { TargetHost = parsed.GetRequiredValue(host) };
            if (parsed.GetValue(ca) is { } roots)
            {
                options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust };
                options.CertificateChainPolicy.CustomTrustStore.AddRange(PemFiles.ReadRoots(roots));
                options.CertificateChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            }

            using var message = new MimeMessage();
            message.From.Add(parsed.GetRequiredValue(from));
            message.To.Add(parsed.GetRequiredValue(to));
            message.Subject = parsed.GetRequiredValue(subject);
            message.Body = new TextPart("plain") { Text = await Console.In.ReadToEndAsync(stop) };

            var sender = new MailSender(options, TimeSpan.FromSeconds(parsed.GetValue(timeout)));
            Console.WriteLine($"The server says: {ErrorText.OneLine(await sender.SendAsync(options.TargetHost, parsed.GetValue(port), message, stop))}");
            return 0;
        });
        return command;
    }

    private static Option<MailboxAddress> Address(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "address",
        Required = true,
        CustomParser = result => ParseAddress(result, name),
    };

    private static MailboxAddress? ParseAddress(ArgumentResult result, string name)
    {
        if (MailboxAddress.TryParse(result.Tokens[0].Value, out MailboxAddress? address))
        {
            return address;
        }

        result.AddError($"{name}: '{result.Tokens[0].Value}' is no mail address.");
        return null;
    }
}
