using System.Formats.Asn1;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace S2nTls;

/// <summary>
/// Whether a certificate was issued for the host that a client wants (RFC 6125 §6.4, RFC 9110 §4.3.4): the one
/// rule for both ways of verification. On s2n's way s2n enumerates the certificate's names and asks
/// about each; <see cref="IsBorneBy"/> enumerates them as s2n does.
/// </summary>
internal sealed class HostNameMatch
{
    private readonly IPAddress? _address;
    private readonly string _name = string.Empty;

    internal HostNameMatch(string targetHost)
    {
        if (!IPAddress.TryParse(targetHost, out _address))
        {
            // RFC 6066 §3: in ASCII (RFC 5890), without the dot that ends a fully qualified name.
            string relative = targetHost.EndsWith('.') ? targetHost[..^1] : targetHost;
            _name = Ascii.IsValid(relative) ? relative : new IdnMapping().GetAscii(relative);
        }
        else if (_address is { AddressFamily: AddressFamily.InterNetworkV6, ScopeId: not 0 })
        {
            // The zone says through which interface, on this host: no certificate has it (RFC 4007 §11.2).
            _address = new IPAddress(_address.GetAddressBytes());
        }
    }

    /// <summary>The name to send to the server; null for an address, which is not sent (RFC 6066 §3), and where there is none.</summary>
    internal string? WireName => _name.Length > 0 ? _name : null;

    /// <param name="presented">A name in the certificate; an address as text.</param>
    internal bool Matches(ReadOnlySpan<byte> presented) =>
        _address is not null
            ? IPAddress.TryParse(Encoding.UTF8.GetString(presented), out IPAddress? address) && address.Equals(_address)
            : _name.Length > 0 && (Ascii.EqualsIgnoreCase(presented, _name) || MatchesWildcard(presented));

    /// <summary>The subject's common name counts only for a DNS name, and only where there are no names beside the subject's.</summary>
    internal bool IsBorneBy(X509Certificate2 certificate)
    {
        bool hasNames = false;
        foreach (X509SubjectAlternativeNameExtension extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            hasNames |= HasNames(extension);
            foreach (string name in extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(address => address.ToString())))
            {
                if (Matches(Encoding.UTF8.GetBytes(name)))
                {
                    return true;
                }
            }
        }

        return !hasNames && _address is null && CommonName(certificate) is { } commonName && Matches(Encoding.UTF8.GetBytes(commonName));
    }

    /// <summary>A wildcard stands for one whole label, the first, and not for all names of a top-level domain.</summary>
    private bool MatchesWildcard(ReadOnlySpan<byte> pattern)
    {
        int dot = _name.IndexOf('.', StringComparison.Ordinal);
        return
            dot > 0 && pattern.StartsWith("*."u8) && pattern[2..].Contains((byte)'.') &&
            Ascii.EqualsIgnoreCase(pattern[1..], _name.AsSpan(dot));
    }

    /// <summary>Whether there are DNS names, URIs or addresses (RFC 5280 §4.2.1.6): with any of them the common name does not count.</summary>
    private static bool HasNames(X509SubjectAlternativeNameExtension extension)
    {
        const int DnsName = 2, Uri = 6, Address = 7;
        AsnReader names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            if (names.PeekTag() is { TagClass: TagClass.ContextSpecific, TagValue: DnsName or Uri or Address })
            {
                return true;
            }

            names.ReadEncodedValue();
        }

        return false;
    }

    /// <summary>The last one, as s2n has it.</summary>
    private static string? CommonName(X509Certificate2 certificate)
    {
        const string CommonNameOid = "2.5.4.3";
        return certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false)
            .LastOrDefault(name => !name.HasMultipleElements && name.GetSingleElementType().Value == CommonNameOid)?
            .GetSingleElementValue();
    }
}
