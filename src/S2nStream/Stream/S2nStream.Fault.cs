using S2nTls.Engine;

namespace S2nTls;

/// <content>
/// How a peer learns of an error on this side. s2n blinds errors that might be a timing attack: neither the alert nor the transport's end may come
/// before a random delay. The caller gets its exception at once, no thread waits, and disposal does not either: only the alert and the closing of
/// the inner stream wait, in the background.
/// <para>
/// Whether there is an answer to give depends only on the connection's fault, which is set before the failing call gives its turn back: any later
/// caller, on any thread, sees it.
/// </para>
/// </content>
public partial class S2nStream
{
    private FaultAnswer? _faultAnswer;

    /// <summary>
    /// Completes when the peer has been told of a fatal error on this side: when the alert has been sent, after the time for which s2n blinds an
    /// error (docs/lifecycle.md), or has been given up. It never fails; without an error it is already complete.
    /// </summary>
    /// <remarks>If you leave the transport open (<see cref="S2nStream(System.IO.Pipelines.IDuplexPipe, bool)"/>), do not close it before this completes.</remarks>
    public Task ErrorAnswered => AnswerToFault()?.Ended ?? Task.CompletedTask;

    /// <summary>Begins the answer to a fatal error, if there is one. Called without holding a turn, by any caller that may have met it.</summary>
    private void AnswerFault() => _ = AnswerToFault();

    /// <summary>The answer to the fatal error that ended the connection, begun if it was not yet.</summary>
    /// <returns>Null if there is no such error, or the peer is not told of it.</returns>
    private FaultAnswer? AnswerToFault() =>
        _connection is { Fault.IsAnswered: true } connection ? Volatile.Read(ref _faultAnswer) ?? BeginAnswer(connection) : null;

    private FaultAnswer BeginAnswer(TlsConnection connection)
    {
        var answer = new FaultAnswer(connection, _writeTurn, () => SendFaultAlertAsync(connection));
        if (Interlocked.CompareExchange(ref _faultAnswer, answer, null) is { } first)
        {
            return first;
        }

        answer.Begin();
        return answer;
    }

    private Task SendFaultAlertAsync(TlsConnection connection) =>
        !_writeTurn.IsOpen || (IsDisposed && _transport.LeavesOpen)
            ? Task.CompletedTask
            : SendClosingAlertAsync(connection).AsTask();

    /// <summary>Sends <c>close_notify</c>, or after a fault its alert. The caller holds the write turn.</summary>
    private async ValueTask SendClosingAlertAsync(TlsConnection connection)
    {
        ValueTask send = AppendAndSendAsync();
        if (send.IsCompleted)
        {
            await send.ConfigureAwait(false);
        }
        else
        {
            await send.AsTask().WaitAsync(FaultAnswer.AlertTimeout).ConfigureAwait(false);
        }

        async ValueTask AppendAndSendAsync()
        {
            await _transport.PrepareToSendAsync(CancellationToken.None).ConfigureAwait(false);
            AppendCloseNotify(connection);
            await _transport.SendAsync(CancellationToken.None).ConfigureAwait(false);
            await _transport.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
