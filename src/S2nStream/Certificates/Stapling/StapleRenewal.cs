using Nito.AsyncEx;
using S2nTls.Sessions;

namespace S2nTls.Certificates.Stapling;

/// <summary>
/// Keeps the response for one certificate: fetches it, renews it long before it expires, and drops it when it has expired. It is a loop that waits
/// most of the time, without blocking a thread, and ends when no context shows the certificate any more. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // the source has no timer and no handle, and the loop may use it longer than anyone could dispose it
internal sealed class StapleRenewal
#pragma warning restore CA1001
{
    /// <summary>Checks at least this often: the wall clock may be set, and contexts are collected without notice.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_shortestWait = TimeSpan.FromMilliseconds(100);

    private readonly StapleKeeper _keeper;
    private readonly StapleSchedule _schedule;
    private readonly CancellationTokenSource _stop = new();
    private readonly AsyncManualResetEvent _awake = new();
    private volatile OcspStaple? _staple;
    private volatile Exception? _failure;
    private QuietTime _quiet = new(0, 0);
    private int _lastResponder;

    internal StapleRenewal(StapleKeeper keeper, OcspSubject subject)
    {
        _keeper = keeper;
        _schedule = new StapleSchedule(keeper.Clock, keeper.Random);
        Subject = subject;
    }

    internal OcspSubject Subject { get; }

    /// <summary>The last failure; null while all is well.</summary>
    internal Exception? Failure => _failure;

    internal OcspStaple? StapleAt(DateTimeOffset now) => _staple is { } staple && staple.IsGoodAt(now) ? staple : null;

    /// <summary>Sets an initial response. Call it only before <see cref="Start"/>.</summary>
    internal void BeginWith(OcspStaple staple)
    {
        _staple = staple;
        _quiet = _schedule.Rest(staple);
    }

    internal void Start() => ThreadPool.UnsafeQueueUserWorkItem(static renewal => _ = renewal.RunAsync(), this, preferLocal: false); // without the execution context of the caller

    /// <summary>Asynchronous, so that what waits in the loop continues on another thread.</summary>
    internal void Stop() => _ = _stop.CancelAsync();

    /// <summary>Makes it check the clock now.</summary>
    internal void Wake() => _awake.Set();

    private async Task RunAsync()
    {
        try
        {
            while (_keeper.IsWanted(this))
            {
                if (!_quiet.Includes(_keeper.Clock.GetUtcNow()))
                {
                    await FetchAsync().ConfigureAwait(false);
                }

                LetGoOfExpired();
                await RestAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // no longer wanted
        }
    }

    private async Task FetchAsync()
    {
        Exception? failure = null;
        try
        {
            OcspStaple fetched = await _keeper.WithTurnAsync(AskAllAsync, _stop.Token).ConfigureAwait(false);
            OcspStaple? old = _staple;
            if (fetched.IsNewsAfter(old, _keeper.Clock.GetUtcNow()))
            {
                _staple = fetched;
            }

            _quiet = _schedule.Rest(_staple!);
            _keeper.HandOut(this);
            failure = _staple!.IsRevoked
                ? new InvalidOperationException($"The OCSP responder says that the certificate '{Subject.Name}' is revoked. Clients that ask are sent this.")
                : null;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            failure = e;
            _quiet = _schedule.Pause();
        }

        bool isNews = failure is not null && _failure is null;
        _failure = failure;
        if (isNews)
        {
            _keeper.Tell(failure!);
        }
    }

    /// <summary>Asks the responders that the certificate names, one after the other, starting with the one that answered last.</summary>
    /// <exception cref="IOException">None gave an acceptable answer.</exception>
    private async Task<OcspStaple> AskAllAsync()
    {
        List<Exception> failures = [];
        for (int i = 0; i < Subject.Responders.Count; i++)
        {
            int number = (_lastResponder + i) % Subject.Responders.Count;
            Uri responder = Subject.Responders[number];
            try
            {
                byte[] response = await _keeper.Client.AskAsync(responder, Subject.Request, _stop.Token).ConfigureAwait(false);
                OcspStaple staple = OcspVerification.Check(response, Subject, _keeper.Clock.GetUtcNow());
                _lastResponder = number;
                return staple;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception e)
            {
                failures.Add(new IOException($"The OCSP responder {responder} gave no acceptable answer for the certificate '{Subject.Name}': {e.Message}", e));
            }
        }

        throw failures is [var only] ? only : new AggregateException(failures);
    }

    private void LetGoOfExpired()
    {
        if (_staple is { } staple && !staple.IsGoodAt(_keeper.Clock.GetUtcNow()))
        {
            _staple = null;
            _keeper.HandOutQuietly(this);
        }
    }

    private async Task RestAsync()
    {
        long now = _keeper.Clock.GetUtcNow().UtcTicks;
        long next = Math.Min(_quiet.Until, _staple?.Until.UtcTicks ?? long.MaxValue);
        var wait = TimeSpan.FromTicks(Math.Clamp(next - now, s_shortestWait.Ticks, s_longestWait.Ticks));
        try
        {
            await _awake.WaitAsync().WaitAsync(wait, _keeper.Clock, _stop.Token).ConfigureAwait(false);
            _awake.Reset();
        }
        catch (TimeoutException)
        {
            // something is due, or it is time to check
        }
    }
}
