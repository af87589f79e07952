using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using S2nTls.Certificates.Names;
using S2nTls.Context;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;
using S2nTls.Interop;
using S2nTls.Telemetry;
using S2nTls.Transport;

namespace S2nTls;

public partial class S2nStream
{
    private Task AuthenticateAsync(bool asServer, string? host, Func<HandshakePlan> makePlan, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : AuthenticateAsync<NonBlocking>(asServer, host, makePlan, cancellationToken);

    private void Authenticate(bool asServer, string? host, Func<HandshakePlan> makePlan) =>
        AuthenticateAsync<Blocking>(asServer, host, makePlan, CancellationToken.None).GetAwaiter().GetResult();

    /// <param name="asServer">Whether this side is the server.</param>
    /// <param name="host">On a client, the server's name.</param>
    /// <param name="makePlan">Called once a handshake is certain: it may call the user's callbacks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task AuthenticateAsync<TMode>(bool asServer, string? host, Func<HandshakePlan> makePlan, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        BeginAuthenticating();
        _isServer = asServer;
        var watch = HandshakeWatch.Begin(asServer, host ?? string.Empty);
        TlsConnection? connection = null;
        try
        {
            // No other call can be in progress except disposal: reads and writes are refused until the stage is Authenticated.
            await _writeTurn.EnterAsync<TMode>(CancellationToken.None).ConfigureAwait(false);
            try
            {
                _readTurn.Enter();
                S2nRuntime.EnsureStarted(); // where s2n does not run, that is what is said, not what the options meet there
                HandshakePlan plan = ((IApplication)this).Ask(makePlan, static makePlan => makePlan());
                TlsHandshake handshake = TlsHandshake.Begin(plan, _transport.Inbound, _transport.Outbound, this);
                _connection = connection = handshake.Connection;
                _targetHost = plan.TargetHost ?? string.Empty; // a validation callback may read it
                await HandshakeAsync<TMode>(handshake, cancellationToken).ConfigureAwait(false);
                _targetHost = plan.TargetHost ?? InternationalName.ToUnicode(connection.ServerName);
            }
            finally
            {
                _writeTurn.Leave();
                LeaveRead();
            }

            EndEarlyData();
            TellSuccess(watch, connection);
            Volatile.Write(ref _stage, (int)Stage.Authenticated);
        }
        catch (Exception e)
        {
            Exception shown =
                IsDisposed && e is not ObjectDisposedException ? new ObjectDisposedException(GetType().FullName, e)
                : e is S2nException s2n && !(s2n.ErrorType == S2nErrorType.Closed && _transport.Inbound.IsCompleted) ? new AuthenticationException($"Authentication failed: {s2n.Message}", s2n)
                : e;
            _failure = ExceptionDispatchInfo.Capture(shown);
            _earlyData?.End(_failure);
            if (!IsDisposed && e is not OperationCanceledException)
            {
                connection?.Sessions?.DropOffered();
            }

            Volatile.Write(ref _stage, (int)Stage.Failed);
            AnswerFault();
            TellFailure(watch, shown, e);
            if (ReferenceEquals(shown, e))
            {
                throw;
            }

            throw shown;
        }
        finally
        {
            // Disposed meanwhile, by a caller that saw no connection to dispose.
            if (IsDisposed && AnswerToFault() is null)
            {
                connection?.Dispose();
            }
        }
    }

    private async ValueTask HandshakeAsync<TMode>(TlsHandshake handshake, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        while (true)
        {
            HandshakeStatus status = handshake.Advance();
            if (!_transport.Outbound.IsEmpty)
            {
                await SendFlightAsync<TMode>(cancellationToken).ConfigureAwait(false);
            }

            switch (status)
            {
                case HandshakeStatus.Done:
                    return;

                case HandshakeStatus.NeedsCiphertext:
                    await ReceiveAsync<TMode>(cancellationToken).ConfigureAwait(false);
                    break;

                default:
                    await AnswerAsync(handshake.Question!, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>Sends what the handshake has produced. The read side is parked: disposal does not wait until the transport has accepted it.</summary>
    private async ValueTask SendFlightAsync<TMode>(CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        _readTurn.Park();
        try
        {
            await TMode.SendAsync(_transport, cancellationToken).ConfigureAwait(false);
            await TMode.FlushAsync(_transport, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _readTurn.Unpark();
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
                throw new InvalidOperationException("An authentication is already in progress.");
            case Stage.Authenticated:
                throw new InvalidOperationException("The stream is already authenticated.");
            default:
                _failure?.Throw();
                throw new InvalidOperationException("An earlier authentication failed.");
        }
    }
}
