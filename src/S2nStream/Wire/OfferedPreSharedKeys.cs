namespace S2nTls.Wire;

/// <summary>The extension <c>pre_shared_key</c> of a ClientHello (RFC 8446 §4.2.11). Malformed content ends the list; s2n refuses it later.</summary>
internal sealed record OfferedPreSharedKeys(IReadOnlyList<ReadOnlyMemory<byte>> Identities, IReadOnlyList<ReadOnlyMemory<byte>> Binders)
{
    private const int AgeLength = 4;

    internal static OfferedPreSharedKeys None { get; } = new([], []);

    internal static OfferedPreSharedKeys Read(ReadOnlyMemory<byte> extension)
    {
        var message = new WireReader(extension.Span);
        ReadOnlyMemory<byte> identities = extension[message.ReadVectorRange(2)];
        ReadOnlyMemory<byte> binders = extension[message.ReadVectorRange(2)];
        return new OfferedPreSharedKeys(ReadList(identities, lengthSize: 2, AgeLength), ReadList(binders, lengthSize: 1, gap: 0));
    }

    /// <param name="list">Vectors, none of them empty.</param>
    /// <param name="lengthSize">The size of the length before each.</param>
    /// <param name="gap">How many bytes follow each.</param>
    private static List<ReadOnlyMemory<byte>> ReadList(ReadOnlyMemory<byte> list, int lengthSize, int gap)
    {
        var entries = new List<ReadOnlyMemory<byte>>();
        var reader = new WireReader(list.Span);
        while (!reader.IsEmpty)
        {
            ReadOnlyMemory<byte> entry = list[reader.ReadVectorRange(lengthSize)];
            reader.Read(gap);
            if (reader.Failed || entry.IsEmpty)
            {
                break;
            }

            entries.Add(entry);
        }

        return entries;
    }
}
