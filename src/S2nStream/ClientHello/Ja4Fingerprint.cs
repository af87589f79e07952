using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using S2nTls.Wire;

namespace S2nTls.ClientHello;

/// <summary>
/// JA4, following FoxIO's technical description: an overview of the client, in letters and counts; its cipher suites, sorted; and its extensions,
/// sorted, with its signature algorithms. The latter two are hashed, or written out. GREASE is left out.
/// </summary>
internal static class Ja4Fingerprint
{
    private const int MaxCount = 99;
    private const int HashLength = 12;
    private const string HashOfNothing = "000000000000";

    internal static string Of(S2nClientHello hello) => $"{Overview(hello)}_{Hash(CipherSuites(hello))}_{Hash(Extensions(hello))}";

    internal static string RawOf(S2nClientHello hello) => $"{Overview(hello)}_{CipherSuites(hello)}_{Extensions(hello)}";

    private static string Overview(S2nClientHello hello)
    {
        char destination = hello.TryGetExtension(ExtensionType.ServerName, out _) ? 'd' : 'i';
        int suites = Math.Min(hello.CipherSuites.Count(static suite => !S2nClientHello.IsGrease((int)suite)), MaxCount);
        int extensions = Math.Min(hello.Extensions.Count(static extension => !S2nClientHello.IsGrease(extension.Type)), MaxCount);
        return string.Create(CultureInfo.InvariantCulture, $"t{Version(hello)}{destination}{suites:d2}{extensions:d2}{ApplicationProtocol(hello)}");
    }

    private static string Version(S2nClientHello hello) =>
        hello.SupportedVersions.Where(static version => !Grease.Is(version)).DefaultIfEmpty((ushort)hello.LegacyVersion).Max() switch
        {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            0x0002 => "s2",
            _ => "00",
        };

    /// <summary>The first protocol's first and last character; if either is not a letter or digit, those of its hexadecimal form.</summary>
    private static string ApplicationProtocol(S2nClientHello hello)
    {
        if (hello.ApplicationProtocols is not [SslApplicationProtocol first, ..])
        {
            return "00";
        }

        ReadOnlySpan<byte> name = first.Protocol.Span;
        string shown = char.IsAsciiLetterOrDigit((char)name[0]) && char.IsAsciiLetterOrDigit((char)name[^1])
            ? Encoding.Latin1.GetString(name)
            : Convert.ToHexStringLower(name);
        return $"{shown[0]}{shown[^1]}";
    }

    private static string CipherSuites(S2nClientHello hello) => Hexadecimal(hello.CipherSuites.Select(static suite => (int)suite).Order());

    /// <summary>Without the server name and the application protocols, which are in the overview.</summary>
    private static string Extensions(S2nClientHello hello)
    {
        string types = Hexadecimal(hello.Extensions
            .Select(static extension => (int)extension.Type)
            .Where(static type => type is not (ExtensionType.ServerName or ExtensionType.ApplicationProtocols))
            .Order());
        string signatures = Hexadecimal(hello.SignatureAlgorithms.Select(static scheme => (int)scheme));
        return signatures.Length > 0 ? $"{types}_{signatures}" : types;
    }

    private static string Hexadecimal(IEnumerable<int> numbers) =>
        string.Join(',', numbers.Where(static number => !S2nClientHello.IsGrease(number)).Select(static number => number.ToString("x4", CultureInfo.InvariantCulture)));

    private static string Hash(string list) =>
        list.Length == 0 ? HashOfNothing : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(list)))[..HashLength];
}
