using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using S2nTls.Certificates.Verification;

namespace S2nTls.Certificates.Names;

/// <summary>
/// Whether a certificate was issued for the host that a client wants: one rule for both ways of verification. DNS names match only host names, and
/// iPAddress entries only addresses (RFC 6125 §6.4, RFC 9110 §4.3.4). Immutable and thread-safe.
/// </summary>
internal sealed class HostNameMatch
{
    /// <summary>RFC 6066 §3 would allow more, but DNS (RFC 1035 §3.1) and s2n do not.</summary>
    private const int MaxNameLength = 255;

    private static readonly SearchValues<char> s_lettersDigitsAndHyphen =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    private const byte DnsName = 0x82, Uri = 0x86, Address = 0x87;

    private readonly IPAddress? _address;
    private readonly byte[]? _addressBytes;
    private readonly string _name = string.Empty;

    /// <exception cref="ArgumentException">It cannot be sent: it has control characters, an empty label or too many characters, or is not a valid international name (RFC 5891).</exception>
    internal HostNameMatch(string targetHost)
    {
        TargetHost = targetHost;
        ThrowIfControlled(targetHost);

        // RFC 6066 §3: in ASCII (RFC 5890), without the trailing dot of a fully qualified name. The rest may be an address.
        string ascii = InternationalName.ToAscii(targetHost);
        string relative = ascii.EndsWith('.') ? ascii[..^1] : ascii;
        if (!IPAddress.TryParse(relative, out _address))
        {
            ThrowIfNotSendable(relative);
            _name = relative;
            return;
        }

        if (_address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 })
        {
            // The zone names an interface of this host: no certificate contains it (RFC 4007 §11.2).
            _address = new IPAddress(_address.GetAddressBytes());
        }

        _addressBytes = _address.GetAddressBytes();
    }

    /// <summary>The host as it was given.</summary>
    internal string TargetHost { get; }

    /// <summary>The name to send to the server; null for an address, which is not sent (RFC 6066 §3), and if there is none.</summary>
    internal string? WireName => _name.Length > 0 ? _name : null;

    /// <summary>
    /// Whether a name in the certificate may be the host's, as far as s2n can tell: addresses come as text, and DNS names, URIs and the common
    /// name look alike. False is final, true is not: <see cref="IsBorneBy"/> decides.
    /// </summary>
    internal bool MayBe(ReadOnlySpan<byte> presented) =>
        _address is null
            ? MatchesName(presented)
            : IPAddress.TryParse(Encoding.UTF8.GetString(presented), out IPAddress? address) && address.Equals(_address);

    /// <summary>The subject's common name counts only for a DNS name, and only if there are no alternative names.</summary>
    internal bool IsBorneBy(in CertificateFields certificate)
    {
        bool hasNames = false;
        var names = new DerReader(certificate.AlternativeNames);
        while (!names.IsEmpty)
        {
            ReadOnlySpan<byte> name = names.ReadAny(out byte tag);
            hasNames |= tag is DnsName or Uri or Address; // if there is one of them, the common name does not count (RFC 6125 §6.4.4)
            if (_addressBytes is null ? tag == DnsName && MatchesName(name) : tag == Address && name.SequenceEqual(_addressBytes))
            {
                return true;
            }
        }

        return !names.Failed && !hasNames && _address is null && MatchesName(CommonName(certificate.Subject));
    }

    private bool MatchesName(ReadOnlySpan<byte> presented) =>
        _name.Length > 0 && (Ascii.EqualsIgnoreCase(presented, _name) || MatchesWildcard(presented));

    /// <summary>
    /// A wildcard covers one whole label, the first, and not all names of a top-level domain. The label must be a host label: letters, digits and
    /// hyphens (RFC 5890 §2.3.1). OpenSSL and .NET let a wildcard cover no other, such as one with an underscore.
    /// </summary>
    private bool MatchesWildcard(ReadOnlySpan<byte> pattern)
    {
        int dot = _name.IndexOf('.', StringComparison.Ordinal);
        return
            dot > 0 && pattern.StartsWith("*."u8) && pattern[2..].Contains((byte)'.') &&
            Ascii.EqualsIgnoreCase(pattern[1..], _name.AsSpan(dot)) &&
            !_name.AsSpan(0, dot).ContainsAnyExcept(s_lettersDigitsAndHyphen);
    }

    /// <summary>The last one, as in s2n, and only in encodings whose bytes are the text: nothing else can be a DNS name.</summary>
    private static ReadOnlySpan<byte> CommonName(ReadOnlySpan<byte> subject)
    {
        ReadOnlySpan<byte> last = default;
        SubjectAttributes names = SubjectAttributes.CommonNames(subject);
        while (names.MoveNext())
        {
            last = names.IsPlain ? names.Text : default;
        }

        return last;
    }

    /// <summary>s2n would cut the name at a NUL; and no host name contains the others, which could be misleading in logs.</summary>
    private static void ThrowIfControlled(string targetHost)
    {
        foreach (char character in targetHost)
        {
            if (char.IsControl(character))
            {
                throw new ArgumentException($"The target host contains a control character (U+{(int)character:X4}).", nameof(targetHost));
            }
        }
    }

    private static void ThrowIfNotSendable(string targetHost)
    {
        if (targetHost.Length > MaxNameLength)
        {
            throw new ArgumentException($"The target host has {targetHost.Length} characters; at most {MaxNameLength} can be sent.", nameof(targetHost));
        }

        if (targetHost.StartsWith('.') || targetHost.EndsWith('.') || targetHost.Contains("..", StringComparison.Ordinal))
        {
            throw new ArgumentException("The target host has an empty label: two dots with nothing between them, or one at the beginning.", nameof(targetHost));
        }

        if (!Ascii.IsValid(targetHost))
        {
            throw new ArgumentException("The target host is not a valid international name (RFC 5891).", nameof(targetHost));
        }
    }
}
