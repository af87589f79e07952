using System.Globalization;

namespace S2nTls.Certificates.Names;

/// <summary>Names as people write them (U-labels, RFC 5890), for SslStream's API, which has them in this form on servers.</summary>
internal static class InternationalName
{
    private static readonly IdnMapping s_mapping = new() { AllowUnassigned = true };

    /// <summary>Decodes the A-labels of a received name; one that cannot be decoded stays as it is.</summary>
    internal static string ToUnicode(string name)
    {
        if (!name.Contains("xn--", StringComparison.OrdinalIgnoreCase))
        {
            return name; // nothing to decode: the mapping would also lower-case it, and refuse names that are too long
        }

        try
        {
            return s_mapping.GetUnicode(name);
        }
        catch (ArgumentException)
        {
            return name;
        }
    }
}
