namespace S2nTls.Reliability.Fuzzing;

/// <summary>
/// One input, made of a seed: a conversation between two engines of which one is fed something damaged at one
/// stage; or a first flight of another implementation, damaged; or garbage. The other side goes on as if nothing were.
/// </summary>
internal sealed class FuzzCase(int seed, FuzzContexts[] contexts, Corpus corpus)
{
    private const int MostFlights = 12;
    private static readonly byte[] s_said = [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 31))];

    private readonly Random _random = new(seed);

    /// <returns>What came of it: an error's name, or what else.</returns>
    /// <exception cref="FuzzFinding">Something that must not happen.</exception>
    internal string Run()
    {
        try
        {
            return _random.Next(10) switch
            {
                0 => Garbage(),
                1 or 2 => FirstFlight(),
                _ => Conversation(),
            };
        }
        catch (Exception e) when (e is not FuzzFinding)
        {
            throw new FuzzFinding($"An exception that is documented nowhere: {e.GetType()}: {e.Message}", e);
        }
    }

    private string Garbage()
    {
        using EngineSide side = Side(_random.Next(2) == 0);
        byte[] bytes = new byte[_random.Next(2000)];
        _random.NextBytes(bytes);
        if (_random.Next(2) == 0 && bytes.Length > 5)
        {
            int length = _random.Next(2) == 0 ? bytes.Length - 5 : _random.Next(0x10000);
            ((ReadOnlySpan<byte>)[(byte)_random.Next(20, 25), 3, (byte)_random.Next(4), (byte)(length >> 8), (byte)length]).CopyTo(bytes);
        }

        side.Advance();
        FeedInPieces(side, bytes);
        side.FeedEnd();
        return Outcome(side);
    }

    private string FirstFlight()
    {
        bool asServer = _random.Next(2) == 0;
        IReadOnlyList<byte[]> flights = asServer ? corpus.ClientFlights : corpus.ServerFlights;
        if (flights.Count == 0)
        {
            return Garbage();
        }

        using EngineSide side = Side(asServer);
        side.Advance();
        FeedInPieces(side, new Mutator(_random).Mutate(flights[_random.Next(flights.Count)], flights[_random.Next(flights.Count)]));
        side.FeedEnd();
        return Outcome(side);
    }

    private string Conversation()
    {
        using EngineSide client = Side(isServer: false);
        using EngineSide server = Side(isServer: true);
        bool damagesServer = _random.Next(2) == 0;
        int stage = _random.Next(5); // the flight that is damaged; the last ones carry data
        byte[] last = [];
        var mutator = new Mutator(_random);
        bool hasSpoken = false;
        int flight = 0;
        for (int step = 0; step < MostFlights; step++)
        {
            bool toServer = step % 2 == 0;
            (EngineSide from, EngineSide to) = toServer ? (client, server) : (server, client);
            from.Advance();
            if (client.IsConnected && server.IsConnected && !hasSpoken)
            {
                hasSpoken = true;
                client.Encrypt(s_said);
                server.Encrypt(s_said);
            }

            byte[] bytes = from.TakeOutbound();
            if (bytes.Length == 0)
            {
                continue;
            }

            if (toServer == damagesServer && flight++ == stage / (hasSpoken ? 1 : 2))
            {
                bytes = mutator.Mutate(bytes, last);
            }

            last = bytes;
            FeedInPieces(to, bytes);
        }

        EngineSide damaged = damagesServer ? server : client;
        damaged.FeedEnd();

        // What was damaged may be missing, but what is there is right.
        if (!s_said.AsSpan(0, Math.Min(damaged.Received.Count, s_said.Length)).SequenceEqual(damaged.Received.ToArray()))
        {
            throw new FuzzFinding("Data that nobody has sent was decrypted.");
        }

        return Outcome(damaged);
    }

    private EngineSide Side(bool isServer)
    {
        FuzzContexts some = contexts[_random.Next(contexts.Length)];
        return new EngineSide(isServer ? some.ServerPlan(_random) : some.ClientPlan(_random));
    }

    private void FeedInPieces(EngineSide side, byte[] bytes)
    {
        int most = _random.Next(4) switch { 0 => 1 + _random.Next(8), 1 => 1 + _random.Next(300), _ => bytes.Length };
        foreach (byte[] piece in bytes.Chunk(Math.Max(1, most)))
        {
            side.Feed(piece);
        }
    }

    private static string Outcome(EngineSide side) =>
        side.Error is { } error ? ((error as S2nException) ?? error.InnerException as S2nException)?.S2nErrorName ?? error.GetType().Name
        : side.IsConnected ? "connected" : "waiting";
}
