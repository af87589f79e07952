using System.Runtime.ExceptionServices;
using System.Security.Authentication;
using S2nTls.Engine;

namespace S2nTls;

public partial class S2nStream
{
    private Task AuthenticateAsync(bool asServer, Func<HandshakePlan> makePlan, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : AuthenticateAsync<NonBlocking>(asServer, makePlan, cancellationToken);

    private void Authenticate(bool asServer, Func<HandshakePlan> makePlan) =>
        AuthenticateAsync<Blocking>(asServer, makePlan, CancellationToken.None).GetAwaiter().GetResult();

    /// <param name="asServer">The side to be.</param>
    /// <param name="makePlan">Called when it is certain that there will be a handshake: it may ask the user's callbacks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task AuthenticateAsync<TMode>(bool asServer, Func<HandshakePlan> makePlan, CancellationToken cancellationToken)
        where TMode : IInputOutputMode
    {
        BeginAuthenticating();
        _isServer = asServer;
        TlsEngine? engine = null;
        try
        {
            // Nobody else is in yet: reads and writes are refused until the stage is Authenticated.
            _readTurn.Enter();
            await TMode.WaitAsync(_writeTurn, CancellationToken.None).ConfigureAwait(false);
            try
            {
                ThrowIfDisposed();
                HandshakePlan plan = await AskApplicationAsync(() => ValueTask.FromResult(makePlan())).ConfigureAwait(false);
                engine = TlsEngine.Create(plan, _transport.Inbound, _transport.Outbound, this);
                _engine = engine;
                _targetHost = plan.TargetHost ?? string.Empty; // a validation callback may ask
                await HandshakeAsync<TMode>(engine, plan, cancellationToken).ConfigureAwait(false);
                _targetHost = plan.TargetHost ?? engine.ServerName;
            }
            finally
            {
                _writeTurn.Release();
                LeaveRead();
            }

            EndEarlyData();
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
            if (IsDisposed && AnswerToFault() is null)
            {
                engine?.Dispose();
            }
        }
    }

    private async ValueTask HandshakeAsync<TMode>(TlsEngine engine, HandshakePlan plan, CancellationToken cancellationToken)
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

                case EngineStatus.WaitsForApplication when engine.EarlyDataOffer is { } offer:
                    EarlyDataGuard guard = plan.Context.EarlyDataGuard!;
                    engine.AnswerEarlyDataOffer(
                        await AskApplicationAsync(() => guard.AcceptAsync(offer, cancellationToken)).ConfigureAwait(false));
                    break;

                case EngineStatus.WaitsForApplication when engine.PendingSignature is { } pending:
                    await SignAsync(engine, pending, cancellationToken).ConfigureAwait(false);
                    break;

                case EngineStatus.WaitsForApplication when engine.AwaitedRevocationLists is { } lists:
                    await LookUpRevocationAsync(engine, lists, cancellationToken).ConfigureAwait(false);
                    break;

                case EngineStatus.WaitsForApplication when plan.Continue is { } next:
                    plan = await ContinueAsync(engine, next, cancellationToken).ConfigureAwait(false);
                    break;

                case EngineStatus.WaitsForApplication when plan.SelectCertificate is { } select:
                    engine.AnswerCertificateRequest(
                        await AskApplicationAsync(() => ValueTask.FromResult(select(engine.CertificateRequest!))).ConfigureAwait(false));
                    break;

                default:
                    throw new InvalidOperationException($"The handshake stands at {status}, which nothing here can bring about.");
            }
        }
    }

    /// <summary>Has the application choose what to be for a client whose hello is here. What it throws instead is an alert for the client, too.</summary>
    private async ValueTask<HandshakePlan> ContinueAsync(
        TlsEngine engine, Func<S2nClientHello, CancellationToken, ValueTask<HandshakePlan>> choose, CancellationToken cancellationToken)
    {
        S2nClientHello hello = engine.ReadClientHello();
        _targetHost = hello.ServerName;
        try
        {
            HandshakePlan plan = await AskApplicationAsync(() => choose(hello, cancellationToken)).ConfigureAwait(false);
            engine.Continue(plan);
            return plan;
        }
        catch (Exception e) when (!IsDisposed && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            engine.Refuse((e as S2nClientRefusedException)?.Alert ?? TlsAlert.InternalError);
            throw;
        }
    }

    /// <summary>Calls what may take its time, or dispose the stream: that waits for nobody who is parked.</summary>
    /// <exception cref="ObjectDisposedException">The stream was disposed meanwhile.</exception>
    private async ValueTask<T> AskApplicationAsync<T>(Func<ValueTask<T>> ask)
    {
        _readTurn.Park();
        try
        {
            return await ask().ConfigureAwait(false);
        }
        finally
        {
            _readTurn.Unpark();
        }
    }

    T IApplication.Ask<T>(Func<T> call)
    {
        _readTurn.Park();
        try
        {
            return call();
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
                throw new InvalidOperationException("An authentication is in progress already.");
            case Stage.Authenticated:
                throw new InvalidOperationException("The stream is authenticated already.");
            default:
                _failure?.Throw();
                throw new InvalidOperationException("An earlier authentication has failed.");
        }
    }
}
