using System.Formats.Asn1;
using System.Text;
using S2nTls.Certificates.Names;

namespace S2nTls.Tests.Certificates;

/// <summary>The texts of a subject's attributes, in each of ASN.1's encodings of text.</summary>
public class SubjectAttributesTests
{
    [Theory]
    [InlineData(12, "utf-8", true)]
    [InlineData(19, "ascii", true)] // PrintableString
    [InlineData(20, "ascii", true)] // TeletexString
    [InlineData(22, "ascii", false)] // IA5String, which s2n does not take
    [InlineData(30, "utf-16BE", false)] // BMPString
    [InlineData(28, "utf-32BE", false)] // UniversalString
    public void A_common_name_is_read_in_each_encoding(byte tag, string encoding, bool isPlain)
    {
        byte[] text = Encoding.GetEncoding(encoding).GetBytes("www.example.com");
        SubjectAttributes names = SubjectAttributes.CommonNames(SubjectWith([tag, (byte)text.Length, .. text]));
        Assert.True(names.MoveNext());
        Assert.Equal("www.example.com", Encoding.UTF8.GetString(names.Text));
        Assert.Equal(isPlain, names.IsPlain);
        Assert.False(names.MoveNext());
    }

    private static byte[] SubjectWith(byte[] value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("2.5.4.3");
            writer.WriteEncodedValue(value);
        }

        return writer.Encode();
    }
}
