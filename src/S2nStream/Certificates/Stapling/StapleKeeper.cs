using S2nTls.Context;

namespace S2nTls.Certificates.Stapling;

/// <summary>The responses of a stapler, for all contexts that use it; tracks which certificates they show, and notifies them. Thread-safe.</summary>
/// <remarks>The lock is held only briefly: never while a responder is asked, a config is made or a handler runs.</remarks>
#pragma warning disable CA1001 // the semaphore has no handle: its wait handle is never used
internal sealed class StapleKeeper(Action<Exception> tell, HttpMessageInvoker http, TimeSpan timeout, TimeProvider clock, Func<double> random)
#pragma warning restore CA1001
{
    /// <summary>So that a server with thousands of certificates does not ask about all of them at once.</summary>
    private const int MostAtATime = 16;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turns = new(MostAtATime);
    private readonly Dictionary<string, StapleRenewal> _renewals = new(StringComparer.Ordinal);

    /// <summary>The contexts' sources, and the certificates that each shows. Weak, so that a context that is never disposed is still collected.</summary>
    private readonly List<User> _users = [];

    internal TimeProvider Clock => clock;

    internal Func<double> Random => random;

    internal OcspClient Client { get; } = new(http, timeout, clock);

    /// <summary>The first of the current problems; null while all is well.</summary>
    internal Exception? Failure
    {
        get
        {
            lock (_lock)
            {
                Prune();
                return _renewals.Values.Select(renewal => renewal.Failure).Concat(_users.SelectMany(user => user.Obstacles)).FirstOrDefault(failure => failure is not null);
            }
        }
    }

    /// <summary>The number of certificates whose responses are renewed.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                Prune();
                return _renewals.Count;
            }
        }
    }

    /// <summary>The number of responders being asked.</summary>
    internal int Asking => MostAtATime - _turns.CurrentCount;

    /// <summary>What can be stapled to a certificate now; null for nothing.</summary>
    internal OcspStaple? Find(OcspSubject subject)
    {
        lock (_lock)
        {
            return _renewals.GetValueOrDefault(subject.Key)?.StapleAt(clock.GetUtcNow());
        }
    }

    /// <summary>Fetches and renews responses for a context's certificates, instead of those that it has shown until now.</summary>
    internal void Follow(ConfigSource source, IReadOnlyCollection<FollowedCertificate> certificates)
    {
        Exception[] obstacles = [.. certificates.Select(certificate => certificate.Obstacle).OfType<Exception>()];
        lock (_lock)
        {
            Remove(source);
            FollowedCertificate[] known = [.. certificates.Where(certificate => certificate.Subject is not null)];
            _users.Add(new User(new WeakReference<ConfigSource>(source), [.. known.Select(certificate => certificate.Subject!.Key)], obstacles));
            Array.ForEach(known, Begin);
            Prune();
        }

        Array.ForEach(obstacles, Tell);
    }

    /// <summary>A context no longer shows any certificate.</summary>
    internal void Leave(ConfigSource source)
    {
        lock (_lock)
        {
            Remove(source);
            Prune();
        }
    }

    internal bool IsWanted(StapleRenewal renewal)
    {
        lock (_lock)
        {
            Prune();
            return _renewals.ContainsValue(renewal);
        }
    }

    /// <summary>Makes all renewals check the clock: a response has expired unnoticed.</summary>
    internal void WakeAll()
    {
        lock (_lock)
        {
            foreach (StapleRenewal renewal in _renewals.Values)
            {
                renewal.Wake();
            }
        }
    }

    internal async Task<T> WithTurnAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await action().ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Makes the contexts that show the certificate staple the current response.</summary>
    /// <exception cref="AggregateException">Some contexts failed; the others have it.</exception>
    internal void HandOut(StapleRenewal renewal)
    {
        List<Exception> failures = [];
        foreach (ConfigSource source in UsersOf(renewal))
        {
            try
            {
                source.Renew();
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    /// <summary>Like <see cref="HandOut"/>, but reports failures instead of throwing.</summary>
    internal void HandOutQuietly(StapleRenewal renewal)
    {
        try
        {
            HandOut(renewal);
        }
        catch (AggregateException e)
        {
            Tell(e);
        }
    }

    /// <summary>Reports a failure, on a thread-pool thread.</summary>
    internal void Tell(Exception failure) => ThreadPool.UnsafeQueueUserWorkItem(tell, failure, preferLocal: false);

    private void Begin(FollowedCertificate certificate)
    {
        OcspSubject subject = certificate.Subject!;
        if (!_renewals.ContainsKey(subject.Key))
        {
            var renewal = new StapleRenewal(this, subject);
            if (certificate.SeedAt(clock.GetUtcNow()) is { } seed)
            {
                renewal.BeginWith(seed);
            }

            _renewals.Add(subject.Key, renewal);
            renewal.Start();
        }
    }

    private List<ConfigSource> UsersOf(StapleRenewal renewal)
    {
        lock (_lock)
        {
            return
            [
                .. _users.Where(user => user.Keys.Contains(renewal.Subject.Key))
                    .Select(user => user.Source.TryGetTarget(out ConfigSource? source) ? source : null)
                    .OfType<ConfigSource>(),
            ];
        }
    }

    private void Remove(ConfigSource source) => _users.RemoveAll(user => user.Source.TryGetTarget(out ConfigSource? other) && other == source);

    private void Prune()
    {
        _users.RemoveAll(user => !user.Source.TryGetTarget(out _));
        foreach ((string key, StapleRenewal renewal) in _renewals.Where(entry => !_users.Any(user => user.Keys.Contains(entry.Key))).ToArray())
        {
            _renewals.Remove(key);
            renewal.Stop();
        }
    }

    private sealed record User(WeakReference<ConfigSource> Source, HashSet<string> Keys, Exception[] Obstacles);
}
