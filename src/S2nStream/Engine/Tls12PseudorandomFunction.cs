using System.Net.Security;
using System.Security.Cryptography;

namespace S2nTls.Engine;

/// <summary>The pseudorandom function of TLS 1.2 (RFC 5246 §5).</summary>
internal static class Tls12PseudorandomFunction
{
    /// <summary>SHA-256, except for the suites that name SHA-384 (RFC 5288 §3, RFC 5289 §3).</summary>
    internal static HashAlgorithmName HashOf(TlsCipherSuite suite) =>
        suite.ToString().EndsWith("_SHA384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;

    internal static void Expand(
        HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> destination)
    {
        int size = hash == HashAlgorithmName.SHA384 ? SHA384.HashSizeInBytes : SHA256.HashSizeInBytes;
        byte[] labelAndSeed = [.. label, .. seed];

        // A(i), followed by the data that is hashed with it. Pinned, so that the garbage collector leaves no copy behind.
        byte[] input = GC.AllocateUninitializedArray<byte>(size + labelAndSeed.Length, pinned: true);
        labelAndSeed.CopyTo(input, size);
        Span<byte> a = input.AsSpan(0, size);
        Span<byte> block = stackalloc byte[size];
        try
        {
            CryptographicOperations.HmacData(hash, secret, labelAndSeed, a);
            while (true)
            {
                CryptographicOperations.HmacData(hash, secret, input, block);
                int count = Math.Min(size, destination.Length);
                block[..count].CopyTo(destination);
                destination = destination[count..];
                if (destination.IsEmpty)
                {
                    return;
                }

                CryptographicOperations.HmacData(hash, secret, a, block);
                block.CopyTo(a);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
            CryptographicOperations.ZeroMemory(block);
        }
    }
}
