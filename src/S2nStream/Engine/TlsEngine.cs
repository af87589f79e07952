using System.Runtime.InteropServices;
using S2nTls.Context;
using S2nTls.Engine.Handshake;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// One TLS connection without any input or output of its own: a state machine over one s2n connection.
/// s2n takes ciphertext from the inbound buffer and appends ciphertext to the outbound one; whoever drives
/// the engine moves bytes between these and a transport. Nothing here awaits or blocks.
/// </summary>
/// <remarks>
/// Threads: the handshake is one thread's. After it, one thread may decrypt while another encrypts, as
/// s2n allows; what else overlaps is the caller's to prevent. <see cref="Dispose"/> comes from any thread, at a time
/// when nobody is computing here; but calls of s2n's may be on the stacks of threads that are in the application's
/// code (<see cref="IApplication"/>): the connection is freed when the last of them has returned.
/// </remarks>
internal sealed unsafe partial class TlsEngine : IDisposable
{
    private const int MaxPlaintextPerRecord = 16 * 1024;

    /// <summary>More than any record adds to its plaintext: header 5, content type 1, nonce or IV, tag or MAC and padding.</summary>
    private const int MaxRecordOverhead = 128;

    private readonly ConnectionHandle _connection;
    private readonly InboundCiphertext _inbound;
    private readonly OutboundCiphertext _outbound;
    private bool _ignoreUnexpectedEof;
    private readonly bool _isServer;

    /// <summary>Raised while the handshake runs, and freed by whoever takes it out of the field.</summary>
    private Question? _question;

    /// <summary>Set by whichever direction meets the error first, and seen by the other.</summary>
    private volatile S2nFault? _fault;

    /// <summary>Why a callback of ours has made s2n end the handshake, which s2n itself does not know.</summary>
    private S2nFault? _refusal;
    private bool _handshakeDone;

    /// <summary>What the handshake is to do; null when it is done.</summary>
    private HandshakePlan? _plan;

    private TlsEngine(HandshakePlan plan, InboundCiphertext inbound, OutboundCiphertext outbound, object? sender)
    {
        S2nContext context = plan.Context;
        _inbound = inbound;
        _outbound = outbound;
        _sender = sender;
        _plan = plan;
        _isServer = context.IsServer;
        _flight = plan.SelectCertificate is null ? null : new ServerFlight();
        ContextState state = context.Acquire();
        try
        {
            _connection = ConnectionHandle.Create(context.IsServer ? Mode.Server : Mode.Client, state.Config, this);
        }
        finally
        {
            state.Release();
        }

        try
        {
            // s2n's built-in blinding would put this thread to sleep for up to 30 seconds.
            S2nError.ThrowIf(S2n.s2n_connection_set_blinding(_connection, Blinding.SelfService) != S2n.Success);
            InstallCallbacks();
            Configure(plan, state);
            Offer(plan.ApplicationProtocols);
            if (plan.Host is { } host)
            {
                ExpectHost(host);
                OfferSession(context, state, host.TargetHost);
            }

            UsePreSharedKeys(plan);
            UseEarlyData(plan);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Why the connection is dead, once a fatal error has ended it in both directions.</summary>
    internal S2nFault? Fault => _fault;

    /// <summary>What the handshake waits for, where it waits for the application.</summary>
    internal Question? Question => _question;

    /// <remarks>A validation callback is told <paramref name="sender"/>, the stream, as its caller.</remarks>
    internal static TlsEngine Create(HandshakePlan plan, InboundCiphertext inbound, OutboundCiphertext outbound, object? sender = null) =>
        new(plan, inbound, outbound, sender);

    /// <summary>Goes as far with the handshake as the ciphertext at hand allows. What it has appended must be sent, whatever the answer.</summary>
    /// <exception cref="S2nException">It has failed for good.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">It has failed for good, because of what this side's private key threw.</exception>
    internal EngineStatus Handshake()
    {
        ThrowIfFaulted();
        if (_question is not null)
        {
            return EngineStatus.WaitsForApplication;
        }

        if (!_earlyPlaintext.IsEmpty)
        {
            SendEarlyData();
        }

        if (_receivesEarlyData is { } early && ReceiveEarlyData(early) is { } waiting)
        {
            return waiting;
        }

        if (Negotiate(out BlockedStatus blocked) == S2n.Success)
        {
            ThrowIfCallbackFailed(); // s2n goes on where its key log fails
            CheckPreSharedKey();
            JudgeUnseen();
            TakeStaples();
            KeepOfferedSession();
            HandOverSessions();
            SummarizeHandshake();
            FreeHandshake();
            _plan = null;
            _handshakeDone = true;
            _isDrained = true; // s2n takes no more from the transport than the record that it needs
            _firstBytes = null;
            return EngineStatus.Done;
        }

        S2nError error = LastError();
        return error.Type == S2nErrorType.Blocked ? Blocked(blocked) : throw FailHandshake(error);
    }

    /// <summary>What s2n's saying that it is blocked comes to.</summary>
    private EngineStatus Blocked(BlockedStatus status)
    {
        if (_lookups is { } lookups)
        {
            _question ??= new RevocationQuestion(this, _revocationLists!, ReadIssuers(lookups.Count));
        }
        else if (CertificateRequest is { } request)
        {
            _question ??= new CertificateQuestion(this, request, _plan!.SelectCertificate!);
        }
        else if (status == BlockedStatus.ApplicationInput && _question is null && _plan!.Continue is { } choose)
        {
            S2nClientHello hello = ReadClientHello();
            (_sender as IApplication)?.NoteHello(hello);
            _question = new ClientHelloQuestion(this, hello, choose);
        }

        return
            _question is not null ? EngineStatus.WaitsForApplication
            : status == BlockedStatus.Read ? EngineStatus.NeedsCiphertext
            : throw new InvalidOperationException($"The handshake stands at {status}, which nothing here can bring about.");
    }

    /// <summary>Encrypts all of <paramref name="plaintext"/>. Give it bounded slices: the outbound buffer grows as it must.</summary>
    /// <exception cref="S2nException">The connection is closed for writing or dead.</exception>
    internal void Encrypt(ReadOnlySpan<byte> plaintext)
    {
        ThrowIfFaulted();
        ReserveFor(plaintext.Length);

        // s2n reads the plaintext during the call only.
        fixed (byte* source = plaintext)
        {
            nint done = 0;
            while (done < plaintext.Length)
            {
                nint sent;
                lock (_sending)
                {
                    sent = S2n.s2n_send(_connection, source + done, plaintext.Length - done, out _);
                }

                if (sent < 0)
                {
                    throw FailWrite(LastError());
                }

                done += sent;
            }
        }

        NoteActivity();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _certificateReader?.Dispose();
        _flight?.Dispose();
        DropQuestion();
        WipeSetAside();
    }

    private void DropQuestion() => Interlocked.Exchange(ref _question, null)?.Free();

    /// <summary>Does as the context says; on a server once more where it goes on with another.</summary>
    private void Configure(HandshakePlan plan, ContextState state)
    {
        _ignoreUnexpectedEof = plan.Context.IgnoreUnexpectedEof;
        _keyLog = plan.Context.KeyLog;
        SizeRecords(plan.Context.RecordSize);
        _requiredProtocols = plan.Context.ApplicationProtocols;
        _ownCertificate = _isServer ? state.Certificates.First : null;
        ChecksRevocation = plan.ChecksRevocation;
        _ocspStapling = plan.Context.OcspStapling;
        _asksForTimestamps = plan.Context.AsksForTimestamps;
        JudgeWith(plan.Validation);
        LookUpIn(plan.Context.RevocationLists);
        if (plan.Context.AsksForClientCertificate)
        {
            AcceptAnyHost();
        }
    }

    /// <summary>Makes room for the ciphertext of so much plaintext at once, so that it is not copied as the buffer grows.</summary>
    private void ReserveFor(int plaintext) =>
        _outbound.Reserve(plaintext + (((plaintext / MaxPlaintextPerRecord) + 1) * MaxRecordOverhead));

    private void ThrowIfFaulted()
    {
        if (_fault is { } fault)
        {
            throw fault.ToException();
        }
    }

    /// <summary>The error of the call that has just failed on this thread, or what was thrown inside a callback of it.</summary>
    private S2nError LastError()
    {
        S2nError error = S2nError.Last;
        ThrowIfCallbackFailed();

        // If another thread disposed, the call's end has freed the connection, and with it changed the error.
        ObjectDisposedException.ThrowIf(_connection.IsClosed, typeof(S2nStream));
        return error;
    }

    private S2nException Fail(S2nError error)
    {
        _certificateReader?.Dispose(); // a handshake that has failed before its certificate came
        _flight?.Dispose();
        S2nFault fault =
            _refusal is { } refused ? refused
            : _refusesCertificates && error.Name == "S2N_ERR_CERT_UNTRUSTED" ? S2nFault.PreSharedKeyNotUsed(error.Name)
            : _isServer && _hasPreSharedKeys && !_handshakeDone && error.Name == "S2N_ERR_BAD_MESSAGE" ? S2nFault.PreSharedKeyNotProved(error)
            : !_handshakeDone && error.Name == "S2N_ERR_BAD_MESSAGE" && LastMessage is "SERVER_CERT" or "CLIENT_CERT" ? S2nFault.CertificatesNotTaken(error)
            : _peerSpeaksSomethingElse ? S2nFault.NotTls(DescribeFirstBytes())
            : !_handshakeDone && error.Type == S2nErrorType.Closed ? S2nFault.ClosedDuringHandshake(error)
            : S2nFault.Capture(error, PeerAlert(error));
        if (!_handshakeDone)
        {
            fault = fault with { LastMessage = LastMessage };
        }

        fault = Blind(fault, error);
        _fault = fault; // complete: disposal, on another thread, goes by it
        return fault.ToException();
    }

    /// <summary>
    /// A refused write: after a fault in the other direction, it is the fault that says why. Otherwise a side
    /// that is closed for writing only (TLS 1.2 after the peer's close_notify) says nothing about reading.
    /// </summary>
    private S2nException FailWrite(S2nError error) =>
        _fault is { } fault ? fault.ToException()
        : error.Type == S2nErrorType.Closed ? S2nFault.Capture(error).ToException()
        : Fail(error);

    private TlsAlert? PeerAlert(S2nError error)
    {
        if (error.Type != S2nErrorType.Alert)
        {
            return null;
        }

        int alert = S2n.s2n_connection_get_alert(_connection);
        return alert < 0 ? null : (TlsAlert)alert;
    }
}
