using System.Text;
using S2nTls.Certificates.Verification;

namespace S2nTls.Certificates.Names;

/// <summary>The attributes of one type in a subject (RFC 5280 §4.1.2.4), one after the other, including those in multi-valued relative names.</summary>
internal ref struct SubjectAttributes
{
    private const byte Utf8String = 0x0c, PrintableString = 0x13, TeletexString = 0x14, Ia5String = 0x16, UniversalString = 0x1c, BmpString = 0x1e;

    private readonly ReadOnlySpan<byte> _type;
    private DerReader _names;
    private DerReader _parts;

    private SubjectAttributes(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> type)
    {
        _type = type;
        var whole = new DerReader(subject);
        _names = new DerReader(whole.Read(DerReader.Sequence));
    }

    /// <summary>id-at-commonName, 2.5.4.3.</summary>
    /// <param name="subject">A Name, with tag and length.</param>
    internal static SubjectAttributes CommonNames(ReadOnlySpan<byte> subject) => new(subject, [0x55, 0x04, 0x03]);

    /// <summary>pkcs9-emailAddress, 1.2.840.113549.1.9.1.</summary>
    /// <inheritdoc cref="CommonNames"/>
    internal static SubjectAttributes Mailboxes(ReadOnlySpan<byte> subject) => new(subject, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01]);

    /// <summary>The text in UTF-8 if the encoding is known, otherwise the raw bytes.</summary>
    internal ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>Whether the raw bytes are the text, in an encoding that s2n accepts: others are not host names.</summary>
    internal bool IsPlain { get; private set; }

    internal bool MoveNext()
    {
        while (true)
        {
            while (!_parts.IsEmpty)
            {
                var part = new DerReader(_parts.Read(DerReader.Sequence));
                if (part.Read(DerReader.ObjectIdentifier).SequenceEqual(_type))
                {
                    ReadOnlySpan<byte> text = part.ReadAny(out byte tag);
                    IsPlain = tag is Utf8String or PrintableString or TeletexString;
                    Text = tag switch
                    {
                        BmpString => Encoding.Convert(Encoding.BigEndianUnicode, Encoding.UTF8, text.ToArray()),
                        UniversalString => Encoding.Convert(new UTF32Encoding(bigEndian: true, byteOrderMark: false), Encoding.UTF8, text.ToArray()),
                        _ => text,
                    };
                    return true;
                }
            }

            if (_names.IsEmpty)
            {
                return false;
            }

            _parts = new DerReader(_names.Read(DerReader.Set));
        }
    }
}
