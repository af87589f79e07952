using System.Buffers.Binary;

namespace S2nTls.Engine;

/// <summary>RFC 8446 §5.1: type, legacy version, length.</summary>
internal static class RecordHeader
{
    internal const int Length = 5;

    /// <returns>The length of what follows; 0 for a header that is cut off.</returns>
    internal static int FragmentLength(ReadOnlySpan<byte> header) =>
        header.Length == Length ? BinaryPrimitives.ReadUInt16BigEndian(header[3..]) : 0;
}
