using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Testing;

/// <summary>A certificate authority made on the spot, and the certificates that it issues.</summary>
public sealed class TestAuthority
{
    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "S2nStream Test Root")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        _root = request.CreateSelfSigned(now.AddYears(-2), now.AddYears(10));
    }

    /// <summary>One authority and one certificate for <c>localhost</c>, shared by the tests that need nothing special.</summary>
    public static TestAuthority Default { get; } = new();

    /// <summary>The shared certificate of <see cref="Default"/> for <c>localhost</c> and 127.0.0.1, with its key.</summary>
    public static X509Certificate2 Localhost { get; } = Default.Issue();

    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(_root.RawData)];

    /// <summary>For <c>SslStream</c>: trusts this authority alone.</summary>
    public X509ChainPolicy ChainPolicy
    {
        get
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(Roots);
            return policy;
        }
    }

    public string RootPem => _root.ExportCertificatePem();

    /// <summary>Issues a certificate with its private key; by default a P-256 server certificate for localhost and 127.0.0.1.</summary>
    public X509Certificate2 Issue(
        IEnumerable<string>? hosts = null,
        IEnumerable<IPAddress>? addresses = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null,
        AsymmetricAlgorithm? key = null,
        string subject = "CN=leaf",
        bool forClients = false,
        bool forKeyEncipherment = false)
    {
        using ECDsa? ownKey = key is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        AsymmetricAlgorithm usedKey = key ?? ownKey!;
        CertificateRequest request = usedKey switch
        {
            RSA rsa => new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            ECDsa ecdsa => new CertificateRequest(subject, ecdsa, HashAlgorithmName.SHA256),
            _ => throw new ArgumentException("RSA or ECDSA", nameof(key)),
        };

        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in hosts ?? ["localhost"])
        {
            names.AddDnsName(host);
        }

        foreach (IPAddress address in addresses ?? [IPAddress.Loopback])
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | (forKeyEncipherment ? X509KeyUsageFlags.KeyEncipherment : X509KeyUsageFlags.None), true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(forClients ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(names.Build());

        DateTimeOffset now = DateTimeOffset.UtcNow;
        using ECDsa rootKey = _root.GetECDsaPrivateKey()!;
        using X509Certificate2 certificate = request.Create(
            _root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), notBefore ?? now.AddDays(-1), notAfter ?? now.AddYears(1), RandomNumberGenerator.GetBytes(16));
        return usedKey switch
        {
            RSA rsa => certificate.CopyWithPrivateKey(rsa),
            _ => certificate.CopyWithPrivateKey((ECDsa)usedKey),
        };
    }

    /// <summary>Issues a certificate, without its key, whose key is for PSS signatures only (id-RSASSA-PSS, RFC 4055 §1.2).</summary>
    public X509Certificate2 IssueRestrictedToPss(RSA key)
    {
        var publicKey = new PublicKey(new Oid("1.2.840.113549.1.1.10"), null, new AsnEncodedData(key.ExportRSAPublicKey()));
        var request = new CertificateRequest(new X500DistinguishedName("CN=pss"), publicKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using ECDsa rootKey = _root.GetECDsaPrivateKey()!;
        return request.Create(
            _root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), now.AddDays(-1), now.AddYears(1), RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>Issues an intermediate authority, and through it a certificate for localhost with its key.</summary>
    public (X509Certificate2 Intermediate, X509Certificate2 Leaf) IssueThroughIntermediate()
    {
        using ECDsa intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var intermediateRequest = new CertificateRequest("CN=S2nStream Test Intermediate", intermediateKey, HashAlgorithmName.SHA256);
        intermediateRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        intermediateRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        X509Certificate2 intermediate = intermediateRequest.Create(_root, now.AddDays(-2), now.AddYears(2), RandomNumberGenerator.GetBytes(16));

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=leaf of a chain", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 leaf = request.Create(
            intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(intermediateKey), now.AddDays(-1), now.AddYears(1), RandomNumberGenerator.GetBytes(16));
        return (intermediate, leaf.CopyWithPrivateKey(key));
    }
}
