using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace S2nTls.Tests.Engine;

/// <summary>A TLS 1.3 server's side of the handshake's encryption, with TLS_AES_128_GCM_SHA256 and a fixed secret (RFC 8446 §5.2, §7.3).</summary>
internal sealed class HandshakeKeys
{
    private static readonly byte[] s_secret = SHA256.HashData("a secret of the tests"u8);
    private static readonly byte[] s_key = Expand("key", 16);
    private static readonly byte[] s_iv = Expand("iv", 12);

    private ulong _sequence;

    /// <summary>What s2n tells its key log.</summary>
    public byte[] KeyLogLine { get; } = Encoding.ASCII.GetBytes($"SERVER_HANDSHAKE_TRAFFIC_SECRET {new string('0', 64)} {Convert.ToHexStringLower(s_secret)}");

    /// <summary>The next record.</summary>
    public byte[] Encrypt(byte[] content, byte type, int padding = 0)
    {
        byte[] plaintext = [.. content, type, .. new byte[padding]];
        byte[] record = new byte[5 + plaintext.Length + 16];
        record[0] = 23;
        record[1] = record[2] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), (ushort)(record.Length - 5));
        byte[] nonce = [.. s_iv];
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(4), BinaryPrimitives.ReadUInt64BigEndian(nonce.AsSpan(4)) ^ _sequence++);
        using var aes = new AesGcm(s_key, 16);
        aes.Encrypt(nonce, plaintext, record.AsSpan(5, plaintext.Length), record.AsSpan(5 + plaintext.Length), record.AsSpan(0, 5));
        return record;
    }

    private static byte[] Expand(string label, int length)
    {
        byte[] name = Encoding.ASCII.GetBytes($"tls13 {label}");
        return HKDF.Expand(HashAlgorithmName.SHA256, s_secret, length, [0, (byte)length, (byte)name.Length, .. name, 0]);
    }
}
