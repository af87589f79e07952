namespace S2nTls;

/// <summary>One extension of a client's hello (RFC 8446 §4.2).</summary>
/// <param name="Type">Its number, in IANA's registry of TLS ExtensionType values; perhaps a GREASE value (RFC 8701).</param>
/// <param name="Content">What it holds, unexamined. Valid for as long as it is referred to.</param>
public readonly record struct S2nClientHelloExtension(ushort Type, ReadOnlyMemory<byte> Content);
