using System.Buffers;
using System.Globalization;
using System.Text;

namespace S2nTls.Certificates.Names;

/// <summary>The two spellings of names (RFC 5890 §2.3.2.1): A-labels, which are sent, and U-labels, which people write and SslStream's API tells on servers.</summary>
/// <remarks>.NET 11's <see cref="IdnMapping"/> without ICU encodes and decodes half of a surrogate pair; .NET 10's refuses it.</remarks>
internal static class InternationalName
{
    private static readonly IdnMapping s_encoding = new();

    /// <summary>Peers may use characters that this machine's tables do not have yet.</summary>
    private static readonly IdnMapping s_decoding = new() { AllowUnassigned = true };

    /// <summary>Encodes a name for sending.</summary>
    /// <exception cref="ArgumentException">It is not a valid international name (RFC 5891).</exception>
    internal static string ToAscii(string name) =>
        Ascii.IsValid(name) ? name
        : IsWellFormed(name) ? s_encoding.GetAscii(name)
        : throw new ArgumentException("It has half of a surrogate pair.");

    /// <summary>Decodes the A-labels of a received name; one that cannot be decoded stays as it is.</summary>
    internal static string ToUnicode(string name)
    {
        if (!name.Contains("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return name; // nothing to decode: the mapping would also lower-case it, and refuse names that are too long
        }

        try
        {
            string decoded = s_decoding.GetUnicode(name);
            return IsWellFormed(decoded) ? decoded : name;
        }
        catch (ArgumentException)
        {
            return name;
        }
    }

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
