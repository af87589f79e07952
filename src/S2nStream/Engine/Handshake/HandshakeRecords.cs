using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <summary>Decrypts a TLS 1.3 server's handshake records, from the first on (RFC 8446 §5.2, §5.3, §7.3).</summary>
internal sealed class HandshakeRecords : IDisposable
{
    private const int TagLength = 16;
    private const int NonceLength = 12;

    private readonly AesGcm? _aes;
    private readonly ChaCha20Poly1305? _chaCha;
    private readonly byte[] _nonceBase = new byte[NonceLength];
    private ulong _sequence;

    /// <param name="suite">One of the three TLS 1.3 suites that s2n has.</param>
    /// <param name="secret">SERVER_HANDSHAKE_TRAFFIC_SECRET. Not kept, only used to derive keys.</param>
    /// <exception cref="CryptographicException">The suite is another, or the secret is missing.</exception>
    internal HandshakeRecords(int suite, ReadOnlySpan<byte> secret)
    {
        (HashAlgorithmName hash, int secretLength, int keyLength) = suite switch
        {
            0x1301 => (HashAlgorithmName.SHA256, 32, 16),
            0x1302 => (HashAlgorithmName.SHA384, 48, 32),
            0x1303 => (HashAlgorithmName.SHA256, 32, 32),
            _ => throw new CryptographicException($"Unknown cipher suite {suite:x4}."),
        };
        if (secret.Length != secretLength)
        {
            throw new CryptographicException("The handshake secret is missing.");
        }

        Span<byte> key = stackalloc byte[keyLength];
        try
        {
            ExpandLabel(hash, secret, "key"u8, key);
            ExpandLabel(hash, secret, "iv"u8, _nonceBase);
            if (suite == 0x1303)
            {
                _chaCha = new ChaCha20Poly1305(key);
            }
            else
            {
                _aes = new AesGcm(key, TagLength);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Decrypts the next record and appends the handshake message bytes in it.</summary>
    /// <exception cref="CryptographicException">It cannot be decrypted, or contains something else.</exception>
    internal void Decrypt(ReadOnlySpan<byte> header, ReadOnlySpan<byte> fragment, ArrayBufferWriter<byte> messages)
    {
        if (fragment.Length <= TagLength)
        {
            throw new CryptographicException("A record is too short.");
        }

        Span<byte> nonce = stackalloc byte[NonceLength];
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], _sequence++);
        for (int i = 0; i < NonceLength; i++)
        {
            nonce[i] ^= _nonceBase[i];
        }

        Span<byte> plaintext = messages.GetSpan(fragment.Length)[..(fragment.Length - TagLength)];
        ReadOnlySpan<byte> ciphertext = fragment[..^TagLength];
        ReadOnlySpan<byte> tag = fragment[^TagLength..];
        _aes?.Decrypt(nonce, ciphertext, tag, plaintext, header);
        _chaCha?.Decrypt(nonce, ciphertext, tag, plaintext, header);

        // The content's type is its last byte that is not padding.
        int end = plaintext.LastIndexOfAnyExcept((byte)0);
        if (end < 0 || plaintext[end] != ContentType.Handshake)
        {
            throw new CryptographicException("A record is not part of the handshake.");
        }

        messages.Advance(end);
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_nonceBase);
        _aes?.Dispose();
        _chaCha?.Dispose();
    }

    /// <summary>RFC 8446 §7.1, HKDF-Expand-Label with an empty context.</summary>
    private static void ExpandLabel(HashAlgorithmName hash, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, Span<byte> output)
    {
        ReadOnlySpan<byte> prefix = "tls13 "u8;
        Span<byte> info = stackalloc byte[2 + 1 + prefix.Length + label.Length + 1];
        BinaryPrimitives.WriteUInt16BigEndian(info, (ushort)output.Length);
        info[2] = (byte)(prefix.Length + label.Length);
        prefix.CopyTo(info[3..]);
        label.CopyTo(info[(3 + prefix.Length)..]);
        info[^1] = 0;
        HKDF.Expand(hash, secret, output, info);
    }
}
