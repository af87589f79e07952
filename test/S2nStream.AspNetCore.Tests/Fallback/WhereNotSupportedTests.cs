using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace S2nTls.AspNetCore.Tests.Fallback;

/// <summary>Servers in processes that cannot load libs2n: with <c>UseHttpsIfNotSupported</c>, and without.</summary>
public class WhereNotSupportedTests
{
    private const string Warning = "Warning S2nTls.AspNetCore.Endpoints 1 UsesHttpsInstead: ";

    [Theory]
    [InlineData(UnusableLibrary.Missing)]
    [InlineData(UnusableLibrary.NotALibrary)]
    [InlineData(UnusableLibrary.WithoutFunctions)]
    public async Task Https_urls_are_served_by_SslStream_and_the_log_says_so_once_for_each(UnusableLibrary library)
    {
        await using ElsewhereServer server = await ElsewhereServer.StartAsync(
            "fallback", ["--urls=http://127.0.0.1:0;https://127.0.0.1:0;https://[::]:0", .. ElsewhereServer.DefaultCertificate], library);

        Assert.Equal(3, server.Ports.Count);
        Assert.Equal("HTTP/2 https SslStream Tls13", await GetAsync(server.Ports[1]));
        Assert.Equal("HTTP/2 https SslStream Tls13", await GetAsync(server.Ports[2]));
        Assert.Equal(
            [
                $"{Warning}https://127.0.0.1:0 does not use s2n-tls, which is not supported here, but UseHttps. Settings without effect: none. (DllNotFoundException)",
                $"{Warning}https://[::]:0 does not use s2n-tls, which is not supported here, but UseHttps. Settings without effect: none. (DllNotFoundException)",
            ],
            server.Said);
    }

    [Theory]
    [InlineData("")]
    [InlineData("policy required roots")]
    [InlineData("code")]
    public async Task Without_the_option_the_server_does_not_start_and_says_that_the_library_is_missing(string settings)
    {
        await using ElsewhereServer server = await ElsewhereServer.StartAsync(settings, ["--urls=https://127.0.0.1:0", .. ElsewhereServer.DefaultCertificate]);
        Assert.Empty(server.Ports);
        Assert.StartsWith("Failed: DllNotFoundException: The native library libs2n (s2n-tls) could not be loaded.", server.Said[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(server.Said, static line => line.Contains("UsesHttpsInstead", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fallback policy tickets", "--urls=https://127.0.0.1:0")]
    [InlineData("code fallback policy")]
    public async Task Where_the_library_can_be_used_the_option_changes_nothing_and_nothing_is_logged(string settings, params string[] configuration)
    {
        await using ElsewhereServer server = await ElsewhereServer.StartAsync(settings, [.. configuration, .. ElsewhereServer.DefaultCertificate], library: null);
        Assert.Empty(server.Said);
        Assert.Equal("HTTP/2 https s2n Tls13", await GetAsync(server.Ports[0]));
    }

    [Fact]
    public async Task Settings_that_are_lost_are_named()
    {
        await using ElsewhereServer server = await ElsewhereServer.StartAsync(
            "fallback policy tickets",
            ["--urls=https://127.0.0.1:0", "--Kestrel:EndpointDefaults:S2n:MaxBlindingDelay=00:00:05", .. ElsewhereServer.DefaultCertificate]);
        Assert.Contains(
            "Settings without effect: Tls.SecurityPolicy, Kestrel:EndpointDefaults:S2n:MaxBlindingDelay, Tls.TicketKeys.", Assert.Single(server.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_in_code_serves_its_pem_files_read_once()
    {
        await using ElsewhereServer server = await ElsewhereServer.StartAsync("code fallback", []);
        Assert.Equal("HTTP/2 https SslStream Tls13", await GetAsync(server.Ports[0]));
        Assert.Matches($"Settings without effect: changes to [^ ,]*/{PemFiles.Certificate}\\. ", Assert.Single(server.Said));
    }

    [Fact]
    public async Task An_endpoint_of_the_configuration_keeps_its_certificate_and_whom_it_trusts()
    {
        X509Certificate2 own = TestAuthority.Default.Issue(subject: "CN=own");
        await using ElsewhereServer server = await ElsewhereServer.StartAsync(
            "fallback",
            [
                "--Kestrel:Endpoints:A:Url=https://127.0.0.1:0",
                "--Kestrel:Endpoints:A:Protocols=Http1",
                "--Kestrel:Endpoints:A:SslProtocols:0=Tls12",
                "--Kestrel:Endpoints:A:S2n:SecurityPolicy=default_pq",
                "--Kestrel:Endpoints:A:S2n:ClientCertificateMode=Required",
                $"--Kestrel:Endpoints:A:S2n:TrustedRoots={PemFiles.Root}",
                "--Kestrel:Endpoints:A:S2n:Certificate:Path=own.pfx",
                "--Kestrel:Endpoints:A:S2n:Certificate:Password=of the file",
                .. ElsewhereServer.DefaultCertificate,
            ],
            prepare: directory => File.WriteAllBytes(directory.PathOf("own.pfx"), own.Export(X509ContentType.Pkcs12, "of the file")));

        await using SslStream known = await Clients.ConnectAsync(server.Ports[0], TestAuthority.Default.Issue(subject: "CN=known", forClients: true));
        Assert.Equal("CN=own", known.RemoteCertificate!.Subject);
        Assert.Equal(SslProtocols.Tls12, known.SslProtocol);
        Assert.Equal("HTTP/1.1 https SslStream Tls12 CN=known", await AskAsync(known));
        await RefusedAsync(server.Ports[0], null);
        await RefusedAsync(server.Ports[0], new TestAuthority("strangers").Issue(subject: "CN=stranger", forClients: true));
        Assert.Contains("Settings without effect: Kestrel:Endpoints:A:S2n:SecurityPolicy.", Assert.Single(server.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_names_are_Kestrels_and_what_they_lose_is_named()
    {
        await using ElsewhereServer server = await ElsewhereServer.StartAsync(
            "fallback roots",
            [
                "--Kestrel:Endpoints:A:Url=https://127.0.0.1:0",
                "--Kestrel:Endpoints:A:Sni:localhost:S2n:SecurityPolicy=default_pq",
                "--Kestrel:Endpoints:A:Sni:localhost:Protocols=Http1",
                "--Kestrel:Endpoints:A:Sni:*:ClientCertificateMode=RequireCertificate",
                .. ElsewhereServer.DefaultCertificate,
            ]);

        await using SslStream asked = await Clients.ConnectAsync(server.Ports[0]);
        Assert.Equal("HTTP/1.1 https SslStream Tls13", await AskAsync(asked));
        await RefusedAsync(server.Ports[0], null, "127.0.0.1"); // a name for which certificates are required
        await RefusedAsync(server.Ports[0], new TestAuthority("strangers").Issue(subject: "CN=stranger", forClients: true), "127.0.0.1");
        await using SslStream known = await Clients.ConnectAsync(server.Ports[0], TestAuthority.Default.Issue(subject: "CN=known", forClients: true), "127.0.0.1");
        Assert.Equal("HTTP/1.1 https SslStream Tls13 CN=known", await AskAsync(known));
        Assert.Contains("Settings without effect: Kestrel:Endpoints:A:Sni:localhost:S2n:SecurityPolicy.", Assert.Single(server.Said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fallback required callback", "Tls.RemoteCertificateValidationCallback")]
    [InlineData("fallback callback", "Kestrel:Endpoints:A:Sni:x.example:S2n:TrustedRoots", "--Kestrel:Endpoints:A:Sni:x.example:S2n:TrustedRoots=root.pem")]
    [InlineData("fallback", "Kestrel:Endpoints:A:Sni:x.example:S2n:ClientCertificateMode", "--Kestrel:Endpoints:A:Sni:x.example:S2n:ClientCertificateMode=Required")]
    [InlineData("fallback", "Kestrel:Endpoints:A:Sni:x.example:S2n:Certificate", "--Kestrel:Endpoints:A:Sni:x.example:S2n:Certificate:Path=certificate.pem")]
    [InlineData("fallback", "Kestrel:Endpoints:A:S2n:Misspelt", "--Kestrel:Endpoints:A:S2n:Misspelt=1")]
    [InlineData("fallback", "Kestrel:Endpoints:A:Sni:x.example:S2n:Misspelt", "--Kestrel:Endpoints:A:Sni:x.example:S2n:Misspelt=1")]
    [InlineData("fallback", "HTTP/3", "--Kestrel:Endpoints:A:Protocols=Http1AndHttp2AndHttp3")]
    public async Task What_cannot_be_lost_stops_the_server_and_is_named(string settings, string name, params string[] configuration)
    {
        await using ElsewhereServer server = await ElsewhereServer.StartAsync(
            settings, ["--Kestrel:Endpoints:A:Url=https://127.0.0.1:0", .. configuration, .. ElsewhereServer.DefaultCertificate]);
        Assert.Empty(server.Ports);
        Assert.Contains(name, server.Said[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(server.Said, static line => line.Contains("UsesHttpsInstead", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_endpoint_with_a_selector_of_contexts_stops_the_server_instead_of_failing_each_client()
    {
        await using ElsewhereServer server = await ElsewhereServer.StartAsync("selector", []);
        Assert.StartsWith("Failed: DllNotFoundException", server.Said[^1], StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(int port)
    {
        using HttpClient client = Clients.Http(HttpVersion.Version20);
        return await client.GetStringAsync(new Uri($"https://localhost:{port}/")).WithDeadline();
    }

    private static async Task<string> AskAsync(SslStream connection)
    {
        await connection.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray()).AsTask().WithDeadline();
        using var reader = new StreamReader(connection, Encoding.ASCII, leaveOpen: true);
        string response = await reader.ReadToEndAsync().WithDeadline();
        Assert.StartsWith("HTTP/1.1 200", response, StringComparison.Ordinal);
        return response.Split('\n').First(static line => line.StartsWith("HTTP/1.1 https", StringComparison.Ordinal)).TrimEnd();
    }

    /// <summary>On TLS 1.3, a client learns after its own handshake that it is refused.</summary>
    private static async Task RefusedAsync(int port, X509Certificate2? certificate, string host = "localhost")
    {
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using SslStream stream = await Clients.ConnectAsync(port, certificate, host);
            await AskAsync(stream);
        });
        Assert.True(refused is IOException or AuthenticationException or Xunit.Sdk.StartsWithException, refused.ToString());
    }
}
