using System.Diagnostics.CodeAnalysis;
using S2nTls.Engine;
using S2nTls.Transport;

namespace S2nTls;

public partial class S2nStream
{
    /// <summary>
    /// Ends pending operations with an <see cref="ObjectDisposedException"/>, sends <c>close_notify</c> if the write side is open and idle, and
    /// closes the inner stream unless it is to be left open. It does not block: if the inner stream does not accept the alert at once, or must be
    /// kept open because an error is blinded (docs/lifecycle.md), the rest is done in the background.
    /// </summary>
    [SuppressMessage("Usage", "CA2215:Dispose methods should call base class dispose", Justification = "The base class would close the inner stream at once; this override decides when to close it.")]
    protected override void Dispose(bool disposing)
    {
        if (!disposing || Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Task finish = FinishAsync(closeAsynchronously: false);
        if (finish.IsCompleted)
        {
            finish.GetAwaiter().GetResult(); // rethrows what the inner stream's Dispose threw
        }
        else
        {
            Forget(finish);
        }
    }

    /// <summary>
    /// Like <see cref="Dispose(bool)"/>, but completes when <c>close_notify</c> has been handed to the inner stream (which may take at most 5
    /// seconds) and the inner stream is closed. It waits neither for a blinded error nor for application code that this stream has called.
    /// </summary>
    [SuppressMessage("Usage", "CA2215:Dispose methods should call base class dispose", Justification = "The base class would close the inner stream at once; this override decides when to close it.")]
    [SuppressMessage("Usage", "CA1816:Dispose methods should call SuppressFinalize", Justification = "There is no finalizer.")]
    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        Task finish = FinishAsync(closeAsynchronously: true);
        GC.SuppressFinalize(this);
        return new ValueTask(finish);
    }

    /// <summary>The one way to end a stream. It continues in the background after its first wait.</summary>
    private async Task FinishAsync(bool closeAsynchronously)
    {
        LeaveApplication();

        // From here on no reader begins anything more; a waiting one, at whatever stage, is released. If none waits, nothing is stopped: a pipe
        // that is left open would apply it to its next reader.
        ReadTurnEnd reader = _readTurn.Close();
        if (reader is ReadTurnEnd.WasFree or ReadTurnEnd.WasAsking)
        {
            _transport.DiscardReceived();
        }
        else if (reader is ReadTurnEnd.WasParked or ReadTurnEnd.IsLeavingParked)
        {
            _transport.StopReceiving();
        }

        if (_earlyData is { } earlyData)
        {
            earlyData.Wipe();
            earlyData.End(System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(new ObjectDisposedException(GetType().FullName)));
        }

        // A reader that met a fault set it before it left, and may not have answered it yet.
        FaultAnswer? answer = AnswerToFault();

        // The holder of the write turn is released too, except the answer to a fault, which ends by itself, and a handshake in application code,
        // which may take long, and will touch nothing when it returns.
        bool hasTurn = _writeTurn.TryEnter();
        bool isAsking = reader == ReadTurnEnd.WasAsking && CurrentStage == Stage.Authenticating;
        if (!hasTurn && !isAsking && answer is not { IsSending: true })
        {
            _transport.StopSending();
        }

        try
        {
            if (answer is null && hasTurn && CurrentStage == Stage.Authenticated && _writeTurn.IsOpen && !_transport.IsSendingUnwatched)
            {
                await SendCloseNotifyIfPossibleAsync(_connection!).ConfigureAwait(false);
            }

            if (reader is ReadTurnEnd.IsLeaving or ReadTurnEnd.IsLeavingParked)
            {
                await _readTurn.Left.ConfigureAwait(false);
                if (reader == ReadTurnEnd.IsLeaving)
                {
                    _transport.DiscardReceived();
                }
            }
        }
        finally
        {
            // Checked again, last of all: a caller released here may have met a fault on its way out.
            answer = AnswerToFault();
            if (answer is not null)
            {
                ReleaseTurn(hasTurn);
                hasTurn = false;
            }

            if (answer is { Ended.IsCompleted: false } && !_transport.LeavesOpen)
            {
                Forget(CloseAfterAsync(answer, isAsking, closeAsynchronously)); // not awaited
            }
            else
            {
                await CloseAsync(hasTurn, isAsking, closeAsynchronously).ConfigureAwait(false);
            }
        }
    }

    private async Task CloseAfterAsync(FaultAnswer answer, bool isAsking, bool closeAsynchronously)
    {
        await answer.Ended.ConfigureAwait(false);
        await CloseAsync(hasTurn: false, isAsking, closeAsynchronously).ConfigureAwait(false);
    }

    private async Task CloseAsync(bool hasTurn, bool isAsking, bool closeAsynchronously)
    {
        if (!hasTurn && !isAsking && _transport.ClosesAfterSending)
        {
            await _writeTurn.EnterAsync<NonBlocking>(CancellationToken.None).ConfigureAwait(false);
            hasTurn = true;
        }

        _connection?.Dispose();
        try
        {
            if (closeAsynchronously)
            {
                await _transport.CloseAsync().ConfigureAwait(false);
            }
            else
            {
                _transport.Close();
            }
        }
        finally
        {
            // Callers still waiting for the turn find the stream disposed.
            ReleaseTurn(hasTurn);
        }
    }

    private void ReleaseTurn(bool hasTurn)
    {
        if (hasTurn)
        {
            _writeTurn.Leave();
        }
    }

    private async ValueTask SendCloseNotifyIfPossibleAsync(TlsConnection connection)
    {
        try
        {
            await SendClosingAlertAsync(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException or OperationCanceledException or InvalidOperationException or NotSupportedException)
        {
            // The peer may have gone, and the inner stream with it: there is no one left to tell.
        }
    }

    /// <summary>Lets a task run unobserved. If an inner stream's Dispose throws, there is no caller left to throw to.</summary>
    private static void Forget(Task task) =>
        _ = task.ContinueWith(
            static ended => _ = ended.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
