using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.AspNetCore.Tests;

/// <summary>The shapes of UseS2n on one endpoint, and certificates that change while it serves.</summary>
public class EndpointShapeTests
{
    [Fact]
    public async Task A_pkcs12_file_with_its_password()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory.PathOf("server.pfx"), TestAuthority.Localhost.Export(X509ContentType.Pfx, "secret"));

        await ServesAsync(listen => listen.UseS2n(directory.PathOf("server.pfx"), "secret"));
    }

    [Fact]
    public async Task Pem_files()
    {
        using var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);

        await ServesAsync(listen => listen.UseS2nPem(directory.PathOf(PemFiles.Certificate), directory.PathOf(PemFiles.Key)));
    }

    [Fact]
    public async Task One_pem_file_that_is_both()
    {
        using var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        string both = directory.PathOf("both.pem");
        File.WriteAllText(both, File.ReadAllText(directory.PathOf(PemFiles.Key)) + "\n" + File.ReadAllText(directory.PathOf(PemFiles.Certificate)));

        await ServesAsync(listen => listen.UseS2nPem(both, both));
    }

    [Fact]
    public async Task Pem_files_with_the_keys_password()
    {
        using var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        using ECDsa key = TestAuthority.Localhost.GetECDsaPrivateKey()!;
        File.WriteAllText(directory.PathOf(PemFiles.Key), key.ExportEncryptedPkcs8PrivateKeyPem(
            "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));

        await ServesAsync(listen => listen.UseS2nPem(directory.PathOf(PemFiles.Certificate), directory.PathOf(PemFiles.Key), "secret"));
        var error = await Assert.ThrowsAsync<S2nException>(() => WebHostUnderTest.ListenAsync(
            listen => listen.UseS2nPem(directory.PathOf(PemFiles.Certificate), directory.PathOf(PemFiles.Key))));
        Assert.Contains("there is no password", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_in_s2ns_memory()
    {
        using S2nCertificate certificate = S2nCertificate.FromX509(TestAuthority.Localhost);

        await ServesAsync(listen => listen.UseS2n(https => https.Tls.Certificates.Add(certificate)));
    }

    [Fact]
    public Task A_ready_context() => ServesAsync(listen => listen.UseS2n(TestContexts.Server));

    [Fact]
    public void A_clients_context_is_refused() =>
        Assert.Throws<ArgumentException>(() => new KestrelServerOptions().Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseS2n(TestContexts.Client)));

    [Fact]
    public async Task A_selector_chooses_by_the_name_and_refuses_with_an_alert()
    {
        X509Certificate2 other = TestAuthority.Default.Issue(hosts: ["other.example"], subject: "CN=other");
        using S2nContext otherContext = TestContexts.MakeServer(certificate: other);
        string? connectionId = null;
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(async (connection, hello, cancellation) =>
        {
            await Task.Delay(1, cancellation);
            connectionId = connection.ConnectionId;
            return hello.ServerName switch
            {
                "localhost" => TestContexts.Server,
                "other.example" => otherContext,
                _ => throw new S2nClientRefusedException(TlsAlert.UnrecognizedName),
            };
        }));

        await using SslStream first = await Clients.ConnectAsync(host.Port);
        await using SslStream second = await Clients.ConnectAsync(host.Port, host: "other.example");
        await Assert.ThrowsAnyAsync<Exception>(() => Clients.ConnectAsync(host.Port, host: "unknown.example"));

        Assert.Equal("CN=leaf", first.RemoteCertificate!.Subject);
        Assert.Equal("CN=other", second.RemoteCertificate!.Subject);
        Assert.NotNull(connectionId);
        Assert.IsType<S2nClientRefusedException>((await host.Log.WaitForAsync(entry => entry.Id.Name == "AuthenticationFailed")).Exception);
    }

    [Fact]
    public async Task A_certificate_selector_chooses_by_the_name_and_its_null_refuses()
    {
        X509Certificate2 other = TestAuthority.Default.Issue(hosts: ["other.example"], subject: "CN=other");
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(https =>
            https.ServerCertificateSelector = (connection, name) => (connection is null, name) switch
            {
                (false, "localhost") => TestAuthority.Localhost,
                (false, "other.example") => other,
                _ => null,
            }));

        await using SslStream first = await Clients.ConnectAsync(host.Port);
        await using SslStream second = await Clients.ConnectAsync(host.Port, host: "other.example");
        await Assert.ThrowsAnyAsync<Exception>(() => Clients.ConnectAsync(host.Port, host: "unknown.example"));

        Assert.Equal(["CN=leaf", "CN=other"], [first.RemoteCertificate!.Subject, second.RemoteCertificate!.Subject]);
    }

    [Fact]
    public async Task A_certificate_that_is_selected_again_resumes_the_sessions_it_has_begun()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(https =>
            https.ServerCertificateSelector = static (_, _) => TestAuthority.Localhost));
        using S2nContext context = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        var resumed = new List<bool>();
        using var client = new HttpClient(new S2nHttpHandler(context)
        {
            PooledConnectionLifetime = TimeSpan.Zero,
            Connected = (_, tls) => resumed.Add(tls.IsSessionResumed),
        });

        await client.GetStringAsync(host.Address).WithDeadline();
        await client.GetStringAsync(host.Address).WithDeadline();

        Assert.Equal([false, true], resumed);
    }

    [Fact]
    public async Task A_selected_certificate_that_is_not_for_servers_ends_the_connection_and_is_logged()
    {
        X509Certificate2 client = TestAuthority.Default.Issue(forClients: true);
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(https => https.ServerCertificateSelector = (_, _) => client));

        await Assert.ThrowsAnyAsync<Exception>(() => Clients.ConnectAsync(host.Port));

        await host.Log.WaitForAsync(entry => entry.Exception is InvalidOperationException e && e.Message.Contains("not for servers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificates_are_replaced_while_connections_and_the_endpoint_stay()
    {
        using S2nContext context = TestContexts.MakeServer();
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(context));
        await using SslStream living = await Clients.ConnectAsync(host.Port);
        Assert.Equal("CN=leaf", living.RemoteCertificate!.Subject);

        using S2nCertificate next = S2nCertificate.FromX509(TestAuthority.Default.Issue(subject: "CN=next"));
        context.ReplaceCertificates(next);

        await using SslStream newcomer = await Clients.ConnectAsync(host.Port);
        Assert.Equal("CN=next", newcomer.RemoteCertificate!.Subject);
        await living.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200", await new StreamReader(living).ReadToEndAsync().WithDeadline(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pem_files_are_followed_while_connections_and_the_endpoint_stay()
    {
        using var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen =>
            listen.UseS2nPem(directory.PathOf(PemFiles.Certificate), directory.PathOf(PemFiles.Key)));
        await using SslStream living = await Clients.ConnectAsync(host.Port);
        Assert.Equal("CN=leaf", living.RemoteCertificate!.Subject);

        File.WriteAllText(directory.PathOf(PemFiles.Certificate), "half of a cert");
        await host.Log.WaitForAsync(entry => entry.Id.Name == "CertificatesNotLoaded");
        await using (SslStream meanwhile = await Clients.ConnectAsync(host.Port))
        {
            Assert.Equal("CN=leaf", meanwhile.RemoteCertificate!.Subject);
        }

        PemFiles.Write(directory, TestAuthority.Default.Issue(subject: "CN=next"));
        await WaitForAsync("CN=next", host.Port);
        await living.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200", await new StreamReader(living).ReadToEndAsync().WithDeadline(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pem_files_beside_another_certificate_are_followed_alone()
    {
        using var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Default.Issue(hosts: ["other.example"], subject: "CN=other"));
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost, https =>
            https.CertificateFiles.Add(new S2nCertificateFiles(directory.PathOf(PemFiles.Certificate), directory.PathOf(PemFiles.Key)))));

        PemFiles.Write(directory, TestAuthority.Default.Issue(hosts: ["other.example"], subject: "CN=next"));
        await WaitForAsync("CN=next", host.Port, "other.example");
        await using SslStream stays = await Clients.ConnectAsync(host.Port);
        Assert.Equal("CN=leaf", stays.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task A_certificate_that_is_not_for_servers_ends_the_start()
    {
        X509Certificate2 client = TestAuthority.Default.Issue(forClients: true);

        await Assert.ThrowsAsync<InvalidOperationException>(() => WebHostUnderTest.ListenAsync(listen => listen.UseS2n(client)));
    }

    private static async Task WaitForAsync(string subject, int port, string host = "localhost")
    {
        for (long start = Environment.TickCount64; ;)
        {
            await using SslStream stream = await Clients.ConnectAsync(port, host: host);
            if (stream.RemoteCertificate!.Subject == subject)
            {
                return;
            }

            Assert.InRange(Environment.TickCount64 - start, 0, 60_000);
            await Task.Delay(100);
        }
    }

    private static async Task ServesAsync(Action<ListenOptions> configure)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(configure);
        using HttpClient client = Clients.Http();
        Assert.Equal("HTTP/1.1 https", await client.GetStringAsync(host.Address).WithDeadline());
    }
}
