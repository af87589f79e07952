using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Context;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// The server's first flight on its way to s2n, for a client that chooses its certificate once it knows what the server asks for and who it is:
/// s2n would use the certificate in its config when it reaches the request, which on TLS 1.3 is before the server's certificate. So records are
/// held back and read here until it is known whether there is a request; if there is, until it has been answered.
/// </summary>
/// <remarks>
/// <para>
/// As much as possible is held back: on TLS 1.2 all, on TLS 1.3 what follows the ServerHello, which s2n needs to derive the secret for the rest.
/// s2n gets the records unchanged. So the config can be changed before s2n has seen anything of the server's certificate.
/// </para>
/// <para>
/// A flight that is not in the one order that RFC 8446 §4 and RFC 5246 §7.3 define, that cannot be read, or that is too large, is passed on
/// without asking: s2n ends the handshake, or sends no certificate. No record is taken beyond the one that decides, so that nothing is left here
/// when the handshake is over.
/// </para>
/// <para>It is one class, and long: what is taken, examined and passed on are five positions in one buffer.</para>
/// </remarks>
internal sealed class ServerFlight : IDisposable
{
    /// <summary>s2n's own limit for one message.</summary>
    internal const int MaxMessage = 64 * 1024;

    /// <summary>Room for a request and a certificate of <see cref="MaxMessage"/>, for earlier messages, and for many small records.</summary>
    internal const int MaxHeld = 256 * 1024;

    private const byte Warning = 1;

    private readonly HandshakeSecret _secret = new();
    private HandshakeRecords? _decryption;
    private Stage _stage = Stage.AwaitsHello;
    private int _suite;

    /// <summary>Records as received; the last may be incomplete. <c>_taken ≤ _passed ≤ _record ≤ WrittenCount</c></summary>
    private readonly ArrayBufferWriter<byte> _records = new();

    /// <summary>How many bytes s2n has taken.</summary>
    private int _taken;

    /// <summary>How many bytes s2n may take.</summary>
    private int _passed;

    /// <summary>Where the record being received begins.</summary>
    private int _record;

    /// <summary>The handshake messages of the records, in the clear.</summary>
    private readonly ArrayBufferWriter<byte> _messages = new();

    /// <summary>How many bytes of the messages have been read.</summary>
    private int _read;

    private List<byte[]>? _certificates;
    private string[]? _issuers;

    private enum Stage
    {
        AwaitsHello,
        AwaitsSecondHello,
        ReadsClear,
        AwaitsExtensions,
        ReadsEncrypted,
        AwaitsAnswer,
        PassesAll,
    }

    /// <summary>The server's request, while it waits for an answer.</summary>
    internal ClientCertificateRequest? Request { get; private set; }

    /// <summary>Whether s2n has everything: from here on it reads directly.</summary>
    internal bool IsOver => _stage == Stage.PassesAll && _taken == _passed;

    /// <summary>Whether the secret is all zeros, as it must be after use.</summary>
    internal bool IsWiped => _secret.IsWiped;

    private bool IsReading => _stage is not (Stage.AwaitsAnswer or Stage.PassesAll);

    private bool IsEncrypted => _stage is Stage.AwaitsExtensions or Stage.ReadsEncrypted;

    /// <inheritdoc cref="HandshakeSecret.TakeFrom"/>
    internal void TakeSecret(ReadOnlySpan<byte> line) => _secret.TakeFrom(line);

    /// <summary>Moves up to the length of <paramref name="destination"/> to s2n, and examines as much of <paramref name="inbound"/> as that requires.</summary>
    /// <returns>How many bytes; 0 if there is nothing to take now, because nothing has arrived or it is held back.</returns>
    internal int Take(Span<byte> destination, InboundCiphertext inbound)
    {
        // Not before s2n has consumed what it may have: only then has it derived the secret for the rest.
        while (_taken == _passed && IsReading && Receive(inbound))
        {
            Examine();
        }

        int count = Math.Min(destination.Length, _passed - _taken);
        _records.WrittenSpan.Slice(_taken, count).CopyTo(destination);
        _taken += count;
        if (_taken == _records.WrittenCount)
        {
            _records.ResetWrittenCount();
            _taken = _passed = _record = 0;
        }

        return count;
    }

    /// <summary>Stops holding anything back: the request has been answered.</summary>
    internal void PassAll()
    {
        _stage = Stage.PassesAll;
        _passed = _records.WrittenCount;
        Request = null;
        Dispose();
    }

    /// <summary>Wipes the secret and the keys.</summary>
    public void Dispose()
    {
        _secret.Dispose();
        _decryption?.Dispose();
    }

    /// <summary>Receives the rest of one record.</summary>
    /// <returns>Whether it is complete.</returns>
    private bool Receive(InboundCiphertext inbound)
    {
        int size = RecordHeader.Length;
        bool hasHeader = Fill(inbound, size);
        if (hasHeader)
        {
            size += RecordHeader.FragmentLength(_records.WrittenSpan.Slice(_record, RecordHeader.Length));
        }

        bool isHopeless = !IsExpected() || size > RecordHeader.Length + RecordHeader.MaxFragment || _record + size > MaxHeld;
        if (!isHopeless && hasHeader && Fill(inbound, size))
        {
            return true;
        }

        if (isHopeless || (inbound.IsEmpty && inbound.IsCompleted))
        {
            PassAll(); // s2n should see at once what is wrong, or that it is cut off
        }

        return false;
    }

    /// <returns>Whether the record has reached this size.</returns>
    private bool Fill(InboundCiphertext inbound, int size)
    {
        int missing = size - (_records.WrittenCount - _record);
        if (missing > 0)
        {
            int taken = inbound.Take(_records.GetSpan(missing)[..missing]);
            _records.Advance(taken);
            missing -= taken;
        }

        return missing <= 0;
    }

    /// <summary>
    /// RFC 8446 §5.1: type, version 3.x. The change_cipher_spec of a resumed TLS 1.2 session is not expected; bytes that have not
    /// arrived yet are.
    /// </summary>
    private bool IsExpected()
    {
        ReadOnlySpan<byte> start = _records.WrittenSpan[_record..];
        return (start.Length < 1 || IsExpected(start[0])) && (start.Length < 2 || start[1] == 3);
    }

    /// <summary>A change_cipher_spec means nothing on TLS 1.3 (RFC 8446 §5), of which a request for another ClientHello is the first sign.</summary>
    private bool IsExpected(byte recordType) => recordType switch
    {
        ContentType.Handshake or ContentType.Alert => !IsEncrypted,
        ContentType.ApplicationData => IsEncrypted,
        ContentType.ChangeCipherSpec => IsEncrypted || _stage == Stage.AwaitsSecondHello,
        _ => false,
    };

    /// <summary>Examines the complete record.</summary>
    private void Examine()
    {
        ReadOnlySpan<byte> header = _records.WrittenSpan.Slice(_record, RecordHeader.Length);
        ReadOnlySpan<byte> fragment = _records.WrittenSpan[(_record + RecordHeader.Length)..];
        _record = _records.WrittenCount;
        try
        {
            switch (header[0])
            {
                case ContentType.Handshake:
                    _messages.Write(fragment);
                    ReadMessages();
                    break;

                case ContentType.ApplicationData:
                    _decryption ??= new HandshakeRecords(_suite, _secret.Value);
                    _decryption.Decrypt(header, fragment, _messages);
                    ReadMessages();
                    break;

                case ContentType.Alert when fragment is not [Warning, not (byte)TlsAlert.CloseNotify]:
                    PassAll(); // the end, and s2n's to tell
                    break;

                default: // warnings, which whoever selects by a callback ignores as SslStream does, and change_cipher_spec
                    if (!IsEncrypted && _messages.WrittenCount == 0)
                    {
                        PassSoFar();
                    }

                    break;
            }
        }
        catch (CryptographicException)
        {
            PassAll();
        }
    }

    private void ReadMessages()
    {
        while (IsReading)
        {
            var rest = new WireReader(_messages.WrittenSpan[_read..]);
            int type = rest.ReadNumber(1);
            int length = rest.ReadNumber(3);
            ReadOnlySpan<byte> body = rest.Read(length);
            if (rest.Failed && length <= MaxMessage)
            {
                return; // more is to come
            }

            _read += 4 + body.Length;
            if (length > MaxMessage || !Read(type, body))
            {
                PassAll();
            }
        }
    }

    /// <returns>Whether there is a request, or there may still be one.</returns>
    private bool Read(int type, ReadOnlySpan<byte> body)
    {
        switch (_stage, type)
        {
            case (Stage.AwaitsHello or Stage.AwaitsSecondHello, HandshakeType.ServerHello):
                return ServerHello.Read(body) is { } hello && Follow(hello);

            // Certificate, CertificateStatus, ServerKeyExchange, CertificateRequest, ServerHelloDone
            case (Stage.ReadsClear, HandshakeType.Certificate) when _certificates is null:
                _certificates = CertificateList.Read(body, isTls13: false);
                return _certificates is not null;

            case (Stage.ReadsClear, HandshakeType.CertificateStatus or HandshakeType.ServerKeyExchange) when _certificates is not null:
                return true;

            case (Stage.ReadsClear, HandshakeType.CertificateRequest) when _certificates is not null:
                _issuers = ClientCertificateRequest.ReadIssuers(body, isTls13: false);
                return _issuers is not null && Ask(_certificates[0], _issuers);

            // EncryptedExtensions, CertificateRequest, Certificate
            case (Stage.AwaitsExtensions, HandshakeType.EncryptedExtensions):
                _stage = Stage.ReadsEncrypted;
                return true;

            case (Stage.ReadsEncrypted, HandshakeType.CertificateRequest) when _issuers is null:
                _issuers = ClientCertificateRequest.ReadIssuers(body, isTls13: true);
                return _issuers is not null;

            case (Stage.ReadsEncrypted, HandshakeType.Certificate) when _issuers is not null:
                _certificates = CertificateList.Read(body, isTls13: true);
                return _certificates is not null && Ask(_certificates[0], _issuers);

            default:
                return false;
        }
    }

    private bool Follow(ServerHello hello)
    {
        if (!hello.IsTls13)
        {
            _stage = Stage.ReadsClear;
            return true;
        }

        if (_read < _messages.WrittenCount || (hello.IsRetryRequest && _stage == Stage.AwaitsSecondHello))
        {
            return false; // RFC 8446 §5.1: the keys change here, and no record goes across. §4.1.4: there is one retry.
        }

        _stage = hello.IsRetryRequest ? Stage.AwaitsSecondHello : Stage.AwaitsExtensions;
        _suite = hello.Suite;
        PassSoFar();
        return true;
    }

    /// <summary>Passes on what has been read, which is no longer needed here.</summary>
    private void PassSoFar()
    {
        _passed = _records.WrittenCount;
        _messages.ResetWrittenCount();
        _read = 0;
    }

    /// <exception cref="CryptographicException">The server's certificate is not a certificate.</exception>
    private bool Ask(byte[] certificate, string[] issuers)
    {
        Request = new ClientCertificateRequest(X509CertificateLoader.LoadCertificate(certificate), issuers);
        _stage = Stage.AwaitsAnswer;
        Dispose();
        return true;
    }
}
