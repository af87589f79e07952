using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace S2nTls.Testing;

/// <summary>Pseudo-random bytes of any length, never in memory as a whole; the seed makes them again.</summary>
/// <param name="length">The number of bytes.</param>
/// <param name="seed">The seed; by default a new one.</param>
/// <param name="asLines">Whether to make letters only, with a line's end here and there and at the very end.</param>
public sealed class RandomData(long length, ulong? seed = null, bool asLines = false)
{
    /// <summary>Not a multiple of a TLS record's 16 KiB, so that the writes do not fall together with records.</summary>
    private const int ChunkLength = 50_000;

    public long Length { get; } = length;

    public ulong Seed { get; } = seed ?? (ulong)Random.Shared.NextInt64(1, long.MaxValue);

    public override string ToString() => $"{Length} bytes of seed {Seed}{(asLines ? ", as lines" : "")}";

    public async Task<Digest> WriteToAsync(Stream destination)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[(ChunkLength + sizeof(ulong) - 1) / sizeof(ulong) * sizeof(ulong)];
        ulong state = Seed;
        for (long left = Length; left > 0; left -= ChunkLength)
        {
            ReadOnlyMemory<byte> data = chunk.AsMemory(0, (int)Math.Min(left, ChunkLength));
            state = Fill(chunk, state);
            if (asLines)
            {
                MakeLine(chunk.AsSpan(0, data.Length));
            }

            hash.AppendData(data.Span);
            await destination.WriteAsync(data);
        }

        await destination.FlushAsync();
        return Digest.From(Length, hash);
    }

    /// <summary>Marsaglia's xorshift: some ten times faster than a seeded <see cref="Random"/>, and the same on every version of .NET.</summary>
    private static ulong Fill(Span<byte> chunk, ulong state)
    {
        foreach (ref ulong word in MemoryMarshal.Cast<byte, ulong>(chunk))
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word = state;
        }

        return state;
    }

    private static void MakeLine(Span<byte> data)
    {
        foreach (ref byte one in data)
        {
            one = (byte)('a' + (one % 26));
        }

        data[^1] = (byte)'\n';
    }
}
