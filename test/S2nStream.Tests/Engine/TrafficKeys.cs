using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace S2nTls.Tests.Engine;

/// <summary>One side's encryption of a TLS 1.3 connection, from its secret: with it a test says what no library would (RFC 8446 §5.2, §7.2, §7.3).</summary>
internal sealed class TrafficKeys
{
    private readonly HashAlgorithmName _hash;
    private byte[] _secret;
    private ulong _sequence;

    public TrafficKeys(byte[] secret)
    {
        _secret = secret;
        _hash = secret.Length == 48 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
    }

    /// <summary>Reads the secret of the only connection in a key log.</summary>
    public static TrafficKeys Of(string keyLog, string label) =>
        new(Convert.FromHexString(keyLog.Split('\n').Single(line => line.StartsWith(label + " ", StringComparison.Ordinal)).Split(' ')[2]));

    /// <summary>The next record.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> content, byte type)
    {
        byte[] plaintext = [.. content, type];
        byte[] record = new byte[5 + plaintext.Length + 16];
        record[0] = 23;
        record[1] = record[2] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), (ushort)(record.Length - 5));
        byte[] nonce = Expand("iv", 12);
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(4), BinaryPrimitives.ReadUInt64BigEndian(nonce.AsSpan(4)) ^ _sequence++);
        using var aes = new AesGcm(Expand("key", _secret.Length == 48 ? 32 : 16), 16);
        aes.Encrypt(nonce, plaintext, record.AsSpan(5, plaintext.Length), record.AsSpan(5 + plaintext.Length), record.AsSpan(0, 5));
        return record;
    }

    /// <summary>What comes after a KeyUpdate.</summary>
    public void Update()
    {
        _secret = Expand("traffic upd", _secret.Length);
        _sequence = 0;
    }

    private byte[] Expand(string label, int length)
    {
        byte[] name = Encoding.ASCII.GetBytes($"tls13 {label}");
        return HKDF.Expand(_hash, _secret, length, [0, (byte)length, (byte)name.Length, .. name, 0]);
    }
}
