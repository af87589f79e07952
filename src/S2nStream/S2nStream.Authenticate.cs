using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using S2nTls.Engine;

namespace S2nTls;

public partial class S2nStream
{
    /// <summary>Performs the handshake as a client.</summary>
    /// <param name="context">A client's context.</param>
    /// <param name="targetHost">
    /// The server's name: sent as the server name (SNI, RFC 6066), and the server's certificate must bear it.
    /// An IP address is not sent, but must be in the certificate all the same.
    /// </param>
    /// <param name="cancellationToken">Ends the wait. The stream cannot be used after a cancelled handshake.</param>
    /// <exception cref="AuthenticationException">The handshake failed; the inner <see cref="S2nException"/> says why. Where this side's private key is not in s2n and failed to sign, the inner exception is what it threw.</exception>
    /// <exception cref="IOException">The inner stream failed.</exception>
    /// <exception cref="InvalidOperationException">The stream is authenticated, or being authenticated, already.</exception>
    /// <exception cref="ArgumentException"><paramref name="context"/> is a server's, or <paramref name="targetHost"/> is no name.</exception>
    public Task AuthenticateAsClientAsync(S2nContext context, string targetHost, CancellationToken cancellationToken = default)
    {
        CheckClient(context, targetHost);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : AuthenticateAsync<NonBlocking>(context, targetHost, cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)"/>
    public void AuthenticateAsClient(S2nContext context, string targetHost)
    {
        CheckClient(context, targetHost);
        AuthenticateAsync<Blocking>(context, targetHost, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Performs the handshake as a server.</summary>
    /// <param name="context">A server's context.</param>
    /// <param name="cancellationToken">Ends the wait. The stream cannot be used after a cancelled handshake.</param>
    /// <exception cref="ArgumentException"><paramref name="context"/> is a client's.</exception>
    /// <inheritdoc cref="AuthenticateAsClientAsync(S2nContext, string, CancellationToken)" path="/exception[not(@cref='T:System.ArgumentException')]"/>
    public Task AuthenticateAsServerAsync(S2nContext context, CancellationToken cancellationToken = default)
    {
        CheckServer(context);
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : AuthenticateAsync<NonBlocking>(context, targetHost: null, cancellationToken);
    }

    /// <inheritdoc cref="AuthenticateAsServerAsync(S2nContext, CancellationToken)"/>
    public void AuthenticateAsServer(S2nContext context)
    {
        CheckServer(context);
        AuthenticateAsync<Blocking>(context, targetHost: null, CancellationToken.None).GetAwaiter().GetResult();
    }

    private static void CheckClient(S2nContext context, string targetHost)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(targetHost);
        if (context.IsServer)
        {
            throw new ArgumentException("The context is a server's.", nameof(context));
        }

        // s2n takes the name as a C string: what follows a NUL would not be compared.
        if (targetHost.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("The target host contains a NUL character.", nameof(targetHost));
        }
    }

    private static void CheckServer(S2nContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.IsServer)
        {
            throw new ArgumentException("The context is a client's.", nameof(context));
        }
    }

    private async Task AuthenticateAsync<TMode>(S2nContext context, string? targetHost, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        BeginAuthenticating();
        TlsEngine? engine = null;
        try
        {
            // Nobody else is in yet: reads and writes are refused until the stage is Authenticated.
            _readTurn.Enter();
            await TMode.WaitAsync(_writeTurn, CancellationToken.None).ConfigureAwait(false);
            try
            {
                ThrowIfDisposed();
                engine = targetHost is null
                    ? TlsEngine.CreateServer(context, _transport.Inbound, _transport.Outbound, this)
                    : TlsEngine.CreateClient(context, targetHost, _transport.Inbound, _transport.Outbound, this);
                _engine = engine;
                _targetHost = targetHost ?? string.Empty; // a validation callback may ask
                await HandshakeAsync<TMode>(engine, cancellationToken).ConfigureAwait(false);
                _targetHost = targetHost ?? engine.ServerName;
                _isServer = context.IsServer;
            }
            finally
            {
                _writeTurn.Release();
                LeaveRead();
            }

            Volatile.Write(ref _stage, (int)Stage.Authenticated);
        }
        catch (Exception e)
        {
            Exception shown =
                IsDisposed && e is not ObjectDisposedException ? new ObjectDisposedException(GetType().FullName, e)
                : e is S2nException s2n ? new AuthenticationException($"Authentication failed: {s2n.Message}", s2n)
                : e;
            _failure = ExceptionDispatchInfo.Capture(shown);
            Volatile.Write(ref _stage, (int)Stage.Failed);
            AnswerFault();
            if (ReferenceEquals(shown, e))
            {
                throw;
            }

            throw shown;
        }
        finally
        {
            // Disposed meanwhile, by someone who saw no engine to dispose.
            if (IsDisposed && _answer is null)
            {
                engine?.Dispose();
            }
        }
    }

    private async ValueTask HandshakeAsync<TMode>(TlsEngine engine, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        while (true)
        {
            EngineStatus status = engine.Handshake();
            if (!_transport.Outbound.IsEmpty)
            {
                await TMode.SendAsync(_transport, cancellationToken).ConfigureAwait(false);
                await TMode.FlushAsync(_transport, cancellationToken).ConfigureAwait(false);
            }

            switch (status)
            {
                case EngineStatus.Done:
                    return;

                case EngineStatus.NeedsCiphertext:
                    await ReceiveAsync<TMode>(cancellationToken).ConfigureAwait(false);
                    break;

                default:
                    throw new InvalidOperationException($"The handshake stands at {status}, which nothing here can bring about.");
            }
        }
    }

    private void BeginAuthenticating()
    {
        ThrowIfDisposed();
        switch ((Stage)Interlocked.CompareExchange(ref _stage, (int)Stage.Authenticating, (int)Stage.Created))
        {
            case Stage.Created:
                return;
            case Stage.Authenticating:
                throw new InvalidOperationException("An authentication is in progress already.");
            case Stage.Authenticated:
                throw new InvalidOperationException("The stream is authenticated already.");
            default:
                _failure?.Throw();
                throw new InvalidOperationException("An earlier authentication has failed.");
        }
    }
}
