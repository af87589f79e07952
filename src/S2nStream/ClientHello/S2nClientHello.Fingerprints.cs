using S2nTls.ClientHello;
using S2nTls.Wire;

namespace S2nTls;

/// <content>Fingerprints: what kind of program the client is, judging by its ClientHello. They are computed on first use.</content>
public sealed partial class S2nClientHello
{
    private string? _ja3;
    private string? _ja4;

    /// <summary>
    /// The JA3 fingerprint: the MD5 hash of <see cref="Ja3Full"/>, 32 hexadecimal digits. Clients that shuffle their extensions, as Chromium does,
    /// have a new one for each connection.
    /// </summary>
    public string Ja3 => _ja3 ??= Ja3Fingerprint.HashOf(Ja3Full);

    /// <summary>The input of <see cref="Ja3"/>: version, cipher suites, extensions, groups and point formats, such as <c>771,4865-4866,0-10-11,29-23,0</c>.</summary>
    public string Ja3Full => Ja3Fingerprint.TextOf(this);

    /// <summary>The JA4 fingerprint, such as <c>t13d1516h2_8daaf6152771_e5627efa2ab1</c>. The order of extensions and cipher suites makes no difference.</summary>
    public string Ja4 => _ja4 ??= Ja4Fingerprint.Of(this);

    /// <summary>The unhashed form of <see cref="Ja4"/> (JA4_r).</summary>
    public string Ja4Raw => Ja4Fingerprint.RawOf(this);

    /// <summary>The point formats (RFC 8422 §5.1.2).</summary>
    internal ReadOnlySpan<byte> PointFormats => VectorOf(ExtensionType.PointFormats, 1);
}
