using System.Security.Cryptography.X509Certificates;

namespace S2nTls.AspNetCore.Fallback;

/// <summary>A certificate in PEM files, as SslStream takes it.</summary>
internal static class PemCertificate
{
    /// <returns>The certificate with its key, and the chain that begins with it.</returns>
    internal static (X509Certificate2 Certificate, X509Certificate2Collection Chain) Read(S2nCertificateFiles files)
    {
        X509Certificate2 certificate = files.Password is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(files.CertificatePath, password, files.PrivateKeyPath)
            : X509Certificate2.CreateFromPemFile(files.CertificatePath, files.PrivateKeyPath);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(files.CertificatePath);
        if (!OperatingSystem.IsWindows())
        {
            return (certificate, chain);
        }

        // Schannel reads the key from a key store, not from this process's memory.
        using (certificate)
        {
            return (X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null), chain);
        }
    }
}
