using System.Buffers;
using System.Globalization;
using System.Text;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>
/// The two spellings of an international name (RFC 5890 §2.3.2.1): <c>xn--bcher-kva.example</c>, which clients send, and <c>bücher.example</c>, which
/// people write and SslStream passes to the application. Anything else is left unchanged.
/// </summary>
internal static class InternationalName
{
    private const string Prefix = "xn--";

    /// <summary>Clients may use characters that this machine's tables do not have yet.</summary>
    private static readonly IdnMapping s_mapping = new() { AllowUnassigned = true };

    /// <summary>The spelling in which names are compared, ignoring case.</summary>
    internal static string ToAscii(string name) =>
        Ascii.IsValid(name) ? name : Convert(name, static name => s_mapping.GetAscii(name.ToLowerInvariant())); // in lower case, because without ICU the encoding preserves case

    /// <summary>The spelling for the application.</summary>
    internal static string ToUnicode(string name) =>
        name.Contains(Prefix, StringComparison.OrdinalIgnoreCase) ? Convert(name, s_mapping.GetUnicode) : name;

    private static string Convert(string name, Func<string, string> convert)
    {
        try
        {
            return IsWellFormed(name) && convert(name) is var converted && IsWellFormed(converted) ? converted : name;
        }
        catch (ArgumentException)
        {
            return name;
        }
    }

    /// <summary>.NET 11 without ICU converts names with half of a surrogate pair too.</summary>
    private static bool IsWellFormed(ReadOnlySpan<char> name)
    {
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(name, out _, out int read) != OperationStatus.Done)
            {
                return false;
            }

            name = name[read..];
        }

        return true;
    }
}
