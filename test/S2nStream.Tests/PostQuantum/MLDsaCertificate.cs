using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace S2nTls.Tests.PostQuantum;

/// <summary>A self-signed ML-DSA certificate for localhost (RFC 9881) and its key, made by Bouncy Castle: .NET makes such with OpenSSL 3.5 only.</summary>
internal sealed record MLDsaCertificate(byte[] Der, string CertificatePem, string KeyPem)
{
    public static MLDsaCertificate Create(MLDsaParameters parameters)
    {
        var generator = new MLDsaKeyPairGenerator();
        generator.Init(new MLDsaKeyGenerationParameters(new SecureRandom(), parameters));
        AsymmetricCipherKeyPair keys = generator.GenerateKeyPair();
        var certificate = new X509V3CertificateGenerator();
        var name = new X509Name("CN=S2nStream ML-DSA");
        certificate.SetSerialNumber(BigInteger.One);
        certificate.SetIssuerDN(name);
        certificate.SetSubjectDN(name);
        certificate.SetNotBefore(DateTime.UtcNow.AddDays(-1));
        certificate.SetNotAfter(DateTime.UtcNow.AddDays(30));
        certificate.SetPublicKey(keys.Public);
        certificate.AddExtension(X509Extensions.SubjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.DnsName, "localhost")));
        byte[] der = certificate.Generate(new Asn1SignatureFactory(parameters.Name, keys.Private)).GetEncoded();
        return new MLDsaCertificate(
            der,
            PemEncoding.WriteString("CERTIFICATE", der),
            PemEncoding.WriteString("PRIVATE KEY", PrivateKeyInfoFactory.CreatePrivateKeyInfo(keys.Private).GetEncoded()));
    }
}
