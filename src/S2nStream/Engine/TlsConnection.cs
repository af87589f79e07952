using S2nTls.Context;
using S2nTls.Engine.Handshake;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <summary>
/// One TLS connection without input or output of its own, for its whole lifetime: s2n takes ciphertext from the inbound buffer and appends
/// ciphertext to the outbound one; the driver of the connection moves bytes between these and a transport. Nothing here awaits or blocks. It
/// begins with a <see cref="TlsHandshake"/>, which has everything that only a handshake needs, and goes away when it ends.
/// </summary>
/// <remarks>
/// <para>
/// Threads: the handshake belongs to one thread. After it, one thread may decrypt while another encrypts, as s2n allows; the caller must prevent
/// any other overlap. <see cref="Dispose"/> comes from any thread, when no thread is computing here; but s2n calls may be on the stacks of threads
/// that are in the application's code (<see cref="IApplication"/>): the connection is freed when the last of them has returned.
/// </para>
/// <para>
/// An exception inside an s2n call ends the connection, in both directions: s2n may have done half of its work. For example, it keeps a record
/// that it failed to send, and how much data the record represents, and would skip that much of other data the next time.
/// </para>
/// <para>
/// Application code is called only through <see cref="Ask{TState, T}"/>. If the stream is disposed while it runs, s2n's call is still on the stack
/// when it returns: from then on every callback fails without touching anything (<see cref="IsLeft"/>), until that call has returned too.
/// </para>
/// </remarks>
internal sealed partial class TlsConnection : ConnectionOwner, IDisposable
{
    internal const int MaxPlaintextPerRecord = 16 * 1024;

    private readonly ConnectionHandle _handle;
    private readonly InboundCiphertext _inbound;
    private readonly OutboundCiphertext _outbound;
    private readonly IApplication? _application;
    private readonly ConnectionBuffers _buffers;

    /// <summary>Null once the handshake is over.</summary>
    private volatile TlsHandshake? _handshake;

    /// <param name="isServer">Whether this side is the server.</param>
    /// <param name="config">The connection holds a count on it.</param>
    /// <param name="inbound">What the peer sends.</param>
    /// <param name="outbound">What to send to the peer.</param>
    /// <param name="application">Makes the calls to the application; null if nothing can be disposed meanwhile.</param>
    internal TlsConnection(bool isServer, ConfigHandle config, InboundCiphertext inbound, OutboundCiphertext outbound, IApplication? application)
    {
        IsServer = isServer;
        _inbound = inbound;
        _outbound = outbound;
        _application = application;
        _handle = ConnectionHandle.Create(isServer ? Mode.Server : Mode.Client, config, this);
        _buffers = new ConnectionBuffers(_handle);
    }

    internal bool IsServer { get; }

    /// <summary>For the handshake and its parts.</summary>
    internal ConnectionHandle Handle => _handle;

    internal InboundCiphertext Inbound => _inbound;

    /// <summary>Passed to the application's callbacks as their sender.</summary>
    internal IApplication? Application => _application;

    /// <summary>Whether both directions end together, as before TLS 1.3.</summary>
    internal bool EndsBothSides => _handle.EndsBothSides;

    /// <summary>A client's sessions; null on servers, and on clients without a host.</summary>
    internal ClientSessions? Sessions { get; set; }

    /// <summary>Whether the end of the transport without a <c>close_notify</c> is treated as the end of the data.</summary>
    internal bool IgnoresUnexpectedEof { get; set; }

    /// <summary>Whether data may follow an alert.</summary>
    internal bool IgnoresWarningAlerts { get; set; }

    /// <summary>Where secrets are logged, if anywhere.</summary>
    internal KeyLogFile? KeyLog { get; set; }

    /// <summary>Sets the handshake with which the connection begins; its callbacks come here.</summary>
    internal void Begin(TlsHandshake handshake) => _handshake = handshake;

    /// <summary>The handshake has succeeded and is no longer needed.</summary>
    internal void EndHandshake()
    {
        S2nError.Check(S2n.s2n_connection_free_handshake(_handle)); // 14 KiB
        _buffers.TryRelease(isIdle: false);
        _isDrained = true; // s2n takes no more from the transport than the record it needs
        _handshake = null;
    }

    public void Dispose()
    {
        _handle.Dispose();
        _handshake?.Dispose();
        _setAside?.Wipe();
    }

    /// <summary>Frees s2n's buffers now if no data has moved since the last time; otherwise a timer does later.</summary>
    internal bool ReleaseIfIdle() => _buffers.ReleaseIfIdle();

    internal override int Receive(Span<byte> destination)
    {
        TlsHandshake? handshake = _handshake;
        if (IsLeft || handshake is { PeerSpeaksSomethingElse: true })
        {
            return NothingEver;
        }

        int taken = handshake is null ? _inbound.Take(destination) : handshake.Take(destination);
        if (taken > 0)
        {
            NoteEndOfPeersSide(destination, taken);
            return taken;
        }

        return _inbound.IsCompleted && handshake is not { HoldsBack: true } ? 0 : NothingNow;
    }

    /// <summary>The outbound buffer never refuses data, so s2n never holds a half-sent record, unless memory for it cannot be allocated.</summary>
    internal override bool Send(ReadOnlySpan<byte> ciphertext)
    {
        if (IsLeft || _transportFault is { IsAnswered: false })
        {
            return false;
        }

        _outbound.Append(ciphertext);
        _handshake?.Sent(ciphertext);
        return true;
    }

    internal override bool AcceptsName(ReadOnlySpan<byte> name) => _handshake!.AcceptsName(name);

    internal override bool TakeClientHello(nint connection) => _handshake!.TakeClientHello(connection);

    internal override bool JudgeCertificate(nint connection, nint info) => _handshake!.JudgeCertificate(connection, info);

    internal override bool TakePrivateKeyOperation(nint connection, PrivateKeyOperationHandle operation) =>
        _handshake!.TakePrivateKeyOperation(connection, operation);

    internal override bool TakeEarlyDataOffer(nint connection, nint offer) => _handshake!.TakeEarlyDataOffer(connection, offer);

    internal override bool TakeRevocationLookup(nint lookup) => _handshake!.TakeRevocationLookup(lookup);

    internal override bool TakeSessionTicket(nint ticket)
    {
        Sessions?.Take(ticket);
        return true;
    }

    internal override bool TakeSecret(ReadOnlySpan<byte> line)
    {
        if (IsLeft)
        {
            return false;
        }

        try
        {
            // s2n frees the line when this returns; the readers copy what they need.
            _handshake?.TakeSecret(line);
            Log(line);
            return true;
        }
        catch (Exception)
        {
            _handshake?.ForgetSecrets(); // without them neither certificates nor the flight can be read, and the peer is refused
            throw; // a key log was requested, and must not be silently incomplete
        }
    }

    /// <summary>Calls application code, for which disposal does not wait.</summary>
    /// <exception cref="ObjectDisposedException">The stream was disposed before or meanwhile.</exception>
    internal T Ask<TState, T>(TState state, Func<TState, T> call)
    {
        if (_application is not { } application)
        {
            return call(state);
        }

        try
        {
            return application.Ask(state, call);
        }
        catch (Exception) when (application.IsDisposed)
        {
            IsLeft = true;
            throw;
        }
    }

    /// <summary><c>s2n_negotiate</c>.</summary>
    internal bool Negotiate(out BlockedStatus blocked) => Negotiate(_handle, out blocked) == S2n.Success;

    /// <summary>Writes a line to the key log, if there is one: the file may be a pipe that nothing reads, or on a server that does not respond.</summary>
    private unsafe void Log(ReadOnlySpan<byte> line)
    {
        if (KeyLog is { } log)
        {
            fixed (byte* start = line) // s2n's memory: valid during the call, and it does not move
            {
                Ask((log, start: (nint)start, line.Length), static written =>
                {
                    written.log.Append(new ReadOnlySpan<byte>((byte*)written.start, written.Length));
                    return true;
                });
            }
        }
    }

    private void NoteEndOfPeersSide(ReadOnlySpan<byte> destination, int taken)
    {
        // Before TLS 1.3 a record's type is in the clear, and s2n asks for exactly its header first.
        if (_writeClosedBeforeTls13 && destination.Length == RecordHeader.Length && taken > 0 && destination[0] == ContentType.ApplicationData)
        {
            _peerSentDataAfterClose = true;
        }
    }
}
