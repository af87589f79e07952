namespace S2nTls.Wire;

/// <summary>Meaningless values, which clients mix in so that servers keep ignoring unknown values (RFC 8701).</summary>
internal static class Grease
{
    /// <summary>Both bytes are the same, and end with 0xA.</summary>
    internal static bool Is(ushort value) => (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);
}
