using S2nTls.Engine;

namespace S2nTls;

/// <summary>
/// What a peer hears of an error on this side. s2n blinds errors that might be an attack on timing: neither
/// the alert nor the transport's end may come before a random delay. The caller has its exception at once,
/// no thread waits, and disposing does not either: what waits, in the background, are the alert and the
/// closing of the inner stream.
/// </summary>
/// <remarks>
/// Whether there is an answer to give is read from the connection's fault alone, which is there before the failing call gives its
/// turn back: whoever comes after it, on any thread, knows.
/// </remarks>
public partial class S2nStream
{
    private FaultAnswer? _faultAnswer;

    /// <summary>
    /// Ends when the peer has heard of a fatal error on this side: when the alert has been sent, after the time for which s2n
    /// keeps an error to itself (docs/lifecycle.md), or has been given up. It never fails; without an error it has ended.
    /// </summary>
    /// <remarks>For those who leave the transport open (<see cref="S2nStream(System.IO.Pipelines.IDuplexPipe, bool)"/>) and close it themselves: not before this.</remarks>
    public Task ErrorAnswered => AnswerToFault()?.Ended ?? Task.CompletedTask;

    /// <summary>Begins the answer to a fatal error, if there is one. Called, holding no turn, by whoever may have met it.</summary>
    private void AnswerFault() => _ = AnswerToFault();

    /// <summary>The answer to the fatal error that has ended the connection, begun by now.</summary>
    /// <returns>Null where there is no such error, or one that the peer is not told.</returns>
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
