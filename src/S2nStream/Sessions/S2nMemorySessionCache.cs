namespace S2nTls;

/// <summary>
/// Keeps sessions in memory, a few for each server (<see cref="S2nSessionOrigin"/>). Thread-safe. Every client context has its own unless its
/// options set another cache.
/// </summary>
public sealed class S2nMemorySessionCache : S2nSessionCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<S2nSessionOrigin, LinkedListNode<Server>> _servers = [];

    /// <summary>The servers, the most recently used first.</summary>
    private readonly LinkedList<Server> _byUse = [];
    private readonly int _maxServers;
    private readonly int _sessionsPerServer;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="maxServers">How many servers can have sessions; the least recently used one makes room.</param>
    /// <param name="sessionsPerServer">How many sessions a server can have, and so how many connections can be resumed at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    public S2nMemorySessionCache(int maxServers = 256, int sessionsPerServer = 4)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxServers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sessionsPerServer);
        _maxServers = maxServers;
        _sessionsPerServer = sessionsPerServer;
    }

    /// <inheritdoc/>
    public override ValueTask AddAsync(S2nSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        Add(session);
        return default;
    }

    /// <inheritdoc/>
    public override ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken) => new(Take(origin));

    /// <inheritdoc/>
    public override ValueTask RemoveAsync(S2nSessionOrigin origin)
    {
        lock (_lock)
        {
            if (_servers.Remove(origin, out LinkedListNode<Server>? server))
            {
                _byUse.Remove(server);
            }
        }

        return default;
    }

    internal void Add(S2nSession session)
    {
        lock (_lock)
        {
            List<S2nSession> sessions = Touch(session.Origin).Value.Sessions;
            if (sessions.Count == _sessionsPerServer)
            {
                sessions.RemoveAt(0); // the oldest
            }

            sessions.Add(session);
        }
    }

    internal S2nSession? Take(S2nSessionOrigin origin)
    {
        lock (_lock)
        {
            if (!_servers.TryGetValue(origin, out LinkedListNode<Server>? server))
            {
                return null;
            }

            List<S2nSession> sessions = server.Value.Sessions;
            while (sessions.Count > 0)
            {
                S2nSession session = sessions[^1]; // the newest
                sessions.RemoveAt(sessions.Count - 1);
                if (session.ExpiresAt > DateTimeOffset.UtcNow)
                {
                    return session;
                }
            }

            return null;
        }
    }

    private LinkedListNode<Server> Touch(S2nSessionOrigin origin)
    {
        if (_servers.TryGetValue(origin, out LinkedListNode<Server>? server))
        {
            _byUse.Remove(server);
        }
        else
        {
            server = new LinkedListNode<Server>(new Server(origin, new List<S2nSession>(_sessionsPerServer)));
            _servers.Add(origin, server);
            if (_servers.Count > _maxServers)
            {
                _servers.Remove(_byUse.Last!.Value.Origin);
                _byUse.RemoveLast();
            }
        }

        _byUse.AddFirst(server);
        return server;
    }

    private sealed record Server(S2nSessionOrigin Origin, List<S2nSession> Sessions);
}
