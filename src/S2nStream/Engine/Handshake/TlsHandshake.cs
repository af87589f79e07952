using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Context;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Telemetry;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// The beginning of a connection: it advances as far as the available ciphertext allows, and raises a <see cref="Question"/> when only the
/// application knows how to continue. When it is done it goes away, with everything that only it needs: secrets, buffers, the host name, the
/// readers of certificates.
/// </summary>
/// <remarks>
/// <code>
/// Begin ─▶ Advance ─┬─ NeedsCiphertext ─(the driver receives)──▶ Advance
///                   ├─ Asks ─(the question is answered)─────────▶ Advance
///                   ├─ Done: the connection continues alone
///                   └─ throws: the connection has ended, by the fault that it has then
/// </code>
/// It belongs to the thread that drives it. Disposal comes from any thread, as for the connection.
/// </remarks>
internal sealed partial class TlsHandshake : IDisposable
{
    private readonly ConnectionHandle _handle;
    private readonly FirstBytes _firstBytes = new();
    private readonly HandshakeTranscript _transcript = new();

    /// <summary>What to do; provisional on a server that waits for the ClientHello.</summary>
    private HandshakePlan _plan;

    private PeerVerdict _verdict = null!; // set on configuration, before anything is asked
    private EarlyDataExchange? _earlyData;

    /// <summary>s2n's questions about lists of revoked certificates: they belong to the connection, and are valid until they are answered.</summary>
    private List<nint>? _revocationLookups;

    /// <summary>Freed by the code that takes it out of the field.</summary>
    private Question? _question;

    /// <summary>What a private key threw inside a callback.</summary>
    private Exception? _privateKeyFailure;

    private TlsHandshake(TlsConnection connection, HandshakePlan plan)
    {
        Connection = connection;
        _handle = connection.Handle;
        _plan = plan;
        Flight = plan.SelectCertificate is null ? null : new ServerFlight();
    }

    /// <summary>The connection that it begins.</summary>
    internal TlsConnection Connection { get; }

    /// <summary>What the handshake waits for, if it waits for the application.</summary>
    internal Question? Question => _question;

    /// <summary>Reads the server's certificates from the handshake if s2n does not verify them; null if they are not, or no longer, needed.</summary>
    internal PeerCertificateReader? CertificateReader { get; private set; }

    /// <summary>What is held back from s2n; null if no certificate is, or remains, to be chosen.</summary>
    internal ServerFlight? Flight { get; private set; }

    /// <summary>Why one of our callbacks made s2n end the handshake, which s2n itself does not know.</summary>
    internal S2nFault? Refusal { get; private set; }

    /// <summary>The alert that s2n has sent before it encrypts; null for none.</summary>
    internal TlsAlert? AlertInTheClear { get; private set; }

    /// <summary>Whether the peer's data is not TLS: s2n would wait for the rest of it.</summary>
    internal bool PeerSpeaksSomethingElse => _firstBytes.AreSomethingElse;

    /// <summary>Whether received ciphertext is held back from s2n until the application has answered.</summary>
    internal bool HoldsBack => Flight is { Request: not null };

    /// <summary>Whether it is at one of the messages with which the peer sends its certificate.</summary>
    internal bool IsAtPeersCertificate => LastMessage is "SERVER_CERT" or "SERVER_CERT_STATUS" or "CLIENT_CERT";

    /// <summary>The last message that s2n was at; null if none.</summary>
    internal unsafe string? LastMessage => _handle.ReadText(static connection => (nint)S2n.s2n_connection_get_last_message_name(connection));

    /// <summary>Makes a connection and its handshake.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="inbound">What the peer sends.</param>
    /// <param name="outbound">What to send to the peer.</param>
    /// <param name="application">Makes the calls to the application; null if nothing can be disposed meanwhile.</param>
    internal static TlsHandshake Begin(HandshakePlan plan, InboundCiphertext inbound, OutboundCiphertext outbound, IApplication? application = null)
    {
        ContextState state = plan.Context.Acquire();
        TlsConnection connection;
        try
        {
            connection = new TlsConnection(plan.Context.IsServer, state.Config, inbound, outbound, application);
        }
        finally
        {
            state.Release();
        }

        try
        {
            var handshake = new TlsHandshake(connection, plan);
            connection.Begin(handshake);
            handshake.Prepare(state);
            return handshake;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Advances as far as the available ciphertext allows. Whatever it returns, appended output must be sent.</summary>
    /// <exception cref="S2nException">The handshake has failed permanently.</exception>
    /// <exception cref="AuthenticationException">The handshake has failed permanently, because this side's private key threw.</exception>
    internal HandshakeStatus Advance()
    {
        Connection.ThrowIfFaulted();
        if (_question is not null)
        {
            return HandshakeStatus.Asks;
        }

        BlockedStatus blocked;
        if (_earlyData is { } early)
        {
            if (!early.Advance(out blocked))
            {
                return Blocked(blocked);
            }

            _earlyData = null;
        }

        if (Connection.Negotiate(out blocked))
        {
            Complete();
            return HandshakeStatus.Done;
        }

        S2nError error = Connection.LastError();
        return error.IsBlocked ? Blocked(blocked) : throw Fail(error);
    }

    /// <summary>Continues as a server with another plan, now that the ClientHello is known.</summary>
    /// <exception cref="S2nException">The client does not fit the plan's context.</exception>
    internal void GoOnAs(HandshakePlan plan)
    {
        _plan = plan;

        // In this order: s2n asks the config that paused the handshake whether it may continue.
        S2nError.Check(S2n.s2n_client_hello_cb_done(_handle));
        Configure(Use(plan.Context));
        UseKeys();
        _handle.Use(hello =>
        {
            NativeClientHello client = NativeClientHello.Of(hello);
            if (client.HasExtension(ExtensionType.ServerName))
            {
                S2nError.Check(S2n.s2n_connection_server_name_extension_used(_handle));
            }

            if (!ApplicationProtocolOffer.Fits(client, plan.Context.Settings.ApplicationProtocols))
            {
                throw Fail(S2nFault.NoApplicationProtocol());
            }

            return true;
        });
    }

    /// <summary>Gives the connection what another context gives to new connections.</summary>
    internal ContextState Use(S2nContext context)
    {
        ContextState state = context.Acquire();
        try
        {
            _handle.UseConfig(state.Config);
            return state;
        }
        finally
        {
            state.Release();
        }
    }

    /// <summary>Asks the application something, with s2n still on the stack or not: the handshake waits from the next <see cref="Advance"/> on.</summary>
    internal void Raise(Question question) => _question = question;

    /// <summary>The question has been answered, or is obsolete.</summary>
    internal void Drop(Question question)
    {
        if (Interlocked.CompareExchange(ref _question, null, question) == question)
        {
            question.Free();
        }
    }

    /// <summary>s2n's questions about lists of revoked certificates have their answers.</summary>
    internal void DropRevocationLookups() => _revocationLookups = null;

    /// <summary>A client reads the peer's certificates from the handshake; a server gets them from s2n.</summary>
    /// <returns>The certificates in DER; null if they cannot be read.</returns>
    internal unsafe List<byte[]>? ReadPeerCertificates(nint connection)
    {
        if (CertificateReader is { } reader)
        {
            try
            {
                return reader.Read();
            }
            finally
            {
                DropCertificateReader();
            }
        }

        // The list belongs to the connection; it is copied.
        return S2n.s2n_connection_get_client_cert_chain(connection, out byte* list, out uint length) == S2n.Success
            ? CertificateList.ReadEntries(new ReadOnlySpan<byte>(list, (int)length), withExtensions: false)
            : null;
    }

    /// <summary>In a resumed session no certificate was sent, and a validated one no longer needs a reader.</summary>
    internal void DropCertificateReader()
    {
        CertificateReader?.Dispose();
        CertificateReader = null;
    }

    /// <summary>Wipes the readers' handshake secrets: nothing more can be read.</summary>
    internal void ForgetSecrets()
    {
        CertificateReader?.Dispose();
        Flight?.Dispose();
    }

    public void Dispose()
    {
        ForgetSecrets();
        Interlocked.Exchange(ref _question, null)?.Free();
    }

    /// <summary>Translates s2n's blocked status.</summary>
    private HandshakeStatus Blocked(BlockedStatus status)
    {
        _question ??=
            _revocationLookups is { } lookups ? RevocationQuestion.For(this, lookups, _plan.Context.Settings.Verification!.RevocationLists!)
            : Flight?.Request is { } request ? new CertificateQuestion(this, request, _plan.SelectCertificate!)
            : status == BlockedStatus.ApplicationInput && _plan.Continue is { } choose ? ClientHelloQuestion.For(this, choose)
            : null;
        return
            _question is not null ? HandshakeStatus.Asks
            : status == BlockedStatus.Read ? HandshakeStatus.NeedsCiphertext
            : throw new InvalidOperationException($"The handshake is in the unexpected state {status}.");
    }

    /// <summary>s2n is done. Now checks what s2n does not, and keeps what the connection needs for its lifetime.</summary>
    private void Complete()
    {
        Connection.ThrowIfCallbackFailed(); // s2n continues if its key log fails
        if (_plan.Context.Settings.RefusesCertificates && Connection.PreSharedKeyIdentity.Length == 0)
        {
            throw Fail(S2nFault.PreSharedKeyNotUsed("S2N_ERR_CERT_UNTRUSTED")); // a client that accepts no certificate has trusted none; this makes sure
        }

        DropCertificateReader();
        _verdict.OnUnseen();
        Staples.Take(this, _plan.Context.Settings);
        Connection.Sessions?.KeepOffered();
        Connection.HandOverSessions(mayThrow: true);
        Connection.Tls12Handshake = Connection.Protocol == SslProtocols.Tls12 ? _transcript.Summarize(Connection.CipherSuite, Connection.IsServer) : null;
        _transcript.Release();
        TellSession();
        Connection.EndHandshake();
    }
}
