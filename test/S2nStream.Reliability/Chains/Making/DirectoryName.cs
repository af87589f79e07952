using System.Formats.Asn1;
using System.Text;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>A distinguished name: relative names, each of one attribute or more (RFC 5280 §4.1.2.4).</summary>
internal sealed record DirectoryName(IReadOnlyList<IReadOnlyList<NameAttribute>> Relative)
{
    internal static DirectoryName Empty { get; } = new([]);

    internal static DirectoryName Of(params NameAttribute[] attributes) => new([.. attributes.Select(attribute => (NameAttribute[])[attribute])]);

    internal static DirectoryName Common(string name, UniversalTagNumber stringType = UniversalTagNumber.UTF8String) =>
        Of(new NameAttribute(NameAttribute.CommonName, name, stringType));

    internal IEnumerable<NameAttribute> Attributes => Relative.SelectMany(attributes => attributes);

    internal bool IsEmpty => Relative.Count == 0;

    internal DirectoryName With(Func<NameAttribute, NameAttribute> change) => new([.. Relative.Select(attributes => (NameAttribute[])[.. attributes.Select(change)])]);

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            foreach (IReadOnlyList<NameAttribute> attributes in Relative)
            {
                using (writer.PushSetOf())
                {
                    foreach (NameAttribute attribute in attributes)
                    {
                        using (writer.PushSequence())
                        {
                            writer.WriteObjectIdentifier(attribute.Type);
                            WriteString(writer, attribute);
                        }
                    }
                }
            }
        }
    }

    internal byte[] Encode()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        Write(writer);
        return writer.Encode();
    }

    public override string ToString() => string.Join(", ", Relative.Select(attributes => string.Join('+', attributes.Select(attribute =>
        $"{attribute.Type switch { NameAttribute.CommonName => "CN", NameAttribute.Organization => "O", var other => other }}={attribute.Value.Replace("\0", "\\0", StringComparison.Ordinal)}{(attribute.StringType == UniversalTagNumber.UTF8String ? "" : $" ({attribute.StringType})")}"))));

    private static void WriteString(AsnWriter writer, NameAttribute attribute)
    {
        // By hand: a writer refuses characters that the type does not have.
        byte[] content = attribute.StringType switch
        {
            UniversalTagNumber.UTF8String => Encoding.UTF8.GetBytes(attribute.Value),
            UniversalTagNumber.BMPString => Encoding.BigEndianUnicode.GetBytes(attribute.Value),
            UniversalTagNumber.UniversalString => new UTF32Encoding(bigEndian: true, byteOrderMark: false).GetBytes(attribute.Value),
            _ => Encoding.Latin1.GetBytes(attribute.Value),
        };
        writer.WriteEncodedValue(Tlv.Encode((byte)attribute.StringType, content));
    }
}
