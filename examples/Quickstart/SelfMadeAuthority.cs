using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Examples;

/// <summary>
/// A certificate authority that lives as long as the process: for trying things out. In earnest, certificates
/// come from a public authority or the company's own.
/// </summary>
internal sealed class SelfMadeAuthority : IDisposable
{
    private static readonly DateTimeOffset s_notBefore = DateTimeOffset.UtcNow.AddHours(-1); // clocks differ
    private static readonly DateTimeOffset s_notAfter = s_notBefore.AddDays(90);

    public SelfMadeAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Root = request.CreateSelfSigned(s_notBefore, s_notAfter);
    }

    /// <summary>What clients must trust.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>Issues a server's certificate, with its private key, for <c>localhost</c> and the loopback addresses.</summary>
    public X509Certificate2 IssueForLocalhost()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Root, true, false));
        using X509Certificate2 certificate = request.Create(Root, s_notBefore, s_notAfter, RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }

    public void Dispose() => Root.Dispose();
}
