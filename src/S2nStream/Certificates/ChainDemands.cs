using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Certificates;

/// <summary>
/// What is demanded of a chain that s2n or .NET has verified, beyond what both of them look at: so that the two
/// give one verdict, and none that OpenSSL and SslStream would not give. Another demand is another line here.
/// </summary>
/// <remarks>
/// It is shown the certificates one after the other, the end-entity's first and the anchor last, where they lie in memory,
/// and keeps of them only what the next ones are to be compared with. Signatures, dates and name constraints are verified already.
/// </remarks>
internal struct ChainDemands(ChainDemands.Terms terms)
{
    private int _count;

    /// <summary>How many intermediates have come that were not issued by themselves: those a path length counts (RFC 5280 §4.2.1.9).</summary>
    private int _intermediates;

    /// <summary>What is demanded.</summary>
    /// <param name="IsServer">Whether the peer is a client.</param>
    /// <param name="Host">The host that the end-entity's certificate must bear; null where it need not, or that is asked elsewhere.</param>
    /// <param name="OfPurpose">Whether all must be good for a server's authentication, or a client's.</param>
    /// <param name="OfIssuers">Whether issuers' limits count.</param>
    internal sealed record Terms(bool IsServer, HostNameMatch? Host = null, bool OfPurpose = true, bool OfIssuers = true);

    /// <summary>Looks at the next certificate of the chain.</summary>
    /// <returns>The first demand that it does not meet; null where it meets all.</returns>
    internal UnmetDemand? Next(ReadOnlySpan<byte> certificate)
    {
        int depth = _count++;
        if (!CertificateFields.TryRead(certificate, out CertificateFields fields))
        {
            return new(
                depth == 0 && terms.Host is not null ? "S2N_ERR_CERT_INVALID_HOSTNAME" : "S2N_ERR_CERT_INVALID",
                "a certificate of the chain cannot be decoded, or has an extension twice");
        }

        return (depth == 0 ? OfEndEntity(fields) : OfIssuer(fields)) ?? OfAny(fields);
    }

    private readonly UnmetDemand? OfEndEntity(in CertificateFields fields)
    {
        if (terms.Host is { } host && !host.IsBorneBy(fields))
        {
            return new("S2N_ERR_CERT_INVALID_HOSTNAME", $"it was not issued for '{host.TargetHost}'");
        }

        // RFC 5246 §7.4.2, RFC 8446 §4.4.2.2. A server's RSA key may also serve to transport the secret.
        X509KeyUsageFlags wanted =
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyAgreement | (terms.IsServer ? X509KeyUsageFlags.None : X509KeyUsageFlags.KeyEncipherment);
        return fields.KeyUsage is { } usage && (usage & wanted) == 0
            ? new("S2N_ERR_CERT_INTENT_INVALID", "its key usage does not allow TLS")
            : null;
    }

    /// <summary>
    /// AWS-LC does not look at the path length of what is issued by itself, and so at no root's; RFC 5280 §6.1.4 (m) excepts
    /// those from being counted only. .NET takes a certificate of version 3 without basic constraints for an authority's.
    /// </summary>
    private UnmetDemand? OfIssuer(in CertificateFields fields)
    {
        if (!terms.OfIssuers)
        {
            return null;
        }

        if (!fields.IsAuthority && !(fields.IsVersion1 && fields.IsSelfIssued))
        {
            return new("S2N_ERR_CERT_UNTRUSTED", $"'{fields.SubjectText}' has issued a certificate, and its own does not say that it is an authority");
        }

        if (fields.PathLength is { } most && _intermediates > most)
        {
            return new(
                "S2N_ERR_CERT_UNTRUSTED",
                $"the chain is longer than '{fields.SubjectText}' allows: {_intermediates} intermediates, where its path length constraint is {most} (RFC 5280 §4.2.1.9)");
        }

        if (!fields.IsSelfIssued)
        {
            _intermediates++;
        }

        return null;
    }

    /// <summary>s2n does not look at an anchor's purposes, and later versions of .NET take any for all; neither looks at a path length beside cA false.</summary>
    private readonly UnmetDemand? OfAny(in CertificateFields fields) =>
        terms.OfPurpose && fields.HasExtendedKeyUsage && !Contains(fields.ExtendedKeyUsage, terms.IsServer)
            ? new("S2N_ERR_CERT_INTENT_INVALID", $"the extended key usage of '{fields.SubjectText}' does not allow {(terms.IsServer ? "clients" : "servers")}")
        : terms.OfIssuers && fields is { PathLength: not null, IsAuthority: false }
            ? new("S2N_ERR_CERT_UNTRUSTED", $"'{fields.SubjectText}' has a path length constraint, and is no authority")
        : null;

    private static bool Contains(ReadOnlySpan<byte> purposes, bool ofClients)
    {
        // id-kp, 1.3.6.1.5.5.7.3: serverAuth is 1, clientAuth 2.
        ReadOnlySpan<byte> wanted = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, ofClients ? (byte)2 : (byte)1];
        var reader = new DerReader(purposes);
        while (!reader.IsEmpty)
        {
            if (reader.Read(DerReader.ObjectIdentifier).SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }
}
