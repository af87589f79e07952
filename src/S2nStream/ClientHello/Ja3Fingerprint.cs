using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace S2nTls.ClientHello;

/// <summary>
/// JA3: five fields separated by commas, each of decimal numbers in the client's order, separated by dashes: version, cipher suites, extensions,
/// groups, point formats. GREASE is left out.
/// </summary>
internal static class Ja3Fingerprint
{
    internal static string TextOf(S2nClientHello hello)
    {
        var text = new StringBuilder(capacity: 256);
        text.Append(CultureInfo.InvariantCulture, $"{hello.LegacyVersion},");
        Append(text, hello.CipherSuites.Select(static suite => (int)suite));
        text.Append(',');
        Append(text, hello.Extensions.Select(static extension => (int)extension.Type));
        text.Append(',');
        Append(text, hello.SupportedGroups.Select(static group => (int)group));
        text.Append(',');
        Append(text, hello.PointFormats.ToArray().Select(static format => (int)format));
        return text.ToString();
    }

    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "JA3 is defined with MD5, and nothing relies on its strength.")]
    internal static string HashOf(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(text)));

    private static void Append(StringBuilder text, IEnumerable<int> numbers) =>
        text.AppendJoin('-', numbers.Where(static number => !S2nClientHello.IsGrease(number)));
}
