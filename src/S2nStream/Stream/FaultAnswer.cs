using S2nTls.Engine;
using S2nTls.Errors;
using S2nTls.Telemetry;

namespace S2nTls;

/// <summary>
/// The answer to the fault that has ended a connection: the alert, as soon as the peer may be told. Until <see cref="Ended"/>, the transport must
/// not be closed. A connection has one, begun by whichever comes first: the call that met the fault, disposal, or a query for its end.
/// </summary>
/// <param name="connection">The connection, with its fault.</param>
/// <param name="writeTurn">Held while the alert is being sent.</param>
/// <param name="sendAlert">Sends the alert, if the write side still can. Called with the write turn held.</param>
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

    /// <summary>Called once. It does not block: if it has to wait, it continues in the background.</summary>
    internal void Begin() => _ = AnswerAsync();

    private async Task AnswerAsync()
    {
        try
        {
            await GiveAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException or OperationCanceledException or InvalidOperationException or NotSupportedException)
        {
            // The alert is a courtesy, which the inner stream may refuse.
        }
        finally
        {
            _ended.SetResult();
        }
    }

    /// <returns>Whether the whole delay has passed; false if it was cut short.</returns>
    private async Task<bool> WaitAsync(TimeSpan delay)
    {
        BlindingBudget budget = connection.Fault!.BlindingBudget;
        string budgetName = budget.ToString().ToLowerInvariant();
        BlindingReport.Begin(budgetName, delay);
        bool isWhole = false;
        try
        {
            // Repeated until s2n agrees that the delay is over: a timer may fire a little early, and s2n would refuse the alert.
            do
            {
                isWhole = await BlindingDelays.WaitAsync(delay, budget).ConfigureAwait(false);
            }
            while (isWhole && (delay = connection.BlindingDelay) > TimeSpan.Zero);
            return isWhole;
        }
        finally
        {
            BlindingReport.End(budgetName, isCutShort: !isWhole);
        }
    }

    private async Task GiveAsync()
    {
        if (connection.BlindingDelay is var delay && delay > TimeSpan.Zero && !await WaitAsync(delay).ConfigureAwait(false))
        {
            return; // too many are waiting: this ends without an alert, which s2n would refuse so early
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
