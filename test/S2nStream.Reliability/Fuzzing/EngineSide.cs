using System.Security.Authentication;
using S2nTls.Context;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;

namespace S2nTls.Reliability.Fuzzing;

/// <summary>One connection with nothing around it: what it is fed, and what it says.</summary>
internal sealed class EngineSide : IDisposable
{
    private readonly InboundBuffer _inbound = new();
    private readonly OutboundBuffer _outbound = new();
    private readonly TlsHandshake _handshake;
    private readonly byte[] _data = new byte[4096];
    private bool _isConnected;

    internal EngineSide(HandshakePlan plan) => _handshake = TlsHandshake.Begin(plan, _inbound, _outbound);

    private TlsConnection Connection => _handshake.Connection;

    internal bool IsConnected => _isConnected;

    /// <summary>The data that it has decrypted.</summary>
    internal List<byte> Received { get; } = [];

    /// <summary>Why it is dead, if it is: an error that callers are told to expect.</summary>
    internal Exception? Error { get; private set; }

    internal bool IsOver { get; private set; }

    internal void Feed(ReadOnlySpan<byte> ciphertext)
    {
        while (!ciphertext.IsEmpty)
        {
            Span<byte> room = _inbound.Prepare().Span;
            int count = Math.Min(room.Length, ciphertext.Length);
            ciphertext[..count].CopyTo(room);
            _inbound.Commit(count);
            ciphertext = ciphertext[count..];
            Advance();
        }
    }

    internal void FeedEnd()
    {
        _inbound.Complete();
        Advance();
    }

    /// <summary>Goes as far as it can.</summary>
    /// <exception cref="FuzzFinding">It does what it should not.</exception>
    internal void Advance()
    {
        if (IsOver)
        {
            _inbound.Discard();
            return;
        }

        try
        {
            while (!IsOver)
            {
                if (!(_isConnected ? Decrypts() : HandshakeAdvances()))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is S2nException or AuthenticationException)
        {
            Error = e;
            IsOver = true;
            Answer();
        }
    }

    internal void Encrypt(byte[] data)
    {
        if (!IsOver && _isConnected)
        {
            Connection.Encrypt(data);
        }
    }

    internal byte[] TakeOutbound()
    {
        byte[] bytes = _outbound.Written.ToArray();
        _outbound.Release();
        return bytes;
    }

    public void Dispose()
    {
        Connection.Dispose();
        _inbound.Discard();
        _outbound.Release();
    }

    /// <returns>Whether there may be more to do.</returns>
    private bool HandshakeAdvances()
    {
        HandshakeStatus status = _handshake.Advance();
        switch (status)
        {
            case HandshakeStatus.Done:
                _isConnected = true;
                return true;
            case HandshakeStatus.Asks when _handshake.Question is CertificateQuestion question:
                _handshake.Flight!.Request!.ServerCertificate.Dispose();
                ValueTask answer = question.AnswerAsync(CancellationToken.None);
                if (!answer.IsCompleted)
                {
                    throw new FuzzFinding("A question that is answered at once was not.");
                }

                answer.GetAwaiter().GetResult();
                question.Apply();
                return true;
            case HandshakeStatus.NeedsCiphertext when _inbound.IsEmpty:
                return false;
            default:
                throw new FuzzFinding($"It stands at {status} with ciphertext left.");
        }
    }

    /// <inheritdoc cref="HandshakeAdvances"/>
    private bool Decrypts()
    {
        DecryptStatus status = Connection.Decrypt(_data, out int count);
        Received.AddRange(_data.AsSpan(0, count));
        IsOver = status == DecryptStatus.Closed;
        return status == DecryptStatus.NeedsCiphertext && !_inbound.IsEmpty
            ? throw new FuzzFinding($"It stands at {status} with ciphertext left.")
            : status != DecryptStatus.NeedsCiphertext;
    }

    /// <summary>The alert that a stream would send now.</summary>
    private void Answer()
    {
        try
        {
            Connection.CloseWrite();
        }
        catch (S2nException)
        {
            // It cannot be sent any more.
        }
    }
}
