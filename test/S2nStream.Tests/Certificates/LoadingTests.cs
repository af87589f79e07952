using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

public class LoadingTests
{
    public static TheoryData<string> KeyFormats() => ["PKCS #8", "PKCS #1", "SEC 1"];

    [Theory]
    [MemberData(nameof(KeyFormats))]
    public async Task Pem_text_with_any_of_the_unencrypted_key_formats_serves(string format)
    {
        using RSA rsa = RSA.Create(2048);
        using ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (AsymmetricAlgorithm key, string keyPem) = format switch
        {
            "PKCS #1" => (rsa, rsa.ExportRSAPrivateKeyPem()),
            "SEC 1" => (ecdsa, ecdsa.ExportECPrivateKeyPem()),
            _ => ((AsymmetricAlgorithm)ecdsa, ecdsa.ExportPkcs8PrivateKeyPem()),
        };
        using X509Certificate2 issued = TestAuthority.Default.Issue(key: key);
        await ServesAsync(S2nCertificate.FromPem(issued.ExportCertificatePem(), keyPem));
    }

    [Fact]
    public void It_tells_whose_it_is_and_how_long_it_is_valid()
    {
        using var certificate = S2nCertificate.FromX509(TestAuthority.Localhost);
        Assert.Equal(TestAuthority.Localhost.RawData, certificate.Leaf.RawData);
        Assert.False(certificate.Leaf.HasPrivateKey);
        Assert.Equal(TestAuthority.Localhost.NotBefore.ToUniversalTime(), certificate.NotBefore.UtcDateTime);
        Assert.Equal(TestAuthority.Localhost.NotAfter.ToUniversalTime(), certificate.NotAfter.UtcDateTime);
    }

    [Fact]
    public async Task Pem_files_serve()
    {
        string folder = Directory.CreateTempSubdirectory("s2n-pem-").FullName;
        try
        {
            string certificate = Path.Combine(folder, "certificate.pem");
            string key = Path.Combine(folder, "key.pem");
            File.WriteAllText(certificate, TestAuthority.Localhost.ExportCertificatePem());
            File.WriteAllText(key, TestAuthority.Localhost.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            await ServesAsync(S2nCertificate.FromPemFiles(certificate, key));
            Assert.Throws<FileNotFoundException>(() => S2nCertificate.FromPemFiles(certificate, Path.Combine(folder, "missing.pem")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_certificate_from_a_pkcs_12_file_serves()
    {
        byte[] pkcs12 = TestAuthority.Localhost.Export(X509ContentType.Pkcs12, "password");
        using X509Certificate2 loaded = X509CertificateLoader.LoadPkcs12(pkcs12, "password");
        await ServesAsync(S2nCertificate.FromX509(loaded));
    }

    [Fact]
    public async Task Intermediates_are_sent_along()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new TestAuthority("Root of a chain");
        (X509Certificate2 intermediate, X509Certificate2 leaf) = root.IssueThroughIntermediate();
        using S2nContext client = TestContexts.MakeClient(options => options.TrustedRoots = root.Roots);

        await ServesAsync(S2nCertificate.FromX509(leaf, [intermediate]), client);

        using S2nContext without = TestContexts.MakeServer(certificate: leaf);
        await Assert.ThrowsAsync<System.Security.Authentication.AuthenticationException>(() => TlsPair.InMemoryAsync(client: client, server: without));
    }

    [Fact]
    public void A_key_that_does_not_match_is_refused_by_name()
    {
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var error = Assert.Throws<S2nException>(
            () => S2nCertificate.FromPem(TestAuthority.Localhost.ExportCertificatePem(), other.ExportPkcs8PrivateKeyPem()));
        Assert.Equal("S2N_ERR_KEY_MISMATCH", error.S2nErrorName);
    }

    [Fact]
    public void Text_that_is_no_certificate_or_no_key_is_refused()
    {
        string certificate = TestAuthority.Localhost.ExportCertificatePem();
        Assert.ThrowsAny<S2nException>(() => S2nCertificate.FromPem("garbage", "garbage"));
        Assert.ThrowsAny<S2nException>(() => S2nCertificate.FromPem(certificate, "garbage"));
        Assert.ThrowsAny<S2nException>(() => S2nCertificate.FromPem(certificate, certificate));
    }

    [Fact]
    public void Empty_text_is_called_so()
    {
        string certificate = TestAuthority.Localhost.ExportCertificatePem();
        Assert.Contains("certificate is empty", Assert.Throws<S2nException>(() => S2nCertificate.FromPem("", "")).Message, StringComparison.Ordinal);
        Assert.Contains("private key is empty", Assert.Throws<S2nException>(() => S2nCertificate.FromPem(certificate, "")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_refused_are_named()
    {
        using var directory = new TempDirectory();
        string certificate = directory.PathOf("certificate.pem");
        string key = directory.PathOf("key.pem");
        File.WriteAllText(certificate, TestAuthority.Localhost.ExportCertificatePem());
        File.WriteAllText(key, "garbage");
        string message = Assert.Throws<S2nException>(() => S2nCertificate.FromPemFiles(certificate, key)).Message;
        Assert.Contains(certificate, message, StringComparison.Ordinal);
        Assert.Contains(key, message, StringComparison.Ordinal);
        Assert.Contains(directory.Path, Assert.Throws<UnauthorizedAccessException>(() => S2nCertificate.FromPemFiles(directory.Path, key)).Message, StringComparison.Ordinal);
        Assert.Contains(directory.Path, Assert.Throws<UnauthorizedAccessException>(() => S2nCertificate.FromPemFiles(certificate, directory.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_without_a_private_key_is_refused() =>
        Assert.Throws<ArgumentException>(() => S2nCertificate.FromX509(TestAuthority.Default.Roots[0]));

    [Fact]
    public void A_server_without_a_certificate_is_refused() =>
        Assert.Throws<ArgumentException>(() => S2nContext.CreateServer(new S2nServerOptions()));

    private static async Task ServesAsync(S2nCertificate certificate, S2nContext? client = null)
    {
        using (certificate)
        {
            using S2nContext server = S2nContext.CreateServer(new S2nServerOptions { Certificates = { certificate } });
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
            await pair.Server.WriteAsync("served"u8.ToArray());
            Assert.Equal(6, await pair.Client.ReadAsync(new byte[10]).WithDeadline());
        }
    }
}
