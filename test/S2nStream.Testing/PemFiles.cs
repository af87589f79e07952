using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Testing;

/// <summary>What programs take as files: the trusted root, and a certificate with its key. Named without a directory, because programs run in it.</summary>
public static class PemFiles
{
    public const string Root = "root.pem";
    public const string Certificate = "certificate.pem";
    public const string Key = "key.pem";

    /// <param name="directory">Where to write them.</param>
    /// <param name="identity">The certificate, with an ECDSA key.</param>
    /// <param name="authority">The root; by default <see cref="TestAuthority.Default"/>.</param>
    public static void Write(TempDirectory directory, X509Certificate2 identity, TestAuthority? authority = null)
    {
        using ECDsa key = identity.GetECDsaPrivateKey() ?? throw new ArgumentException("An ECDSA key is needed.", nameof(identity));
        File.WriteAllText(directory.PathOf(Root), (authority ?? TestAuthority.Default).RootPem);
        File.WriteAllText(directory.PathOf(Certificate), identity.ExportCertificatePem());
        File.WriteAllText(directory.PathOf(Key), key.ExportPkcs8PrivateKeyPem());
    }
}
