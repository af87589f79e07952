namespace S2nTls.Engine;

/// <summary>The extension <c>pre_shared_key</c> of a client's hello (RFC 8446 §4.2.11). What is malformed ends the list; s2n refuses it later.</summary>
internal sealed record OfferedPreSharedKeys(IReadOnlyList<ReadOnlyMemory<byte>> Identities, IReadOnlyList<ReadOnlyMemory<byte>> Binders)
{
    internal const ushort Extension = 41;

    private const int AgeLength = 4;

    internal static OfferedPreSharedKeys None { get; } = new([], []);

    internal static PreSharedKeyOffer In(S2nClientHello hello) =>
        new((hello.TryGetExtension(Extension, out ReadOnlyMemory<byte> content) ? Read(content) : None).Identities, hello.ServerName);

    internal static OfferedPreSharedKeys Read(ReadOnlyMemory<byte> extension)
    {
        var identities = new List<ReadOnlyMemory<byte>>();
        var binders = new List<ReadOnlyMemory<byte>>();
        if (TryTake(ref extension, lengthSize: 2, out ReadOnlyMemory<byte> list))
        {
            while (TryTake(ref list, lengthSize: 2, out ReadOnlyMemory<byte> identity) && list.Length >= AgeLength)
            {
                identities.Add(identity);
                list = list[AgeLength..];
            }
        }

        if (TryTake(ref extension, lengthSize: 2, out list))
        {
            while (TryTake(ref list, lengthSize: 1, out ReadOnlyMemory<byte> binder))
            {
                binders.Add(binder);
            }
        }

        return new OfferedPreSharedKeys(identities, binders);
    }

    /// <summary>Takes a vector with its length before it.</summary>
    private static bool TryTake(ref ReadOnlyMemory<byte> rest, int lengthSize, out ReadOnlyMemory<byte> vector)
    {
        vector = default;
        if (rest.Length < lengthSize)
        {
            return false;
        }

        int length = lengthSize == 1 ? rest.Span[0] : (rest.Span[0] << 8) | rest.Span[1];
        if (length == 0 || rest.Length - lengthSize < length)
        {
            return false;
        }

        vector = rest.Slice(lengthSize, length);
        rest = rest[(lengthSize + length)..];
        return true;
    }
}
