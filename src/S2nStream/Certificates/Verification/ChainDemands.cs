using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Roots;

namespace S2nTls.Certificates.Verification;

/// <summary>
/// Demands on a chain that s2n or .NET has verified, beyond what both of them check: so that the two give one verdict, and none that OpenSSL and
/// SslStream would not give. Another demand is another line here.
/// </summary>
/// <remarks>
/// The certificates are passed one after the other, the end-entity's first and the anchor last, and read in place: they must stay in memory until
/// all have been seen. Signatures, dates and most of the name constraints are already verified.
/// </remarks>
internal ref struct ChainDemands(ChainDemands.Terms terms)
{
    private int _count;

    /// <summary>How many intermediates that are not self-issued have been seen: those that a path length counts (RFC 5280 §4.2.1.9).</summary>
    private int _intermediates;

    /// <summary>A bit for each certificate that does not state its purpose.</summary>
    private ulong _withoutPurpose;

    private ReadOnlySpan<byte> _names;
    private ReadOnlySpan<byte> _subject;

    /// <summary>The names and subjects of intermediates to which constraints above may apply, which few have.</summary>
    private List<(byte[] Names, byte[] Subject)>? _others;

    /// <summary>The demands.</summary>
    /// <param name="IsServer">Whether the peer is a client.</param>
    /// <param name="Host">The host that the end-entity certificate must contain; null if it need not, or that is checked elsewhere.</param>
    /// <param name="OfPurpose">Whether all must be valid for server or client authentication.</param>
    /// <param name="OfIssuers">Whether issuers' limits apply.</param>
    /// <param name="Misleading">The certificates whose names no other issuer may have; null if there are none.</param>
    internal readonly record struct Terms(
        bool IsServer, HostNameMatch? Host = null, bool OfPurpose = true, bool OfIssuers = true, MisleadingCertificates? Misleading = null);

    /// <summary>Checks the next certificate of the chain.</summary>
    /// <param name="certificate">The certificate, in DER.</param>
    /// <param name="isLast">Whether it is the anchor.</param>
    /// <returns>The first demand that it does not meet; null if it meets all.</returns>
    internal UnmetDemand? Next(ReadOnlySpan<byte> certificate, bool isLast)
    {
        int depth = _count++;
        if (!CertificateFields.TryRead(certificate, out CertificateFields fields))
        {
            return new(
                depth == 0 && terms.Host is not null ? "S2N_ERR_CERT_INVALID_HOSTNAME" : "S2N_ERR_CERT_INVALID",
                "a certificate of the chain cannot be decoded, or has a duplicate extension");
        }

        if (depth < 64 && !fields.HasExtendedKeyUsage && !fields.HasApplicationPolicies)
        {
            _withoutPurpose |= 1ul << depth;
        }

        return (depth == 0 ? OfEndEntity(fields, isLast) : OfIssuer(certificate, fields, depth)) ?? OfAny(fields, isLast);
    }

    private UnmetDemand? OfEndEntity(in CertificateFields fields, bool isAnchor)
    {
        _names = fields.AlternativeNames;
        _subject = fields.Subject;
        if (terms.Host is { } host && !host.IsBorneBy(fields))
        {
            return new("S2N_ERR_CERT_INVALID_HOSTNAME", $"it was not issued for '{host.TargetHost}'");
        }

        // RFC 5246 §7.4.2, RFC 8446 §4.4.2.2. A server's RSA key may also serve to transport the secret.
        X509KeyUsageFlags wanted =
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyAgreement | (terms.IsServer ? X509KeyUsageFlags.None : X509KeyUsageFlags.KeyEncipherment);
        if (fields.KeyUsage is { } usage && (usage & wanted) == 0)
        {
            return new("S2N_ERR_CERT_INTENT_INVALID", "its key usage does not allow TLS");
        }

        // Netscape's types: SSL client is the first bit, SSL server the second.
        if (terms.OfPurpose && fields.NetscapeType is { } type && (type & (terms.IsServer ? 0x80 : 0x40)) == 0)
        {
            return new("S2N_ERR_CERT_INTENT_INVALID", $"its certificate type (Netscape's extension) does not allow {(terms.IsServer ? "clients" : "servers")}");
        }

        // An authority that sends its own certificate has issued that one too.
        return terms.OfIssuers && isAnchor && fields is { IsAuthority: true, IsSelfIssued: true, KeyUsage: { } allowed } && !allowed.HasFlag(X509KeyUsageFlags.KeyCertSign)
            ? new("S2N_ERR_CERT_INVALID", "it is an authority's own, and its key usage does not allow to sign certificates")
            : null;
    }

    /// <summary>
    /// AWS-LC does not check the path length of self-issued certificates, and so of no root; RFC 5280 §6.1.4 (m) excepts those only from being
    /// counted. .NET treats a version 3 certificate without basic constraints as an authority's.
    /// </summary>
    private UnmetDemand? OfIssuer(ReadOnlySpan<byte> certificate, in CertificateFields fields, int depth)
    {
        if (!terms.OfIssuers)
        {
            return null;
        }

        if (!fields.IsAuthority && !(fields.IsVersion1 && fields.IsSelfIssued))
        {
            return Untrusted($"'{fields.SubjectText}' has issued a certificate, but its own certificate does not say that it is an authority");
        }

        if (fields.PathLength is { } most && _intermediates > most)
        {
            return Untrusted($"the chain is longer than '{fields.SubjectText}' allows: {_intermediates} intermediates, but its path length constraint is {most} (RFC 5280 §4.2.1.9)");
        }

        if (!fields.IsSelfIssued)
        {
            _intermediates++;
        }

        if (terms.Misleading?.HasNamesakeOf(fields.Subject, certificate) == true)
        {
            return Untrusted($"there is another certificate of the name '{fields.SubjectText}' among the trusted ones that is not a root and leads to none, or may not sign certificates");
        }

        if (!fields.NameConstraints.IsEmpty && FindUnmetConstraint(fields.NameConstraints) is { } constraint)
        {
            return Untrusted($"the name constraints of '{fields.SubjectText}' {constraint} (RFC 5280 §4.2.1.10)");
        }

        if (!fields.IsSelfIssued && NameConstraints.MayBind(fields.AlternativeNames, fields.Subject))
        {
            (_others ??= []).Add((fields.AlternativeNames.ToArray(), fields.Subject.ToArray()));
        }

        // Policies are not followed from certificate to certificate here. If they are required, .NET at least needs a certificate to state its purpose.
        return fields.RequiresPolicyBelow is { } free && free < depth && (_withoutPurpose & ((1ul << Math.Min(depth - free, 63)) - 1)) != 0
            ? new("S2N_ERR_CERT_INTENT_INVALID", $"'{fields.SubjectText}' requires a policy of all certificates below it (RFC 5280 §4.2.1.11), but one of them does not say what it is for")
            : null;
    }

    private readonly string? FindUnmetConstraint(ReadOnlySpan<byte> constraints)
    {
        string? unmet = NameConstraints.FindUnmet(constraints, _names, _subject);
        foreach ((byte[] names, byte[] subject) in _others ?? [])
        {
            unmet ??= NameConstraints.FindUnmet(constraints, names, subject);
        }

        return unmet;
    }

    /// <summary>s2n does not check an anchor's purposes, and later versions of .NET take "any" to mean all; neither checks for a path length with cA false.</summary>
    private readonly UnmetDemand? OfAny(in CertificateFields fields, bool isLast) =>
        terms.OfPurpose && fields.HasExtendedKeyUsage && !Allows(fields.ExtendedKeyUsage, terms.IsServer)
            ? new("S2N_ERR_CERT_INTENT_INVALID", $"the extended key usage of '{fields.SubjectText}' does not allow {(terms.IsServer ? "clients" : "servers")}")
        : terms.OfPurpose && fields.HasApplicationPolicies && !AllowsByPolicy(fields.ApplicationPolicies, terms.IsServer)
            ? new("S2N_ERR_CERT_INTENT_INVALID", $"the application policies of '{fields.SubjectText}' do not allow {(terms.IsServer ? "clients" : "servers")}")
        : terms.OfIssuers && fields is { PathLength: not null, IsAuthority: false }
            ? Untrusted($"'{fields.SubjectText}' has a path length constraint, and is no authority")
        : terms.OfIssuers && fields.HasUnknownCritical
            ? new("S2N_ERR_CERT_UNHANDLED_CRITICAL_EXTENSION", $"'{fields.SubjectText}' has a critical extension that is not known here")
        : terms.OfIssuers && SignatureAlgorithm.HasCurveWithoutName(fields.PublicKey)
            ? Untrusted($"the elliptic curve of '{fields.SubjectText}' is given by its parameters, not by its name (RFC 5480 §2.1.1)")
        : (fields.Signature & CertificateSignatures.Taken) == 0 && !(isLast && fields.IsSelfIssued)
            ? Untrusted($"'{fields.SubjectText}' is signed with SHA-1, MD5 or another algorithm that is not accepted; RSA and ECDSA with SHA-2, and ML-DSA, are")
        : null;

    private static UnmetDemand Untrusted(string reason) => new("S2N_ERR_CERT_UNTRUSTED", reason);

    /// <param name="purposes">ExtKeyUsageSyntax.</param>
    /// <param name="ofClients">Whether client authentication is meant.</param>
    private static bool Allows(ReadOnlySpan<byte> purposes, bool ofClients)
    {
        bool isThere = false;
        var reader = new DerReader(purposes);
        while (!reader.IsEmpty)
        {
            ReadOnlySpan<byte> purpose = reader.Read(DerReader.ObjectIdentifier);
            if (!PolicyExtensions.IsIdentifier(purpose))
            {
                return false;
            }

            isThere |= IsAuthentication(purpose, ofClients);
        }

        return isThere && !reader.Failed;
    }

    private static bool AllowsByPolicy(ReadOnlySpan<byte> policies, bool ofClients)
    {
        var reader = new DerReader(policies);
        while (!reader.IsEmpty)
        {
            var policy = new DerReader(reader.Read(DerReader.Sequence));
            if (IsAuthentication(policy.Read(DerReader.ObjectIdentifier), ofClients))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>id-kp, 1.3.6.1.5.5.7.3: serverAuth is 1, clientAuth 2.</summary>
    private static bool IsAuthentication(ReadOnlySpan<byte> purpose, bool ofClients) =>
        purpose.SequenceEqual((ReadOnlySpan<byte>)[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, ofClients ? (byte)2 : (byte)1]);
}
