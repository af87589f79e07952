using System.Buffers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// The handshake messages of both sides as they pass, until the first ChangeCipherSpec: on TLS 1.2 that is what the first Finished message covers
/// (RFC 5246 §7.4.9). s2n keeps none of it and does not expose Finished messages. On TLS 1.3 only the two hellos pass in the clear, and are not
/// used here.
/// </summary>
internal sealed class HandshakeTranscript
{
    /// <summary>s2n accepts messages of at most 64 KiB, and no real handshake comes near it. A longer one is not tracked.</summary>
    internal const int MaxLength = 128 * 1024;

    private readonly Direction _sent = new();
    private readonly Direction _received = new();
    private byte[] _messages = ArrayPool<byte>.Shared.Rent(1024);
    private int _length;
    private bool _isOver;

    /// <summary>The side whose ChangeCipherSpec ended it; null if something else did.</summary>
    private Direction? _endedBy;

    /// <summary>Sees bytes that this side sends, whole records or parts of them.</summary>
    internal void Sent(ReadOnlySpan<byte> ciphertext) => Take(_sent, ciphertext);

    /// <summary>Sees bytes that the peer has sent.</summary>
    internal void Received(ReadOnlySpan<byte> ciphertext) => Take(_received, ciphertext);

    /// <summary>What to keep of a successful TLS 1.2 handshake; null if it cannot be determined.</summary>
    internal Tls12Handshake? Summarize(TlsCipherSuite suite, bool isServer)
    {
        if (_endedBy is null)
        {
            return null;
        }

        ReadOnlySpan<byte> transcript = _messages.AsSpan(0, _length);
        var messages = new WireReader(transcript);
        byte[] randoms = new byte[64];
        WireReader clientHello = ReadHello(ref messages, HandshakeType.ClientHello, randoms.AsSpan(..32));
        WireReader serverHello = ReadHello(ref messages, HandshakeType.ServerHello, randoms.AsSpan(32..));
        if (clientHello.Failed || serverHello.Failed)
        {
            return null;
        }

        HashAlgorithmName hash = Tls12PseudorandomFunction.HashOf(suite);
        return new Tls12Handshake(
            hash,
            randoms,
            CryptographicOperations.HashData(hash, transcript),
            ClientFinishedFirst: _endedBy == (isServer ? _received : _sent),
            HasExtendedMasterSecret: HasExtendedMasterSecret(ref serverHello));
    }

    /// <summary>Returns the memory after a successful handshake. After a failed one, the garbage collector does.</summary>
    internal void Release()
    {
        _isOver = true;
        ArrayPool<byte>.Shared.Return(_messages);
        _messages = [];
        _length = 0;
    }

    /// <summary>Reads a hello up to and including its random (RFC 5246 §7.4.1).</summary>
    /// <returns>A reader for what follows.</returns>
    private static WireReader ReadHello(ref WireReader messages, int type, Span<byte> random)
    {
        bool isHello = messages.ReadNumber(1) == type;
        var hello = new WireReader(isHello ? messages.ReadVector(3) : default);
        hello.Read(2); // version
        hello.Read(random.Length).CopyTo(random);
        return hello;
    }

    /// <summary>RFC 7627 §5.2 and §5.3: the server sends the extension in every handshake, full or resumed.</summary>
    private static bool HasExtendedMasterSecret(ref WireReader serverHello)
    {
        serverHello.ReadVector(1); // session_id
        serverHello.Read(2); // cipher_suite
        serverHello.Read(1); // compression_method
        return ExtensionReader.TryFind(serverHello.ReadVector(2), ExtensionType.ExtendedMasterSecret, out _);
    }

    private void Take(Direction direction, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !_isOver)
        {
            if (direction.FragmentLeft == 0)
            {
                bytes = bytes[direction.TakeHeader(bytes)..];
                JudgeRecord(direction);
            }
            else
            {
                ReadOnlySpan<byte> fragment = bytes[..Math.Min(direction.FragmentLeft, bytes.Length)];
                bytes = bytes[fragment.Length..];
                direction.FragmentLeft -= fragment.Length;
                if (direction.Type == ContentType.Handshake)
                {
                    Append(fragment);
                }
            }
        }
    }

    private void JudgeRecord(Direction direction)
    {
        switch (direction.Type)
        {
            case null: // the header is incomplete
            case ContentType.Handshake:
            case ContentType.Alert: // a warning is not part of the handshake
                break;
            case ContentType.ChangeCipherSpec:
                _endedBy = direction;
                _isOver = true;
                break;
            default:
                _isOver = true;
                break;
        }
    }

    private void Append(ReadOnlySpan<byte> fragment)
    {
        int length = _length + fragment.Length;
        if (length > MaxLength)
        {
            _isOver = true;
            return;
        }

        if (length > _messages.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(length);
            _messages.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_messages);
            _messages = larger;
        }

        fragment.CopyTo(_messages.AsSpan(_length));
        _length = length;
    }

    /// <summary>The position of one side in its sequence of records.</summary>
    private sealed class Direction
    {
        private InlineArray5<byte> _header; // RecordHeader.Length of them
        private int _headerLength;

        /// <summary>The type of the record whose header was read last; null while a header is being read.</summary>
        internal byte? Type => _headerLength == RecordHeader.Length ? _header[0] : null;

        internal int FragmentLeft { get; set; }

        /// <returns>How many bytes it consumed.</returns>
        internal int TakeHeader(ReadOnlySpan<byte> bytes)
        {
            if (_headerLength == RecordHeader.Length)
            {
                _headerLength = 0; // the last record is over
            }

            int count = Math.Min(RecordHeader.Length - _headerLength, bytes.Length);
            bytes[..count].CopyTo(_header[_headerLength..]);
            _headerLength += count;
            if (_headerLength == RecordHeader.Length)
            {
                FragmentLeft = RecordHeader.FragmentLength(_header);
            }

            return count;
        }
    }
}
