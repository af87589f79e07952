using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Certificates whose own key object cannot be exported.</summary>
public class UnexportableKeyTests
{
    [Fact]
    public async Task A_certificate_with_a_key_that_cannot_be_exported_signs_with_it()
    {
        using RSA real = RSA.Create(2048);
        using X509Certificate2 issued = TestAuthority.Default.Issue(key: real);
        using X509Certificate2 withoutKey = X509CertificateLoader.LoadCertificate(issued.RawData);
        S2nContext server12, server13;
        using (RSAOpenSsl key = OpenSslExternalKey.Create(real))
        using (X509Certificate2 certificate = withoutKey.CopyWithPrivateKey(key))
        {
            Assert.ThrowsAny<CryptographicException>(key.ExportPkcs8PrivateKey);
            server12 = TestContexts.MakeServer(options => options.SecurityPolicy = TestContexts.Tls12Policy, certificate);
            server13 = TestContexts.MakeServer(certificate: certificate);
        }

        // The certificate and its key are disposed: what signs is a reference of our own.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using (server12)
        using (server13)
        {
            int uses = OpenSslExternalKey.Uses;
            await using TlsPair pair12 = await TlsPair.InMemoryAsync(SslProtocols.Tls12, server: server12);
            await using TlsPair pair13 = await TlsPair.InMemoryAsync(server: server13);
            Assert.Equal(issued.RawData, ((X509Certificate2)pair12.Client.RemoteCertificate!).RawData);
            Assert.Equal(issued.RawData, ((X509Certificate2)pair13.Client.RemoteCertificate!).RawData);
            Assert.Equal(uses + 2, OpenSslExternalKey.Uses);
        }
    }
}
