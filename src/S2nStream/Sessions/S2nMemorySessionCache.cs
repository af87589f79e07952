namespace S2nTls;

/// <summary>Keeps sessions in memory, a few for each server (<see cref="S2nSessionOrigin"/>). Thread-safe. Every client's context has one of its own unless it is given another cache.</summary>
public sealed class S2nMemorySessionCache : S2nSessionCache
{
    private readonly Lock _lock = new();
    private readonly Dictionary<S2nSessionOrigin, LinkedListNode<Server>> _servers = [];

    /// <summary>The servers, the one used last first.</summary>
    private readonly LinkedList<Server> _byUse = [];
    private readonly int _maxServers;
    private readonly int _sessionsPerServer;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="maxServers">How many servers have sessions; the one not used for the longest makes room.</param>
    /// <param name="sessionsPerServer">How many sessions a server has, and so how many connections can be resumed at once.</param>
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

    internal void Add(S2nSession session)
    {
        lock (_lock)
        {
            Queue<S2nSession> sessions = Touch(session.Origin).Value.Sessions;
            sessions.Enqueue(session);
            if (sessions.Count > _sessionsPerServer)
            {
                sessions.Dequeue(); // the oldest
            }
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

            while (server.Value.Sessions.TryDequeue(out S2nSession? session))
            {
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
            server = new LinkedListNode<Server>(new Server(origin, new Queue<S2nSession>(_sessionsPerServer)));
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

    private sealed record Server(S2nSessionOrigin Origin, Queue<S2nSession> Sessions);
}
