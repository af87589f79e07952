using System.Runtime.ExceptionServices;
using S2nTls.Context;
using S2nTls.Telemetry;

namespace S2nTls.Sessions;

/// <summary>
/// Asks a ring's provider for keys, and makes the contexts that use the ring adopt them. Thread-safe.
/// </summary>
/// <remarks>
/// <code>
/// unused ──Join──▶ asking, on the caller's thread ──keys──▶ quiet ──AskIfDue: the interval is over──▶ asking, on a pool thread ──▶ quiet
///    ▲                       └─failure: thrown to the caller                                                (failure: until after a pause)
///    └──── Leave: the last context is disposed, even while the provider is being asked; the keys are wiped
/// </code>
/// One thread asks at a time, and meanwhile handshakes consider the time quiet. The lock is held briefly: never while the provider is asked, a config
/// is made, or a handler runs. So disposing a context waits for nothing. One lock guards all of it, so it is one class, and long.
/// </remarks>
internal sealed class TicketKeyRotation
{
    private static readonly TimeSpan s_shortestTimer = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestTimer = TimeSpan.FromDays(1); // the system's timer has a limit too

    private readonly S2nTicketKeyRing _ring;
    private readonly S2nTicketKeyProvider _provider;
    private readonly TimeProvider _clock;
    private readonly AskingSchedule _schedule;
    private readonly Lock _lock = new();

    /// <summary>The contexts' sources. Weak: a context that is never disposed can still be collected.</summary>
    private readonly List<WeakReference<ConfigSource>> _users = [];

    /// <summary>Null while no context uses the ring, and while the first is being made.</summary>
    private TicketKeySet? _keys;

    /// <summary>The asking in progress; ends with what went wrong, if anything. Null if there is none.</summary>
    private TaskCompletionSource<Exception?>? _asking;

    private ITimer? _timer;

    private volatile Exception? _failure;
    private volatile QuietTime _quiet = QuietTime.Always;

    internal TicketKeyRotation(S2nTicketKeyRing ring, S2nTicketKeyProvider provider, TimeProvider clock, Func<double> random)
    {
        _ring = ring;
        _provider = provider;
        _clock = clock;
        _schedule = new AskingSchedule(ring, clock, random);
    }

    internal Exception? Failure => _failure;

    /// <summary>Ends when the asking in progress is over.</summary>
    internal Task Asking
    {
        get
        {
            lock (_lock)
            {
                return _asking?.Task ?? Task.CompletedTask;
            }
        }
    }

    /// <summary>Adds a context that is being made to those that use the ring, until <see cref="Leave"/>. There are keys when it returns.</summary>
    /// <exception cref="Exception">What the provider throws, if there are no keys yet.</exception>
    internal void Join(ConfigSource user)
    {
        lock (_lock)
        {
            _users.Add(new WeakReference<ConfigSource>(user));
            TicketKeyAges.Rings.Add(this, static rotation => ((TicketKeyRotation)rotation).ReadAges());
        }

        EnsureKeys();
    }

    /// <summary>Removes a context, which needs no more keys. After the last one, the keys are wiped.</summary>
    internal void Leave(ConfigSource user)
    {
        lock (_lock)
        {
            _users.RemoveAll(reference => !reference.TryGetTarget(out ConfigSource? other) || other == user);
            ForgetIfUnused();
        }
    }

    /// <summary>The keys at hand, for making a config: the caller must release them. Null if no context uses the ring any more.</summary>
    internal TicketKeySet? Acquire()
    {
        lock (_lock)
        {
            bool counted = false;
            _keys?.DangerousAddRef(ref counted);
            return _keys;
        }
    }

    /// <summary>Starts asking for the period's keys if it is time to. Waits for nothing: every handshake calls it.</summary>
    internal void AskIfDue()
    {
        if (!_quiet.Includes(_clock.GetUtcNow()))
        {
            BeginToAsk();
        }
    }

    private void BeginToAsk()
    {
        lock (_lock)
        {
            ForgetIfUnused();
            if (_asking is not null || _quiet.Includes(_clock.GetUtcNow()))
            {
                return;
            }

            _asking = NewQuestion();
            _quiet = QuietTime.Always;
        }

        // No execution context flows to the provider from the handshake that noticed.
        ThreadPool.UnsafeQueueUserWorkItem(static rotation => rotation.Ask(), this, preferLocal: false);
    }

    private void EnsureKeys()
    {
        Exception? failure = null;
        while (true)
        {
            Task<Exception?> asking;
            bool isMine;
            lock (_lock)
            {
                if (_keys is not null)
                {
                    return;
                }

                if (failure is not null)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }

                isMine = _asking is null;
                asking = (_asking ??= NewQuestion()).Task;
            }

            if (isMine)
            {
                Ask();
            }

            failure = asking.GetAwaiter().GetResult(); // without keys the context cannot be made
        }
    }

    /// <summary>Only for the thread that has set <see cref="_asking"/>.</summary>
    private void Ask()
    {
        long period = _ring.CurrentPeriod;
        TicketKeySet? keys = null;
        Exception? failure = null;
        try
        {
            keys = CopyOfKnown(period);
            Collect(keys, period);
        }
        catch (Exception e)
        {
            failure = e; // the keys received before it are still useful
        }

        bool hasCurrent = keys is not null && keys.Periods.Contains(period);
        try
        {
            HandOut(Publish(keys, failure));
        }
        catch (Exception e)
        {
            failure ??= e; // a context without a new config keeps its old one until the provider is asked again
        }

        Settle(period, hasCurrent, failure);
    }

    /// <returns>The keys at hand that are still good: all of them, or, if this throws, none, so that no good key is lost.</returns>
    private TicketKeySet CopyOfKnown(long period)
    {
        var keys = new TicketKeySet();
        if (Acquire() is { } known)
        {
            try
            {
                keys.CopyFrom(known, _ring.FirstPeriodAt(period), period + 1);
            }
            finally
            {
                known.DangerousRelease();
            }
        }

        return keys;
    }

    /// <summary>The most needed first: a provider that fails is not asked for more.</summary>
    private void Collect(TicketKeySet keys, long period)
    {
        long first = _ring.FirstPeriodAt(period), last = period + 1;
        for (int i = 0; i <= last - first; i++)
        {
            long wanted = i == 0 ? period : i == 1 ? last : period - i + 1;
            if (!keys.Periods.Contains(wanted) && _provider.GetKey(wanted) is { } key)
            {
                keys.Add(wanted, key);
            }
        }
    }

    /// <returns>The contexts that must make a new config.</returns>
    private List<ConfigSource> Publish(TicketKeySet? keys, Exception? failure)
    {
        lock (_lock)
        {
            ForgetIfUnused();
            bool isWanted = keys is not null && _users.Count > 0
                && (_keys is null ? failure is null : !keys.Periods.SequenceEqual(_keys.Periods));
            TicketKeySet? superseded = keys;
            if (isWanted)
            {
                superseded = _keys;
                _keys = keys;
            }

            superseded?.Dispose(); // wiped when no config is being made with it any more
            return [.. _users.Select(user => user.TryGetTarget(out ConfigSource? source) ? source : null).OfType<ConfigSource>()];
        }
    }

    /// <exception cref="AggregateException">Some contexts could not make a config; the others did.</exception>
    private static void HandOut(List<ConfigSource> users)
    {
        List<Exception>? failures = null;
        foreach (ConfigSource user in users)
        {
            try
            {
                user.Renew();
            }
            catch (Exception e)
            {
                (failures ??= []).Add(e);
            }
        }

        if (failures is not null)
        {
            throw new AggregateException(failures);
        }
    }

    /// <summary>Ends the asking, and determines when to ask again.</summary>
    private void Settle(long period, bool hasCurrent, Exception? failure)
    {
        TaskCompletionSource<Exception?> asking;
        bool isNews = false;
        lock (_lock)
        {
            asking = _asking!;
            _asking = null;
            if (_keys is not null) // otherwise they are no longer needed, or the failure goes to the caller
            {
                isNews = failure is not null && _failure is null;
                _failure = failure;
                _quiet = failure is null && hasCurrent ? _schedule.Rest(period) : _schedule.Pause();
                SetTimer();
            }
        }

        if (isNews)
        {
            _ring.Tell(failure!);
        }

        asking.SetResult(failure);
    }

    /// <summary>Handshakes ask too, but a server with few of them would have no good key left when the next one comes.</summary>
    private void SetTimer()
    {
        long left = _quiet.Until - _clock.GetUtcNow().UtcTicks;
        var wait = TimeSpan.FromTicks(Math.Clamp(left, s_shortestTimer.Ticks, s_longestTimer.Ticks));
        if (_timer is not null)
        {
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
            return;
        }

        bool isFlowing = !ExecutionContext.IsFlowSuppressed(); // the timer keeps no execution context of the caller
        if (isFlowing)
        {
            ExecutionContext.SuppressFlow();
        }

        try
        {
            _timer = _clock.CreateTimer(OnTimer, new WeakReference<TicketKeyRotation>(this), wait, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            if (isFlowing)
            {
                ExecutionContext.RestoreFlow();
            }
        }
    }

    private static void OnTimer(object? state)
    {
        if (((WeakReference<TicketKeyRotation>)state!).TryGetTarget(out TicketKeyRotation? rotation))
        {
            rotation.AskIfDue();
            lock (rotation._lock)
            {
                if (rotation._asking is null && rotation._keys is not null)
                {
                    rotation.SetTimer(); // it fired early: its clock is a different one
                }
            }
        }
    }

    private void ForgetIfUnused()
    {
        _users.RemoveAll(user => !user.TryGetTarget(out _));
        if (_users.Count == 0)
        {
            _keys?.Dispose();
            _keys = null;
            _timer?.Dispose();
            _timer = null;
            _failure = null;
            _schedule.Forget();
            _quiet = QuietTime.Always;
            TicketKeyAges.Rings.Remove(this);
        }
    }

    private TicketKeyReport ReadAges()
    {
        lock (_lock)
        {
            return _ring.AgesOf(_keys?.Periods ?? []);
        }
    }

    private static TaskCompletionSource<Exception?> NewQuestion() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
