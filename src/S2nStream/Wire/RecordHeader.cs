using System.Buffers.Binary;

namespace S2nTls.Wire;

/// <summary>RFC 8446 §5.1: type, legacy version, length.</summary>
internal static class RecordHeader
{
    internal const int Length = 5;

    /// <summary>RFC 5246 §6.2.3, the more generous of the two versions.</summary>
    internal const int MaxFragment = (16 + 2) * 1024;

    /// <returns>The length of what follows; 0 for a truncated header.</returns>
    internal static int FragmentLength(ReadOnlySpan<byte> header) =>
        header.Length == Length ? BinaryPrimitives.ReadUInt16BigEndian(header[3..]) : 0;
}
