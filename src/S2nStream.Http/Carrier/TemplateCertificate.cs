using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Http.Carrier;

/// <summary>The certificate of the server that a <see cref="CarrierTemplate"/> shakes hands with.</summary>
internal static class TemplateCertificate
{
    internal const string Name = "carrier.invalid";

    internal static X509Certificate2 Create(TemplateKey key) => key switch
    {
        TemplateKey.P256 => Create(ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256),
        TemplateKey.P384 => Create(ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384),
        TemplateKey.P521 => Create(ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512),
        _ => CreateRsa(),
    };

    private static X509Certificate2 Create(ECCurve curve, HashAlgorithmName hash)
    {
        using ECDsa key = ECDsa.Create(curve);
        return SelfSign(new CertificateRequest($"CN={Name}", key, hash));
    }

    private static X509Certificate2 CreateRsa()
    {
        using RSA key = RSA.Create(3072);
        return SelfSign(new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1));
    }

    private static X509Certificate2 SelfSign(CertificateRequest request)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
