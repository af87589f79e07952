using System.Security.Authentication;
using System.Security.Cryptography;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>What one peer shows and the other trusts: a chain that is being made.</summary>
internal sealed class ChainDraft
{
    /// <summary>What is sent, in this order; the first is the peer's own.</summary>
    internal List<CertificateDraft> Sent { get; } = [];

    /// <summary>What the judge has been given to trust.</summary>
    internal List<CertificateDraft> Anchors { get; } = [];

    /// <summary>The chain as it was meant, from the peer's own certificate to the root.</summary>
    internal List<CertificateDraft> Path { get; } = [];

    /// <summary>The host that a client wants.</summary>
    internal string Host { get; set; } = "www.example.com";

    /// <summary>Whether it is a client's chain, that a server judges.</summary>
    internal bool IsClients { get; set; }

    internal SslProtocols Protocol { get; set; } = SslProtocols.Tls13;

    /// <summary>What was done to it, for people.</summary>
    internal List<string> Notes { get; } = [];

    /// <summary>The peer's own certificate.</summary>
    internal CertificateDraft Leaf => Path[0];

    internal CertificateDraft Root => Path[^1];

    /// <summary>Those between the peer's own and the root.</summary>
    internal IEnumerable<CertificateDraft> Intermediates => Path.Skip(1).SkipLast(1);

    /// <summary>All that there are, each once.</summary>
    internal IEnumerable<CertificateDraft> All => Sent.Concat(Anchors).Concat(Path).Distinct();

    /// <summary>Those that are not anchors.</summary>
    internal IEnumerable<CertificateDraft> Below => Sent.Except(Anchors);

    internal string SentPem => string.Join('\n', Sent.Select(ToPem));

    internal string AnchorsPem => string.Join('\n', Anchors.Select(ToPem));

    internal string Describe() => string.Join('\n',
    [
        $"{(IsClients ? "a client's chain" : $"a server's chain for '{Host}'")}, {Protocol}; {string.Join("; ", Notes)}",
        .. Sent.Select(certificate => $"  sent {certificate}"),
        .. Anchors.Select(certificate => $"  trusted {certificate}"),
    ]);

    private static string ToPem(CertificateDraft certificate) => PemEncoding.WriteString("CERTIFICATE", certificate.Encoded);
}
