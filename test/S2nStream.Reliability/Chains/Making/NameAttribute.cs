using System.Formats.Asn1;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>One attribute of a distinguished name.</summary>
/// <param name="Type">Its object identifier.</param>
/// <param name="Value">Its text; where the string type cannot express it, its bytes are Latin-1.</param>
/// <param name="StringType">How the text is encoded.</param>
internal sealed record NameAttribute(string Type, string Value, UniversalTagNumber StringType = UniversalTagNumber.UTF8String)
{
    internal const string CommonName = "2.5.4.3";
    internal const string Organization = "2.5.4.10";
    internal const string Unit = "2.5.4.11";
    internal const string Country = "2.5.4.6";
    internal const string Email = "1.2.840.113549.1.9.1";
    internal const string DomainComponent = "0.9.2342.19200300.100.1.25";
}
