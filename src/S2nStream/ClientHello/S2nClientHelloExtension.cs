namespace S2nTls;

/// <summary>One extension of a ClientHello (RFC 8446 §4.2).</summary>
public readonly struct S2nClientHelloExtension
{
    internal S2nClientHelloExtension(ushort type, ReadOnlyMemory<byte> content)
    {
        Type = type;
        Content = content;
    }

    /// <summary>Its number, in IANA's registry of TLS ExtensionType values; possibly a GREASE value (RFC 8701).</summary>
    public ushort Type { get; }

    /// <summary>Its raw content. Valid for as long as it is referenced.</summary>
    public ReadOnlyMemory<byte> Content { get; }
}
