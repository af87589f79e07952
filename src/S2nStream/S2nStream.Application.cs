using S2nTls.Engine;

namespace S2nTls;

/// <summary>A handshake that waits for what the application has to say, for as long as it may take: it can be left at any time.</summary>
public partial class S2nStream
{
    /// <summary>Ends the wait. Whoever takes it out of the field disposes it.</summary>
    private CancellationTokenSource? _applicationWait;

    private async ValueTask SignAsync(TlsEngine engine, PendingSignature pending, CancellationToken cancellationToken)
    {
        byte[] signature;
        try
        {
            signature = await WaitForApplicationAsync(token => pending.Signer.SignAsync(pending.Request, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!IsDisposed && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw engine.FailToSign(e);
        }

        engine.CompleteSignature(pending, signature);
    }

    /// <summary>Calls what may take long. It is let go of when the caller cancels, or the stream is disposed, even if it does not heed its token.</summary>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The stream was disposed meanwhile.</exception>
    private async ValueTask<T> WaitForApplicationAsync<T>(Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken left = wait.Token;
        Volatile.Write(ref _applicationWait, wait);
        if (IsDisposed)
        {
            LeaveApplication(); // by someone who saw no wait to end
        }

        try
        {
            return await AskApplicationAsync(async () =>
            {
                Task<T> answer = ask(left).AsTask();
                try
                {
                    return await answer.WaitAsync(left).ConfigureAwait(false);
                }
                finally
                {
                    if (!answer.IsCompleted)
                    {
                        Forget(answer);
                    }
                }
            }).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (e.CancellationToken == left && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        finally
        {
            Interlocked.Exchange(ref _applicationWait, null)?.Dispose();
        }
    }

    /// <summary>Ends a wait for the application, if there is one: its continuations run on other threads.</summary>
    private void LeaveApplication()
    {
        if (Interlocked.Exchange(ref _applicationWait, null) is { } wait)
        {
            Forget(CancelAsync(wait));
        }

        static async Task CancelAsync(CancellationTokenSource wait)
        {
            try
            {
                await wait.CancelAsync().ConfigureAwait(false);
            }
            finally
            {
                wait.Dispose();
            }
        }
    }
}
