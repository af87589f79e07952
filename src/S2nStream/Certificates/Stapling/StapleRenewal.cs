using Nito.AsyncEx;
using S2nTls.Sessions;

namespace S2nTls.Certificates.Stapling;

/// <summary>
/// Keeps the response for one certificate: fetches it, has it renewed long before it expires, and lets go of it when it has. It is a loop that
/// waits most of the time, without a thread, and ends when no context shows the certificate any more. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // the source has no timer and no handle, and whoever waits in the loop may hold it longer than anybody could dispose it
internal sealed class StapleRenewal
#pragma warning restore CA1001
{
    /// <summary>However long there is nothing to do, it looks: the wall clock may be set, and contexts are collected without a word.</summary>
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

    /// <summary>What went wrong last; null while all is well.</summary>
    internal Exception? Failure => _failure;

    internal OcspStaple? StapleAt(DateTimeOffset now) => _staple is { } staple && staple.IsGoodAt(now) ? staple : null;

    /// <summary>Gives it a response to begin with. Only before <see cref="Start"/>.</summary>
    internal void BeginWith(OcspStaple staple)
    {
        _staple = staple;
        _quiet = _schedule.Rest(staple);
    }

    internal void Start() => ThreadPool.UnsafeQueueUserWorkItem(static renewal => _ = renewal.RunAsync(), this, preferLocal: false); // nothing of the context's maker flows

    /// <summary>Whoever waits in it is woken on another thread.</summary>
    internal void Stop() => _ = _stop.CancelAsync();

    /// <summary>Has it look at the clock now.</summary>
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
            // nobody wants it any more
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
                ? new InvalidOperationException($"The certificate '{Subject.Name}' is revoked, says its OCSP responder. Clients that ask are shown that.")
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

    /// <summary>Asks the responders that the certificate names, one after the other, beginning with the one that has answered before.</summary>
    /// <exception cref="IOException">None has a good answer.</exception>
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
                failures.Add(new IOException($"The OCSP responder {responder} has no good answer about the certificate '{Subject.Name}': {e.Message}", e));
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
            // there is something to do, or it is time to look
        }
    }
}
