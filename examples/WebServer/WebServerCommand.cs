using System.CommandLine;
using System.Net;
using S2nTls;

namespace Examples;

/// <summary>The command line of the web server.</summary>
internal static class WebServerCommand
{
    private const string TryIt =
        """
        Try it:
          dotnet run --project examples/WebServer -- --write-ca ca.pem --policy default_pq
        and at another terminal any of:
          curl --cacert ca.pem https://localhost:8443/
          curl --cacert ca.pem --http1.1 https://localhost:8443/
        or open https://localhost:8443/ in a browser that trusts ca.pem.

        With visitors that may show a certificate (or must: --require-client-certificate):
          dotnet run --project examples/WebServer -- --client-ca clients.pem
        """;

    public static RootCommand Create()
    {
        var host = new Option<IPAddress>("--host")
        {
            Description = "The address to listen on.",
            HelpName = "address",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = result =>
            {
                if (IPAddress.TryParse(result.Tokens[0].Value, out IPAddress? address))
                {
                    return address;
                }

                result.AddError($"--host: '{result.Tokens[0].Value}' is no IP address.");
                return null;
            },
        };
        Option<int> port = CommonOptions.Number("--port", "port", 8443, 0, IPEndPoint.MaxPort, "The port to listen on; 0 takes a free one.");
        Option<FileInfo> certificate = CommonOptions.ExistingFile("--certificate", "The certificate and its intermediates, PEM. Default: one for localhost, made on the spot.");
        Option<FileInfo> key = CommonOptions.ExistingFile("--key", "The certificate's private key, PEM.");
        Option<FileInfo> writeCa = SelfMadeCertificate.WriteCaOption();
        Option<S2nSecurityPolicy> policy = CommonOptions.Policy();
        Option<FileInfo> clientCa = CommonOptions.ExistingFile("--client-ca", "Ask visitors for a certificate, which must lead to a root in this file, PEM.");
        var requireClientCertificate = new Option<bool>("--require-client-certificate") { Description = "Refuse visitors that have no certificate." };

        var command = new RootCommand("Shows each visitor what was negotiated, over HTTP/1.1 and HTTP/2. Ctrl-C stops it.")
        {
            host, port, certificate, key, writeCa, policy, clientCa, requireClientCertificate,
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
            var server = new WebServer
            {
                EndPoint = new IPEndPoint(parsed.GetRequiredValue(host), parsed.GetValue(port)),
                Configure = https =>
                {
                    https.Tls.SecurityPolicy = parsed.GetRequiredValue(policy);
                    if (parsed.GetValue(certificate) is { } certificateFile)
                    {
                        https.Tls.Certificates.Add(PemFiles.ReadCertificate(certificateFile, parsed.GetRequiredValue(key)!));
                    }
                    else
                    {
                        https.ServerCertificate = SelfMadeCertificate.ForLocalhost("WebServer example root", parsed.GetValue(writeCa));
                    }

                    if (parsed.GetValue(clientCa) is { } roots)
                    {
                        https.Tls.TrustedRoots = PemFiles.ReadRoots(roots);
                        https.Tls.ClientCertificateMode = parsed.GetValue(requireClientCertificate)
                            ? S2nClientCertificateMode.Required
                            : S2nClientCertificateMode.Optional;
                    }
                },
            };
            await server.RunAsync(stop);
            return 0;
        });
        return command;
    }
}
