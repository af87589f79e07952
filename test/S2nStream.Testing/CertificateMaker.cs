using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Testing;

/// <summary>Makes certificates of every kind, the bad ones too: what is wrong with one is an argument.</summary>
public static class CertificateMaker
{
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>An authority's certificate with its key; self-signed without an issuer.</summary>
    public static X509Certificate2 Authority(
        string name,
        X509Certificate2? issuer = null,
        string? permittedDomain = null,
        bool sha1 = false,
        int? pathLength = null,
        string? usage = null,
        bool basicConstraints = true,
        X509KeyUsageFlags keyUsage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
        bool namesIssuersKey = false) =>
        Make($"CN={name}", issuer, ECDsa.Create(ECCurve.NamedCurves.nistP256), sha1, extensions =>
        {
            if (basicConstraints)
            {
                extensions.Add(new X509BasicConstraintsExtension(true, pathLength.HasValue, pathLength ?? 0, true));
            }

            extensions.Add(new X509KeyUsageExtension(keyUsage, true));
            if (usage is not null)
            {
                extensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
            }

            if (permittedDomain is not null)
            {
                extensions.Add(PermittedDomain(permittedDomain));
            }

            if (namesIssuersKey)
            {
                extensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer!, includeKeyIdentifier: true, includeIssuerAndSerial: false));
            }
        });

    /// <summary>An end-entity's certificate with its key; by default a server's for localhost and 127.0.0.1.</summary>
    public static X509Certificate2 Leaf(
        X509Certificate2? issuer,
        string[]? hosts = null,
        IPAddress[]? addresses = null,
        string subject = "CN=leaf",
        string? usage = ServerAuthentication,
        X509KeyUsageFlags keyUsage = X509KeyUsageFlags.DigitalSignature,
        AsymmetricAlgorithm? key = null,
        bool sha1 = false,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null,
        bool isAuthority = false,
        string? uri = null,
        bool brokenNames = false,
        string? crl = null,
        int padding = 0,
        bool mustStaple = false,
        bool namesIssuersKey = false,
        Uri[]? ocsp = null) =>
        Make(subject, issuer, key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256), sha1, extensions =>
        {
            extensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
            extensions.Add(new X509KeyUsageExtension(keyUsage, true));
            if (usage is not null)
            {
                extensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
            }

            if (brokenNames)
            {
                extensions.Add(new X509Extension("2.5.29.17", [0x30, 0x20, 0x82, 0x01], critical: false));
            }
            else if (hosts is not [] || addresses is not [] || uri is not null)
            {
                extensions.Add(Names(hosts ?? ["localhost"], addresses ?? [IPAddress.Loopback], uri));
            }

            if (namesIssuersKey)
            {
                extensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer!, includeKeyIdentifier: true, includeIssuerAndSerial: false));
            }

            if (crl is not null)
            {
                extensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([crl]));
            }

            if (ocsp is not null)
            {
                extensions.Add(new X509AuthorityInformationAccessExtension(ocsp.Select(uri => uri.OriginalString), null));
            }

            if (mustStaple)
            {
                extensions.Add(new X509Extension("1.3.6.1.5.5.7.1.24", [0x30, 0x03, 0x02, 0x01, 0x05], critical: false)); // RFC 7633: status_request
            }

            if (padding > 0)
            {
                extensions.Add(new X509Extension("1.3.6.1.4.1.99999.1", RandomNumberGenerator.GetBytes(padding), critical: false));
            }
        }, notBefore, notAfter);

    private static X509Certificate2 Make(
        string subject, X509Certificate2? issuer, AsymmetricAlgorithm key, bool sha1, Action<ICollection<X509Extension>> extend,
        DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null)
    {
        CertificateRequest request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, key.KeySize == 384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256);
        extend(request.CertificateExtensions);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset from = notBefore ?? DateTimeOffset.UtcNow.AddDays(-5);
        DateTimeOffset until = notAfter ?? DateTimeOffset.UtcNow.AddYears(1);
        if (issuer is null)
        {
            return request.CreateSelfSigned(from, until);
        }

        using ECDsa issuerKey = issuer.GetECDsaPrivateKey()!;
        using X509Certificate2 certificate = request.Create(
            issuer.SubjectName, sha1 ? new Sha1Generator(issuerKey) : X509SignatureGenerator.CreateForECDsa(issuerKey), from, until, RandomNumberGenerator.GetBytes(16));
        return key is RSA ownRsa ? certificate.CopyWithPrivateKey(ownRsa) : certificate.CopyWithPrivateKey((ECDsa)key);
    }

    /// <summary>RFC 5280 §4.2.1.6. Written by hand: .NET's builder makes URIs that are URIs only.</summary>
    private static X509Extension Names(string[] hosts, IPAddress[] addresses, string? uri)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (string host in hosts)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, host, new Asn1Tag(TagClass.ContextSpecific, 2));
            }

            foreach (IPAddress address in addresses)
            {
                writer.WriteOctetString(address.GetAddressBytes(), new Asn1Tag(TagClass.ContextSpecific, 7));
            }

            if (uri is not null)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
            }
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }

    /// <summary>RFC 5280 §4.2.1.10: the issuer may certify names below one domain only.</summary>
    private static X509Extension PermittedDomain(string domain)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, domain, new Asn1Tag(TagClass.ContextSpecific, 2));
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    /// <summary>.NET itself no longer signs certificates with SHA-1.</summary>
    private sealed class Sha1Generator(ECDsa key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.4.1"); // ecdsa-with-SHA1
            }

            return writer.Encode();
        }

#pragma warning disable CA5350 // weak on purpose
        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
            key.SignData(data, HashAlgorithmName.SHA1, DSASignatureFormat.Rfc3279DerSequence);
#pragma warning restore CA5350

        protected override PublicKey BuildPublicKey() => new(key);
    }
}
