using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace S2nTls.Tests.Peers;

/// <summary>ML-DSA certificates and keys (RFC 9881), made by Bouncy Castle: .NET makes such with OpenSSL 3.5 only.</summary>
internal sealed class MLDsaCertificate
{
    private readonly AsymmetricKeyParameter _key;

    private MLDsaCertificate(byte[] der, AsymmetricKeyParameter key)
    {
        Der = der;
        _key = key;
    }

    public byte[] Der { get; }

    public string CertificatePem => PemEncoding.WriteString("CERTIFICATE", Der);

    public string KeyPem => PemEncoding.WriteString("PRIVATE KEY", PrivateKeyInfoFactory.CreatePrivateKeyInfo(_key).GetEncoded());

    /// <summary>Makes a root and a certificate for localhost that it has signed, both with the same kind of key.</summary>
    public static (X509Certificate2Collection Roots, MLDsaCertificate Leaf) Create(MLDsaParameters parameters)
    {
        MLDsaCertificate root = Issue("CN=ML-DSA root", parameters, issuer: null);
        MLDsaCertificate leaf = Issue("CN=ML-DSA leaf", parameters, root);
        return ([X509CertificateLoader.LoadCertificate(root.Der)], leaf);
    }

    private static MLDsaCertificate Issue(string subject, MLDsaParameters parameters, MLDsaCertificate? issuer)
    {
        var generator = new MLDsaKeyPairGenerator();
        generator.Init(new MLDsaKeyGenerationParameters(new SecureRandom(), parameters));
        AsymmetricCipherKeyPair keys = generator.GenerateKeyPair();
        var certificate = new X509V3CertificateGenerator();
        certificate.SetSerialNumber(new BigInteger(64, new SecureRandom()));
        certificate.SetIssuerDN(issuer is null ? new X509Name(subject) : new Org.BouncyCastle.X509.X509Certificate(issuer.Der).SubjectDN);
        certificate.SetSubjectDN(new X509Name(subject));
        certificate.SetNotBefore(DateTime.UtcNow.AddDays(-1));
        certificate.SetNotAfter(DateTime.UtcNow.AddDays(30));
        certificate.SetPublicKey(keys.Public);
        certificate.AddExtension(X509Extensions.BasicConstraints, true, new BasicConstraints(cA: issuer is null));
        if (issuer is not null)
        {
            certificate.AddExtension(X509Extensions.SubjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.DnsName, "localhost")));
        }

        return new MLDsaCertificate(certificate.Generate(new Asn1SignatureFactory(parameters.Name, issuer?._key ?? keys.Private)).GetEncoded(), keys.Private);
    }
}
