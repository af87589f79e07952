using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Http.Tests.Connections;

/// <summary>Servers that are not .NET's.</summary>
public class OtherServersTests
{
    private static readonly Uri s_localhost = new("https://localhost");

    [Theory]
    [InlineData("1.1", "HTTP/1.1")]
    [InlineData("2.0", "HTTP/2.0")]
    [Needs("nginx")]
    public async Task Nginx_answers_and_sends_a_megabyte(string version, string spoken)
    {
        await using Nginx nginx = await Nginx.StartAsync();
        using HttpClient client = Clients.Create(handler => handler.ConnectCallback = (_, cancellationToken) => nginx.ConnectAsync(cancellationToken));
        Assert.StartsWith(spoken, await client.GetAsync(s_localhost, "/", Version.Parse(version)), StringComparison.Ordinal);
        Assert.Equal(new string('x', 1_000_000), await client.GetAsync(s_localhost, "/large", Version.Parse(version)));
    }

    [Theory]
    [InlineData("TLSv1.2")]
    [InlineData("TLSv1.3")]
    [Needs("nginx")]
    public async Task Nginx_takes_the_clients_certificate_and_resumes_where_it_asks_for_none(string protocol)
    {
        using X509Certificate2 certificate = TestAuthority.Default.Issue(forClients: true);
        using S2nCertificate own = S2nCertificate.FromX509(certificate);
        using S2nContext context = TestContexts.MakeClient(options => options.Certificate = own);
        await using (Nginx nginx = await Nginx.StartAsync($"ssl_protocols {protocol}; ssl_client_certificate {PemFiles.Root}; ssl_verify_client on;"))
        {
            Assert.Contains("client SUCCESS", await AskAsync(nginx, context), StringComparison.Ordinal);
        }

        using S2nContext resuming = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        await using (Nginx nginx = await Nginx.StartAsync($"ssl_protocols {protocol}; ssl_session_cache shared:one:1m;"))
        {
            Assert.Contains("resumed .", await AskAsync(nginx, resuming), StringComparison.Ordinal);
            Assert.Contains("resumed r", await AskAsync(nginx, resuming), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-tls1_2", SslProtocols.Tls12)]
    [InlineData("-tls1_3", SslProtocols.Tls13)]
    [Needs("openssl")]
    public async Task Openssl_answers_in_http_1_0(string argument, SslProtocols protocol)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        await using PeerProgram server = PeerProgram.Start(
            "openssl", ["s_server", "-accept", "127.0.0.1:0", "-cert", PemFiles.Certificate, "-key", PemFiles.Key, "-www", argument], directory);
        await server.ExplainAsync(async () =>
        {
            int port = await ListeningPort.OfAsync(server);
            using S2nHttpHandler handler = Clients.Handler();
            var streams = handler.NoteStreams();
            var seen = SslProtocols.None;
            handler.Connected += (_, stream) => seen = stream.SslProtocol;
            using HttpClient client = Clients.Over(handler);
            string page = await client.GetAsync(new Uri($"https://localhost:{port}"), "/", HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower);
            Assert.EndsWith("</html>\r\n\r\n", page, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(protocol, seen);
        });
    }

    private static async Task<string> AskAsync(Nginx nginx, S2nContext context)
    {
        using HttpClient client = Clients.Create(handler => handler.ConnectCallback = (_, cancellationToken) => nginx.ConnectAsync(cancellationToken), context);
        return await client.GetAsync(s_localhost, "/", HttpVersion.Version11);
    }
}
