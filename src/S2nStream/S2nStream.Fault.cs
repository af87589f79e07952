using S2nTls.Engine;

namespace S2nTls;

/// <summary>
/// What a peer hears of an error on this side. s2n blinds errors that might be an attack on timing: neither
/// the alert nor the transport's end may come before a random delay. The caller has its exception at once,
/// no thread waits, and disposing does not either: what waits, in the background, are the alert and the
/// closing of the inner stream.
/// </summary>
public partial class S2nStream
{
    /// <summary>How long a closing alert may take to be accepted by the inner stream, before it is given up.</summary>
    private static readonly TimeSpan s_alertTimeout = TimeSpan.FromSeconds(5);

    private int _faultIsAnswered;
    private volatile bool _answerIsSending;
    private volatile Task? _answer;

    /// <summary>
    /// Ends when the peer has heard of a fatal error on this side: when the alert has been sent, after the time for which s2n
    /// keeps an error to itself (docs/lifecycle.md), or has been given up. It never fails; without an error it has ended.
    /// </summary>
    /// <remarks>For those who leave the transport open (<see cref="S2nStream(System.IO.Pipelines.IDuplexPipe, bool)"/>) and close it themselves: not before this.</remarks>
    public Task ErrorAnswered => _answer ?? Task.CompletedTask;

    /// <summary>Starts the answer to a fatal error, once. Called, holding no turn, by whoever may have met one.</summary>
    private void AnswerFault()
    {
        if (_engine is { Fault.IsAnswered: true } engine && Interlocked.Exchange(ref _faultIsAnswered, 1) == 0)
        {
            _answer = AnswerFaultAsync(engine);
        }
    }

    /// <summary>Never fails: the peer may be long gone.</summary>
    private async Task AnswerFaultAsync(TlsEngine engine)
    {
        try
        {
            // Again until s2n agrees that it is over: a timer may fire a little early, and s2n would refuse the alert.
            for (TimeSpan delay; (delay = engine.BlindingDelay) > TimeSpan.Zero;)
            {
                if (!await BlindingDelays.WaitAsync(delay).ConfigureAwait(false))
                {
                    return; // too many wait: it ends without an alert, which s2n would refuse so early
                }
            }

            if (!await _writeTurn.WaitAsync(s_alertTimeout).ConfigureAwait(false))
            {
                return; // a write is stuck: there is no room for an alert
            }

            try
            {
                _answerIsSending = true;
                if (!_writeClosed && _writeFailure is null && !(IsDisposed && _leaveInnerStreamOpen))
                {
                    await SendClosingAlertAsync(engine).ConfigureAwait(false);
                }
            }
            finally
            {
                _answerIsSending = false;
                _writeTurn.Release();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException or OperationCanceledException or InvalidOperationException or NotSupportedException)
        {
            // The alert is a courtesy, and the inner stream's to refuse.
        }
    }

    /// <summary>Sends <c>close_notify</c>, or after a fault its alert. The caller holds the write turn.</summary>
    private async ValueTask SendClosingAlertAsync(TlsEngine engine)
    {
        ValueTask send = AppendAndSendAsync();
        if (send.IsCompleted)
        {
            await send.ConfigureAwait(false);
        }
        else
        {
            await send.AsTask().WaitAsync(s_alertTimeout).ConfigureAwait(false);
        }

        async ValueTask AppendAndSendAsync()
        {
            await _transport.PrepareToSendAsync(CancellationToken.None).ConfigureAwait(false);
            AppendCloseNotify(engine);
            await _transport.SendAsync(CancellationToken.None).ConfigureAwait(false);
            await _transport.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
