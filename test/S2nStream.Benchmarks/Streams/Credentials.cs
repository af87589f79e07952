using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Benchmarks.Streams;

/// <summary>A root that clients trust, and a server's certificate for localhost that it has issued. Each has a key of the same kind.</summary>
internal sealed class Credentials
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2? _server;

    private Credentials(X509Certificate2 root, X509Certificate2? server)
    {
        Root = root;
        _server = server;
    }

    /// <summary>The name that the certificate bears.</summary>
    internal static string Host => "localhost";

    /// <summary>The root, without its key.</summary>
    internal X509Certificate2 Root { get; }

    /// <summary>The server's certificate with its key.</summary>
    internal X509Certificate2 Server => _server ?? throw new InvalidOperationException("These are a client's credentials: the root alone.");

    internal static Credentials P256()
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Make(
            new CertificateRequest("CN=Benchmark Root", rootKey, HashAlgorithmName.SHA256),
            new CertificateRequest("CN=benchmark", key, HashAlgorithmName.SHA256),
            X509SignatureGenerator.CreateForECDsa(rootKey),
            certificate => certificate.CopyWithPrivateKey(key));
    }

    internal static Credentials Rsa2048()
    {
        using RSA rootKey = RSA.Create(2048);
        using RSA key = RSA.Create(2048);
        return Make(
            new CertificateRequest("CN=Benchmark Root", rootKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            new CertificateRequest("CN=benchmark", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            X509SignatureGenerator.CreateForRSA(rootKey, RSASignaturePadding.Pkcs1),
            certificate => certificate.CopyWithPrivateKey(key));
    }

    /// <summary>What a client needs to know of another process's credentials.</summary>
    internal static Credentials OfClient(byte[] root) => new(X509CertificateLoader.LoadCertificate(root), null);

    private static Credentials Make(
        CertificateRequest root, CertificateRequest server, X509SignatureGenerator issuer, Func<X509Certificate2, X509Certificate2> withKey)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using X509Certificate2 rootWithKey = root.CreateSelfSigned(now.AddDays(-2), now.AddYears(1));

        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        server.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        server.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        server.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = server.Create(
            rootWithKey.SubjectName, issuer, now.AddDays(-1), now.AddMonths(6), RandomNumberGenerator.GetBytes(16));
        return new Credentials(X509CertificateLoader.LoadCertificate(rootWithKey.RawData), withKey(certificate));
    }
}
