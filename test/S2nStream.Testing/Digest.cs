using System.Security.Cryptography;

namespace S2nTls.Testing;

/// <summary>What is kept of data that is too long to keep: its length and its SHA-256.</summary>
public readonly record struct Digest(long Length, string Sha256)
{
    /// <summary>Reads a stream up to its end, or up to a length.</summary>
    public static async Task<Digest> ReadAsync(Stream source, long limit = long.MaxValue)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[64 * 1024];
        long length = 0;
        int count;
        while (length < limit && (count = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, limit - length)))) > 0)
        {
            hash.AppendData(buffer, 0, count);
            length += count;
        }

        return From(length, hash);
    }

    internal static Digest From(long length, IncrementalHash hash) => new(length, Convert.ToHexStringLower(hash.GetHashAndReset()));
}
