namespace S2nTls.Reliability.Chains.Making;

/// <summary>DER by hand (X.690 §8.1), for what a careful writer refuses to write.</summary>
internal static class Tlv
{
    internal static byte[] Encode(byte tag, ReadOnlySpan<byte> content) => content.Length switch
    {
        < 0x80 => [tag, (byte)content.Length, .. content],
        < 0x100 => [tag, 0x81, (byte)content.Length, .. content],
        < 0x10000 => [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content],
        _ => [tag, 0x83, (byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length, .. content],
    };
}
