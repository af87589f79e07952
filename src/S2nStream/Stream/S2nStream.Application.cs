using S2nTls.Certificates.Names;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;

namespace S2nTls;

/// <content>
/// The application code that a handshake or a read calls: its hooks. One rule applies to all: if a call is asynchronous, the wait ends when the
/// caller cancels or the stream is disposed, even if the application's code ignores its token; if a hook is synchronous, nothing can end it, but
/// disposal does not wait for it.
/// </content>
public partial class S2nStream
{
    /// <summary>Ends the wait. The code that takes it out of the field disposes it.</summary>
    private CancellationTokenSource? _applicationWait;

    bool IApplication.IsDisposed => IsDisposed;

    void IApplication.NoteHello(S2nClientHello hello) => _targetHost = InternationalName.ToUnicode(hello.ServerName);

    T IApplication.Ask<TState, T>(TState state, Func<TState, T> call)
    {
        bool isOutermost = _readTurn.Ask();
        try
        {
            return call(state);
        }
        finally
        {
            if (isOutermost)
            {
                _readTurn.TakeAnswer();
            }
        }
    }

    /// <summary>Gets the application's answer to what the handshake waits for. An exception instead ends the handshake, and the peer is told.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The stream was disposed meanwhile.</exception>
    private async ValueTask AnswerAsync(Question question, CancellationToken cancellationToken)
    {
        try
        {
            _readTurn.Ask();
            try
            {
                if (question.TakesToken)
                {
                    await WaitForApplicationAsync(question, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await question.AnswerAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
            finally
            {
                _readTurn.TakeAnswer();
            }

            question.Apply();
        }
        catch (OperationCanceledException e) when (!IsDisposed && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (Exception e) when (!IsDisposed)
        {
            Exception shown = question.Refuse(e);
            if (ReferenceEquals(shown, e))
            {
                throw;
            }

            throw shown;
        }
    }

    private async ValueTask WaitForApplicationAsync(Question question, CancellationToken cancellationToken)
    {
        var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        CancellationToken left = wait.Token;
        Volatile.Write(ref _applicationWait, wait);
        if (IsDisposed)
        {
            LeaveApplication(); // disposed by a caller that saw no wait to end
        }

        try
        {
            Task answer = question.AnswerAsync(left).AsTask(); // allocates nothing if the answer is immediate
            try
            {
                await answer.WaitAsync(left).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (left.IsCancellationRequested)
            {
                Forget(answer); // a later exception has no observer
                throw;
            }
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
