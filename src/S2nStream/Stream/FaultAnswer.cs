using S2nTls.Engine;

namespace S2nTls;

/// <summary>
/// The answer to the fault that has ended a connection: the alert, when the peer may hear of it. Until <see cref="Ended"/>,
/// the transport must not be closed. There is one for a connection, begun by whoever comes first: the call
/// that has met the fault, disposal, or whoever asks when it ends.
/// </summary>
/// <param name="connection">The connection, with its fault.</param>
/// <param name="writeTurn">Held while the alert is sent.</param>
/// <param name="sendAlert">Sends it, if the write side still can. Called with the write turn.</param>
internal sealed class FaultAnswer(TlsConnection connection, WriteTurn writeTurn, Func<Task> sendAlert)
{
    /// <summary>How long a closing alert may take to be accepted by the inner stream, before it is given up.</summary>
    internal static readonly TimeSpan AlertTimeout = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isSending;

    /// <summary>Never fails: the peer may be long gone.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Whether it holds the write turn.</summary>
    internal bool IsSending => _isSending;

    /// <summary>Called once. It does not block: where there is something to wait for, it goes on in the background.</summary>
    internal void Begin() => _ = AnswerAsync();

    private async Task AnswerAsync()
    {
        try
        {
            await GiveAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException or OperationCanceledException or InvalidOperationException or NotSupportedException)
        {
            // The alert is a courtesy, and the inner stream's to refuse.
        }
        finally
        {
            _ended.SetResult();
        }
    }

    private async Task GiveAsync()
    {
        // Again until s2n agrees that it is over: a timer may fire a little early, and s2n would refuse the alert.
        for (TimeSpan delay; (delay = connection.BlindingDelay) > TimeSpan.Zero;)
        {
            if (!await BlindingDelays.WaitAsync(delay, connection.Fault!.BlindingBudget).ConfigureAwait(false))
            {
                return; // too many wait: it ends without an alert, which s2n would refuse so early
            }
        }

        if (!await writeTurn.EnterAsync(AlertTimeout).ConfigureAwait(false))
        {
            return; // a write is stuck: there is no room for an alert
        }

        try
        {
            _isSending = true;
            await sendAlert().ConfigureAwait(false);
        }
        finally
        {
            _isSending = false;
            writeTurn.Leave();
        }
    }
}
