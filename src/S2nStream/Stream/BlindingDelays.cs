using System.Security.Cryptography;
using S2nTls.Errors;

namespace S2nTls;

/// <summary>
/// The waits between blinded errors and their answers, for the whole process. Each keeps a connection and its transport open, so their number is
/// bounded: a peer that causes errors faster than they are answered must not fill the memory. Each budget has its own bound, so that anonymous
/// peers do not cut short the waits of identified ones.
/// </summary>
/// <remarks>
/// If there are too many, one is released early. It is chosen at random, because an order would reveal which error came first; it is not the
/// newest, whose answer would then come at the very moment of its error; and it is not released exactly when the newest arrives, but a little
/// later, because its end would otherwise reveal that moment to a peer that has both connections. Only if even those about to be released become
/// too many is one released at once.
/// </remarks>
internal sealed class BlindingDelays
{
    /// <summary>The limit of each budget: about 15 MB of connections; at s2n's 10 to 30 seconds, fifty errors a second.</summary>
    internal const int Most = 1024;

    /// <summary>From this number on they are released early: the rest leaves room for those about to be released.</summary>
    internal const int Comfortable = Most - (Most / 4);

    private static readonly TimeSpan s_parting = TimeSpan.FromMilliseconds(500);
    private static readonly BlindingDelays[] s_budgets = [.. Enum.GetValues<BlindingBudget>().Select(_ => new BlindingDelays())];

    private readonly Lock _lock = new();
    private readonly List<Wait> _waiting = [];
    private int _parting;

    private BlindingDelays() { }

    /// <summary>How many wait now.</summary>
    internal static int Count(BlindingBudget budget)
    {
        BlindingDelays delays = s_budgets[(int)budget];
        lock (delays._lock)
        {
            return delays._waiting.Count + delays._parting;
        }
    }

    /// <returns>Whether the whole delay has passed; false if it was cut short.</returns>
    internal static Task<bool> WaitAsync(TimeSpan delay, BlindingBudget budget) => s_budgets[(int)budget].WaitAsync(delay);

    private async Task<bool> WaitAsync(TimeSpan delay)
    {
        var wait = new Wait();
        Enter(wait);
        try
        {
            await Task.Delay(delay, wait.Hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return !wait.Hurry.IsCancellationRequested;
        }
        finally
        {
            Leave(wait);
        }
    }

    private void Enter(Wait wait)
    {
        lock (_lock)
        {
            int count = _waiting.Count + _parting;
            if (count >= Comfortable)
            {
                LetOneGo(atOnce: count == Most);
            }

            wait.Place = _waiting.Count;
            _waiting.Add(wait);
        }
    }

    private void LetOneGo(bool atOnce)
    {
        Wait chosen = _waiting[RandomNumberGenerator.GetInt32(_waiting.Count)];
        Remove(chosen);
        if (atOnce)
        {
            _ = chosen.Hurry.CancelAsync(); // its continuation runs on the pool, not here
        }
        else
        {
            chosen.IsParting = true;
            _parting++;
            chosen.Hurry.CancelAfter(RandomNumberGenerator.GetInt32((int)s_parting.TotalMilliseconds));
        }
    }

    private void Leave(Wait wait)
    {
        lock (_lock)
        {
            if (wait.IsParting)
            {
                _parting--;
            }
            else if (wait.Place >= 0)
            {
                Remove(wait);
            }
        }
    }

    /// <summary>The last takes its place.</summary>
    private void Remove(Wait wait)
    {
        Wait last = _waiting[^1];
        _waiting[wait.Place] = last;
        last.Place = wait.Place;
        _waiting.RemoveAt(_waiting.Count - 1);
        wait.Place = -1;
    }

    private sealed class Wait
    {
        /// <summary>Not disposed: it may be in the middle of a cancellation; and it has at most a timer, which has then fired.</summary>
        internal CancellationTokenSource Hurry { get; } = new();

        /// <summary>Its index in the list; −1 if it is in none.</summary>
        internal int Place { get; set; }

        internal bool IsParting { get; set; }
    }
}
