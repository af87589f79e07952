using System.Buffers.Binary;

namespace S2nTls.Tests.Engine;

/// <summary>Notes how large the records are that are written to the inner stream.</summary>
internal sealed class RecordSizes(Stream inner) : WrappedStream(inner)
{
    private readonly List<byte> _bytes = [];

    /// <summary>The ciphertext's lengths of all records of data since the last time.</summary>
    public List<int> Take()
    {
        var sizes = new List<int>();
        byte[] bytes = [.. _bytes];
        _bytes.Clear();
        for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty;)
        {
            int size = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            if (rest[0] == 23)
            {
                sizes.Add(size);
            }

            rest = rest[(5 + size)..];
        }

        return sizes;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _bytes.AddRange(buffer.Span);
        return base.WriteAsync(buffer, cancellationToken);
    }
}
