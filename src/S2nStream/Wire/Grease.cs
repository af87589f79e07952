namespace S2nTls.Wire;

/// <summary>Values that stand for nothing, which clients mix in so that servers stay used to ignoring what they do not know (RFC 8701).</summary>
internal static class Grease
{
    /// <summary>Both bytes are the same, and end with 0xA.</summary>
    internal static bool Is(ushort value) => (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);
}
