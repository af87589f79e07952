using System.Formats.Asn1;
using System.Net;
using System.Text;

namespace S2nTls.Reliability.Chains.Making;

/// <summary>One name among the alternative names, or in name constraints.</summary>
internal sealed record GeneralName(GeneralNameKind Kind, byte[] Content)
{
    /// <summary>The text of a DNS name, an e-mail address or a URI; what an address or another name is, for people.</summary>
    internal string Text => Kind switch
    {
        GeneralNameKind.Address when Content.Length is 4 or 16 => new IPAddress(Content).ToString(),
        GeneralNameKind.Dns or GeneralNameKind.Email or GeneralNameKind.Uri => Encoding.Latin1.GetString(Content),
        _ => Convert.ToHexString(Content),
    };

    /// <param name="name">Bytes as Latin-1: anything goes.</param>
    internal static GeneralName Dns(string name) => new(GeneralNameKind.Dns, Encoding.Latin1.GetBytes(name));

    internal static GeneralName Email(string name) => new(GeneralNameKind.Email, Encoding.Latin1.GetBytes(name));

    internal static GeneralName Uri(string name) => new(GeneralNameKind.Uri, Encoding.Latin1.GetBytes(name));

    internal static GeneralName Address(string address) => new(GeneralNameKind.Address, IPAddress.Parse(address).GetAddressBytes());

    internal static GeneralName Address(params byte[] content) => new(GeneralNameKind.Address, content);

    /// <summary>For constraints (RFC 5280 §4.2.1.10): an address and a mask.</summary>
    internal static GeneralName Range(string address, string mask) =>
        new(GeneralNameKind.Address, [.. IPAddress.Parse(address).GetAddressBytes(), .. IPAddress.Parse(mask).GetAddressBytes()]);

    internal static GeneralName Directory(DirectoryName name) => new(GeneralNameKind.Directory, name.Encode());

    /// <summary>A user principal name, as Windows has it, or any other.</summary>
    internal static GeneralName Other(string type, string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier(type);
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, value);
        }

        return new GeneralName(GeneralNameKind.Other, writer.Encode());
    }

    internal static GeneralName RegisteredId(string identifier)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteObjectIdentifier(identifier);
        return new GeneralName(GeneralNameKind.RegisteredId, writer.Encode()[2..]);
    }

    internal byte[] Encode()
    {
        bool constructed = Kind is GeneralNameKind.Other or GeneralNameKind.Directory;
        return Tlv.Encode((byte)(0x80 | (constructed ? 0x20 : 0) | (int)Kind), Content);
    }

    public override string ToString() => $"{Kind}:{Text.Replace("\0", "\\0", StringComparison.Ordinal)}";
}
