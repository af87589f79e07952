using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using S2nTls;

namespace Examples;

/// <summary>The command line of the HTTP client.</summary>
internal static class HttpClientCommand
{
    private const string TryIt =
        """
        Try it, with OpenSSL as a server (-www answers every request with what was agreed on):
          openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
              -addext subjectAltName=DNS:localhost -keyout server.key -out server.pem
          openssl s_server -accept 4433 -cert server.pem -key server.key -www
        and at another terminal:
          dotnet run --project examples/HttpClient -- https://localhost:4433/ --ca server.pem
        Twice on two connections; the second one resumes the session of the first:
          dotnet run --project examples/HttpClient -- https://localhost:4433/ --ca server.pem --count 2 --new-connections
        """;

    public static RootCommand Create()
    {
        var url = new Argument<Uri>("url")
        {
            Description = "What to fetch.",
            CustomParser = result => ParseUrl(result, Uri.UriSchemeHttps, Uri.UriSchemeHttp),
        };
        var http = new Option<Version>("--http")
        {
            Description = "The highest version of HTTP to speak: 1.1 or 2.",
            HelpName = "version",
            DefaultValueFactory = _ => HttpVersion.Version20,
            CustomParser = ParseVersion,
        };
        Option<int> count = CommonOptions.Number("--count", "times", 1, 1, 1_000_000, "How often to fetch it.");
        var newConnections = new Option<bool>("--new-connections") { Description = "Take a new connection each time." };
        Option<FileInfo> ca = CommonOptions.ExistingFile("--ca", "The roots to trust, PEM. Default: the system's.");
        Option<FileInfo> certificate = CommonOptions.ExistingFile("--certificate", "A certificate for servers that ask for one, PEM.");
        Option<FileInfo> key = CommonOptions.ExistingFile("--key", "The certificate's private key, PEM.");
        Option<S2nSecurityPolicy> policy = CommonOptions.Policy();
        var proxy = new Option<Uri>("--proxy")
        {
            Description = "A proxy to go through, such as http://localhost:3128 or socks5://localhost:1080. Default: that of the environment.",
            HelpName = "url",
            CustomParser = result => ParseUrl(result, Uri.UriSchemeHttps, Uri.UriSchemeHttp, "socks4", "socks4a", "socks5"),
        };
        Option<int> timeout = CommonOptions.Number("--timeout", "seconds", 30, 1, 3600, "How long a request may take.");

        var command = new RootCommand("Fetches a URL with HttpClient over s2n-tls. The body goes to standard output, the rest to standard error.")
        {
            url, http, count, newConnections, ca, certificate, key, policy, proxy, timeout,
        };
        command.RequireBothOrNone(certificate, key);
        HelpWithExamples.AddTo(command, TryIt);

        command.SetAction(async (parsed, stop) =>
        {
            var options = new S2nClientOptions { SecurityPolicy = parsed.GetRequiredValue(policy) };
            if (parsed.GetValue(ca) is { } roots)
            {
                options.TrustedRoots = PemFiles.ReadRoots(roots);
            }

            using S2nCertificate? ownCertificate = parsed.GetValue(certificate) is { } certificateFile
                ? PemFiles.ReadCertificate(certificateFile, parsed.GetRequiredValue(key)!)
                : null;
            options.Certificate = ownCertificate;

            using S2nContext context = S2nContext.CreateClient(options);
            var fetcher = new Fetcher(
                context, parsed.GetRequiredValue(http), parsed.GetValue(proxy), parsed.GetValue(newConnections), TimeSpan.FromSeconds(parsed.GetValue(timeout)));
            await fetcher.RunAsync(parsed.GetRequiredValue(url), parsed.GetValue(count), stop);
            return 0;
        });
        return command;
    }

    private static Uri? ParseUrl(ArgumentResult result, params string[] schemes)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && schemes.Contains(url.Scheme))
        {
            return url;
        }

        result.AddError($"'{text}' is no URL that begins with {string.Join(" or ", schemes)}.");
        return null;
    }

    private static Version? ParseVersion(ArgumentResult result)
    {
        switch (result.Tokens[0].Value)
        {
            case "1.1":
                return HttpVersion.Version11;
            case "2" or "2.0":
                return HttpVersion.Version20;
            default:
                result.AddError($"--http: '{result.Tokens[0].Value}' is not 1.1 or 2.");
                return null;
        }
    }
}
