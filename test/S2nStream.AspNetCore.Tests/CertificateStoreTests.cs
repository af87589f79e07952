using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Certificates without their private key, whose twins with it are in the user's store; and what the log says of certificates.</summary>
public sealed class CertificateStoreTests : ServerNameCases
{
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // what Kestrel itself does
    public async Task A_certificate_without_its_key_is_found_in_the_users_store(bool overS2n)
    {
        using var stored = new StoredCertificate(TestAuthority.Default.Issue(subject: $"CN=s2nstream-test-{Guid.NewGuid():N}"));
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => _ = overS2n ? listen.UseS2n(stored.WithoutKey) : listen.UseHttps(stored.WithoutKey));

        await using SslStream client = await Clients.ConnectAsync(host.Port);

        Assert.Equal(stored.WithoutKey.Subject, client.RemoteCertificate!.Subject);
        Assert.Equal(
            ["LocateCertWithPrivateKey", "FailToOpenStore", "FoundCertWithPrivateKey"], // Linux has no such store of the machine
            host.Log.Entries.Where(static entry => entry.Category == Category && entry.Id.Id is >= 5 and <= 8).Select(static entry => entry.Id.Name));
        Assert.All(host.Log.Entries.Where(static entry => entry.Category == Category), static entry => Assert.Equal(LogLevel.Debug, entry.Level));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_is_one_that_is_selected(bool overS2n)
    {
        using var stored = new StoredCertificate(TestAuthority.Default.Issue(subject: $"CN=s2nstream-test-{Guid.NewGuid():N}"));
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => _ = overS2n
            ? listen.UseS2n(https => https.ServerCertificateSelector = (_, _) => stored.WithoutKey)
            : listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => stored.WithoutKey));

        await using SslStream client = await Clients.ConnectAsync(host.Port);

        Assert.Equal(stored.WithoutKey.Subject, client.RemoteCertificate!.Subject);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_is_one_that_the_configuration_names(bool overS2n)
    {
        using var stored = new StoredCertificate(TestAuthority.Default.Issue(subject: $"CN=s2nstream-test-{Guid.NewGuid():N}"));
        File.WriteAllText(Directory.PathOf("public.pem"), stored.WithoutKey.ExportCertificatePem());
        await using WebHostUnderTest host = await StartAsync(overS2n, [], new() { ["Certificate:Path"] = Directory.PathOf("public.pem") });

        Assert.Equal(stored.WithoutKey.Subject, await SubjectAsync(host.Port, "localhost"));
    }

    [Fact]
    public async Task So_is_that_of_a_server_name_for_which_Kestrel_does_not_look()
    {
        using var stored = new StoredCertificate(TestAuthority.Default.Issue(subject: $"CN=s2nstream-test-{Guid.NewGuid():N}"));
        File.WriteAllText(Directory.PathOf("public.pem"), stored.WithoutKey.ExportCertificatePem());
        var names = new Dictionary<string, Dictionary<string, string?>> { ["localhost"] = new() { ["Certificate:Path"] = Directory.PathOf("public.pem") } };

        await Assert.ThrowsAsync<NotSupportedException>(() => StartAsync(false, names));

        await using WebHostUnderTest host = await StartAsync(true, names);
        Assert.Equal(stored.WithoutKey.Subject, await SubjectAsync(host.Port, "localhost"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_whose_key_is_nowhere_ends_the_start(bool overS2n)
    {
        using X509Certificate2 keyless = X509CertificateLoader.LoadCertificate(TestAuthority.Default.Issue().RawDataMemory.Span);

        await Assert.ThrowsAnyAsync<Exception>(() => WebHostUnderTest.ListenAsync(listen => _ = overS2n ? listen.UseS2n(keyless) : listen.UseHttps(keyless)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Certificates_without_a_subject_alternative_name_are_logged(bool overS2n)
    {
        using X509Certificate2 endpoints = Nameless();
        using X509Certificate2 names = Nameless();
        using X509Certificate2 selected = Nameless();
        Write(names, Directory.PathOf("name.pem"), Directory.PathOf("name.key"), static key => key.ExportPkcs8PrivateKeyPem());
        await using WebHostUnderTest host = await StartAsync(
            overS2n,
            new() { ["*"] = new() { ["Certificate:Path"] = Directory.PathOf("name.pem"), ["Certificate:KeyPath"] = Directory.PathOf("name.key") } },
            build: builder => builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => _ = overS2n ? listen.UseS2n(endpoints) : listen.UseHttps(endpoints));
                kestrel.Listen(IPAddress.Loopback, 0, listen => _ = overS2n
                    ? listen.UseS2n(https => https.ServerCertificateSelector = (_, _) => selected)
                    : listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => selected));
            }));
        foreach (string address in host.Addresses)
        {
            await Assert.ThrowsAsync<AuthenticationException>(() => Clients.ConnectAsync(new Uri(address).Port)); // who trusts nobody that has signed himself
        }

        foreach (X509Certificate2 certificate in new[] { endpoints, names, selected })
        {
            LogEntry entry = await host.Log.WaitForAsync(entry =>
                entry.Category == Category && entry.Id.Id == 9 && entry.Text.Contains(certificate.Thumbprint, StringComparison.Ordinal));
            Assert.Equal(("NoSubjectAlternativeName", LogLevel.Information), (entry.Id.Name, entry.Level));
        }
    }

    [Fact]
    public async Task So_are_those_in_files_that_are_followed()
    {
        using X509Certificate2 nameless = Nameless();
        Write(nameless, Directory.PathOf(PemFiles.Certificate), Directory.PathOf(PemFiles.Key), static key => key.ExportPkcs8PrivateKeyPem());
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2nPem(Directory.PathOf(PemFiles.Certificate), Directory.PathOf(PemFiles.Key)));
        await host.Log.WaitForAsync(entry => entry.Id.Id == 9 && entry.Text.Contains(nameless.Thumbprint, StringComparison.Ordinal));

        using X509Certificate2 next = Nameless();
        Write(next, Directory.PathOf(PemFiles.Certificate), Directory.PathOf(PemFiles.Key), static key => key.ExportPkcs8PrivateKeyPem());
        await host.Log.WaitForAsync(entry => entry.Id.Id == 9 && entry.Text.Contains(next.Thumbprint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_in_PEM_files_that_is_not_for_servers_ends_the_start_too()
    {
        PemFiles.Write(Directory, TestAuthority.Default.Issue(forClients: true));

        await Assert.ThrowsAsync<InvalidOperationException>(() => WebHostUnderTest.ListenAsync(
            listen => listen.UseS2nPem(Directory.PathOf(PemFiles.Certificate), Directory.PathOf(PemFiles.Key))));
    }

    private static X509Certificate2 Nameless()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
