using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace S2nTls.Http.Tests.Connections;

public class ClientCertificateTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task One_in_the_context_is_shown(string version)
    {
        await using WebServer server = await StartAsync();
        using X509Certificate2 certificate = Issue();
        using S2nCertificate own = S2nCertificate.FromX509(certificate);
        using S2nContext context = TestContexts.MakeClient(options => options.Certificate = own);
        using HttpClient client = Clients.Create(context: context);
        Assert.Equal("CN=client", await client.GetAsync(server.Url, "/certificate", Version.Parse(version)));
    }

    [Fact]
    public async Task One_in_the_options_is_shown()
    {
        await using WebServer server = await StartAsync();
        using X509Certificate2 certificate = Issue();
        using var handler = new S2nHttpHandler { SslOptions = Clients.SslOptions(), UseProxy = false };
        handler.SslOptions.ClientCertificates = [certificate];
        using HttpClient client = Clients.Over(handler);
        Assert.Equal("CN=client", await client.GetAsync(server.Url, "/certificate", HttpVersion.Version20));
    }

    [Fact]
    public async Task Without_one_a_server_that_wants_one_refuses()
    {
        await using WebServer server = await StartAsync();
        using HttpClient client = Clients.Create();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url, "/certificate", HttpVersion.Version11));
    }

    private static Task<WebServer> StartAsync() => WebServer.StartAsync(https =>
    {
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.AllowAnyClientCertificate();
    });

    private static X509Certificate2 Issue() => TestAuthority.Default.Issue(subject: "CN=client", forClients: true);
}
