using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>A chain with nothing wrong in it, to begin with (RFC 5280 §4.2, the profile for authorities too).</summary>
internal static class GoodChain
{
    /// <param name="keys">Where its keys come from.</param>
    /// <param name="intermediates">How many authorities there are between the root and the peer's own certificate.</param>
    /// <param name="host">Whom it is for.</param>
    /// <param name="isClients">Whether a client shows it.</param>
    internal static ChainDraft Make(ChainKeys keys, int intermediates = 1, string host = "www.example.com", bool isClients = false)
    {
        var chain = new ChainDraft { Host = host, IsClients = isClients };
        CertificateDraft issuer = Authority(keys, "Root", null);
        chain.Anchors.Add(issuer);
        chain.Path.Add(issuer);
        for (int i = 1; i <= intermediates; i++)
        {
            issuer = Authority(keys, $"Intermediate {i}", issuer);
            chain.Path.Insert(0, issuer);
            chain.Sent.Insert(0, issuer);
        }

        CertificateDraft leaf = Leaf(keys, issuer, host, isClients);
        chain.Path.Insert(0, leaf);
        chain.Sent.Insert(0, leaf);
        return chain;
    }

    internal static CertificateDraft Authority(ChainKeys keys, string name, CertificateDraft? issuer) =>
        new(name, DirectoryName.Of(new NameAttribute(NameAttribute.Organization, "Chains"), new NameAttribute(NameAttribute.CommonName, name)), keys.Next(), issuer)
        {
            Basic = new BasicConstraints(true),
            KeyUsage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
        };

    internal static CertificateDraft Leaf(ChainKeys keys, CertificateDraft? issuer, string host, bool isClients = false) =>
        new("leaf", DirectoryName.Of(new NameAttribute(NameAttribute.Organization, "Chains"), new NameAttribute(NameAttribute.CommonName, "leaf")), keys.Next(), issuer)
        {
            KeyUsage = X509KeyUsageFlags.DigitalSignature,
            ExtendedKeyUsage = [isClients ? CertificateDraft.ClientAuthentication : CertificateDraft.ServerAuthentication],
            Names = [NameOf(host)],
        };

    /// <summary>The name that a certificate for a host has.</summary>
    internal static GeneralName NameOf(string host) => IPAddress.TryParse(host, out IPAddress? address)
        ? GeneralName.Address(address.GetAddressBytes())
        : GeneralName.Dns(BareName(host));

    internal static string BareName(string host) => host.TrimEnd('.').ToLowerInvariant();
}
