namespace S2nTls;

/// <summary>
/// The waits between errors that are blinded and their answers, of the whole process. Each keeps a connection and
/// its transport open, so their number is bounded: a peer that causes errors faster than they are answered must
/// not fill the memory. Where there are too many, the oldest is let go early, which has waited longest.
/// </summary>
internal static class BlindingDelays
{
    /// <summary>About 30 MB of connections; at s2n's 10 to 30 seconds, a hundred errors a second.</summary>
    internal const int Most = 2048;

    private static readonly LinkedList<CancellationTokenSource> s_waiting = [];

    /// <summary>How many wait now.</summary>
    internal static int Count
    {
        get
        {
            lock (s_waiting)
            {
                return s_waiting.Count;
            }
        }
    }

    /// <returns>Whether the whole delay has passed; false where it was cut short.</returns>
    internal static async Task<bool> WaitAsync(TimeSpan delay)
    {
        var hurry = new CancellationTokenSource(); // not disposed: it may just be being cancelled, and has nothing that needs to be
        LinkedListNode<CancellationTokenSource> place = Enter(hurry);
        try
        {
            await Task.Delay(delay, hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return !hurry.IsCancellationRequested;
        }
        finally
        {
            Leave(place);
        }
    }

    private static LinkedListNode<CancellationTokenSource> Enter(CancellationTokenSource hurry)
    {
        lock (s_waiting)
        {
            if (s_waiting.Count == Most)
            {
                // Its continuation runs on the pool, not here, and finds itself gone.
                _ = s_waiting.First!.Value.CancelAsync();
                s_waiting.RemoveFirst();
            }

            return s_waiting.AddLast(hurry);
        }
    }

    private static void Leave(LinkedListNode<CancellationTokenSource> place)
    {
        lock (s_waiting)
        {
            if (place.List is not null)
            {
                s_waiting.Remove(place);
            }
        }
    }
}
