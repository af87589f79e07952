using System.Buffers;
using System.Security.Cryptography;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// Reads the certificates that a server sends from the handshake itself: s2n exposes to a client only chains that it has validated, and this one
/// is for .NET to validate. It keeps a copy of the records that s2n receives, and reads them when s2n asks for the verdict; s2n's own processing
/// is not affected.
/// </summary>
/// <remarks>
/// It reads as s2n does or not at all: the messages must come in the one order that RFC 8446 §4 or RFC 5246 §7.3 defines, so that it can find no
/// certificate other than the one whose key signs the handshake.
/// </remarks>
internal sealed class PeerCertificateReader : IDisposable
{
    /// <summary>s2n accepts messages of at most 64 KiB; this leaves room for earlier messages, and for many small records.</summary>
    internal const int MaxRecords = 128 * 1024;

    private readonly HandshakeSecret _secret = new();

    private byte[] _records = new byte[4 * 1024];
    private int _length;

    /// <summary>Whether the secret is all zeros, as it must be after use.</summary>
    internal bool IsWiped => _secret.IsWiped;

    /// <summary>Keeps a copy of what s2n receives. More than <see cref="MaxRecords"/> is not kept, and then nothing can be read.</summary>
    internal void Append(ReadOnlySpan<byte> taken)
    {
        if (_length + taken.Length > _records.Length)
        {
            int wanted = Math.Min(MaxRecords, Math.Max(_records.Length * 2, _length + taken.Length));
            Array.Resize(ref _records, wanted);
        }

        if (_length + taken.Length > _records.Length)
        {
            _length = MaxRecords;
            _records.AsSpan().Clear(); // no record begins like this: reading fails
            return;
        }

        taken.CopyTo(_records.AsSpan(_length));
        _length += taken.Length;
    }

    /// <inheritdoc cref="HandshakeSecret.TakeFrom"/>
    internal void TakeSecret(ReadOnlySpan<byte> line) => _secret.TakeFrom(line);

    /// <summary>The certificates of the server's Certificate message, as they were sent.</summary>
    /// <returns>The certificates in DER, the end-entity's first; null if they cannot be read.</returns>
    internal List<byte[]>? Read()
    {
        try
        {
            return ReadRecords();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Wipes the secret.</summary>
    public void Dispose() => _secret.Dispose();

    private List<byte[]>? ReadRecords()
    {
        var clear = new ArrayBufferWriter<byte>();
        var records = new WireReader(_records.AsSpan(0, _length));
        while (!records.IsEmpty)
        {
            ReadOnlySpan<byte> header = records.Read(RecordHeader.Length);
            ReadOnlySpan<byte> fragment = records.Read(RecordHeader.FragmentLength(header));
            if (records.Failed)
            {
                return null;
            }

            switch (header[0])
            {
                case ContentType.Handshake:
                    clear.Write(fragment);
                    break;
                case ContentType.ApplicationData:
                    return ReadEncrypted(clear.WrittenSpan, header, fragment, records);
                case ContentType.ChangeCipherSpec or ContentType.Alert:
                    break; // s2n skips it too, or ends the handshake
                default:
                    return null;
            }
        }

        return ReadClear(clear.WrittenSpan);
    }

    /// <summary>TLS 1.2: the Certificate follows the ServerHello (RFC 5246 §7.3).</summary>
    private static List<byte[]>? ReadClear(ReadOnlySpan<byte> clear)
    {
        var messages = new WireReader(clear);
        return ReadServerHello(ref messages) is { IsTls13: false } && ReadMessage(ref messages, out ReadOnlySpan<byte> body) == HandshakeType.Certificate
            ? CertificateList.Read(body, isTls13: false)
            : null;
    }

    /// <summary>TLS 1.3: all after the ServerHello is encrypted; the Certificate comes second or third (RFC 8446 §4).</summary>
    private List<byte[]>? ReadEncrypted(
        ReadOnlySpan<byte> clear, ReadOnlySpan<byte> header, ReadOnlySpan<byte> fragment, WireReader records)
    {
        var hello = new WireReader(clear);
        if (ReadServerHello(ref hello) is not { IsTls13: true } parameters || !hello.IsEmpty)
        {
            return null;
        }

        var decrypted = new ArrayBufferWriter<byte>();
        using var decryption = new HandshakeRecords(parameters.Suite, _secret.Value);
        while (true)
        {
            if (header[0] == ContentType.ApplicationData)
            {
                decryption.Decrypt(header, fragment, decrypted);
            }
            else if (header[0] != ContentType.ChangeCipherSpec)
            {
                return null;
            }

            if (records.IsEmpty)
            {
                break;
            }

            header = records.Read(RecordHeader.Length);
            fragment = records.Read(RecordHeader.FragmentLength(header));
            if (records.Failed)
            {
                return null;
            }
        }

        var messages = new WireReader(decrypted.WrittenSpan);
        if (ReadMessage(ref messages, out _) != HandshakeType.EncryptedExtensions)
        {
            return null;
        }

        int type = ReadMessage(ref messages, out ReadOnlySpan<byte> body);
        if (type == HandshakeType.CertificateRequest)
        {
            type = ReadMessage(ref messages, out body);
        }

        return type == HandshakeType.Certificate ? CertificateList.Read(body, isTls13: true) : null;
    }

    private static int ReadMessage(ref WireReader messages, out ReadOnlySpan<byte> body)
    {
        int type = messages.ReadNumber(1);
        body = messages.ReadVector(3);
        return messages.Failed ? -1 : type;
    }

    /// <summary>RFC 8446 §4.1.3. A request for another ClientHello (§4.1.4) may come before it.</summary>
    private static ServerHello? ReadServerHello(ref WireReader messages)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            if (ReadMessage(ref messages, out ReadOnlySpan<byte> body) != HandshakeType.ServerHello || ServerHello.Read(body) is not { } hello)
            {
                return null;
            }

            if (!hello.IsRetryRequest)
            {
                return hello;
            }
        }

        return null;
    }
}
