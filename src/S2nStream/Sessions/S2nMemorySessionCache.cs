namespace S2nTls;

/// <summary>Keeps sessions in memory, a few for each host. Thread-safe. Every client's context has one of its own unless it is given another cache.</summary>
public sealed class S2nMemorySessionCache : S2nSessionCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Host>> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The hosts, the one used last first.</summary>
    private readonly LinkedList<Host> _byUse = [];
    private readonly int _maxHosts;
    private readonly int _sessionsPerHost;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="maxHosts">How many hosts have sessions; the one not used for the longest makes room.</param>
    /// <param name="sessionsPerHost">How many sessions a host has, and so how many connections can be resumed at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public S2nMemorySessionCache(int maxHosts = 256, int sessionsPerHost = 4)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxHosts);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sessionsPerHost);
        _maxHosts = maxHosts;
        _sessionsPerHost = sessionsPerHost;
    }

    /// <inheritdoc/>
    protected internal override void Add(S2nSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        lock (_lock)
        {
            Queue<S2nSession> sessions = Touch(session.TargetHost).Value.Sessions;
            sessions.Enqueue(session);
            if (sessions.Count > _sessionsPerHost)
            {
                sessions.Dequeue(); // the oldest
            }
        }
    }

    /// <inheritdoc/>
    protected internal override S2nSession? Take(string targetHost)
    {
        ArgumentNullException.ThrowIfNull(targetHost);
        lock (_lock)
        {
            if (!_hosts.TryGetValue(targetHost, out LinkedListNode<Host>? host))
            {
                return null;
            }

            while (host.Value.Sessions.TryDequeue(out S2nSession? session))
            {
                if (session.ExpiresAt > DateTimeOffset.UtcNow)
                {
                    return session;
                }
            }

            return null;
        }
    }

    private LinkedListNode<Host> Touch(string name)
    {
        if (_hosts.TryGetValue(name, out LinkedListNode<Host>? host))
        {
            _byUse.Remove(host);
        }
        else
        {
            host = new LinkedListNode<Host>(new Host(name, new Queue<S2nSession>(_sessionsPerHost)));
            _hosts.Add(name, host);
            if (_hosts.Count > _maxHosts)
            {
                _hosts.Remove(_byUse.Last!.Value.Name);
                _byUse.RemoveLast();
            }
        }

        _byUse.AddFirst(host);
        return host;
    }

    private sealed record Host(string Name, Queue<S2nSession> Sessions);
}
