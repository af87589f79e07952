using System.Security.Authentication;
using S2nTls.Context;
using S2nTls.Engine;

namespace S2nTls.Reliability.Fuzzing;

/// <summary>One engine with nothing around it: what it is fed, and what it says.</summary>
internal sealed class EngineSide : IDisposable
{
    private readonly InboundBuffer _inbound = new();
    private readonly OutboundBuffer _outbound = new();
    private readonly TlsEngine _engine;
    private readonly byte[] _data = new byte[4096];
    private bool _isConnected;

    internal EngineSide(HandshakePlan plan) => _engine = TlsEngine.Create(plan, _inbound, _outbound);

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
                EngineStatus status = _isConnected ? Decrypt() : _engine.Handshake();
                switch (status)
                {
                    case EngineStatus.Done:
                        _isConnected = true;
                        break;
                    case EngineStatus.Closed:
                        IsOver = true;
                        break;
                    case EngineStatus.WaitsForApplication when _engine.CertificateRequest is not null:
                        _engine.CertificateRequest.ServerCertificate.Dispose();
                        _engine.AnswerCertificateRequest(null);
                        break;
                    case EngineStatus.NeedsCiphertext when _inbound.IsEmpty:
                        return;
                    default:
                        throw new FuzzFinding($"It stands at {status} with ciphertext left.");
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
            _engine.Encrypt(data);
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
        _engine.Dispose();
        _inbound.Discard();
        _outbound.Release();
    }

    private EngineStatus Decrypt()
    {
        EngineStatus status = _engine.Decrypt(_data, out int count);
        Received.AddRange(_data.AsSpan(0, count));
        return status;
    }

    /// <summary>The alert that a stream would send now.</summary>
    private void Answer()
    {
        try
        {
            _engine.CloseWrite();
        }
        catch (S2nException)
        {
            // It cannot be sent any more.
        }
    }
}
