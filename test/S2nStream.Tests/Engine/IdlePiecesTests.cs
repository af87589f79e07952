using S2nTls.Engine;

namespace S2nTls.Tests.Engine;

/// <summary>
/// Messages after the handshake that come in pieces, with a pause between them in which the connection is found idle and gives its
/// buffers back. Alone: the key log's variable is the whole process's.
/// </summary>
[Collection(nameof(Alone))]
public sealed class IdlePiecesTests : IDisposable
{
    private const string Variable = "SSLKEYLOGFILE";
    private const byte HandshakeRecord = 22;
    private const byte DataRecord = 23;

    private static readonly byte[] s_keyUpdate = [24, 0, 0, 1, 0];
    private static readonly byte[] s_ticket = Ticket();

    private readonly TempDirectory _directory = new();
    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);

    public IdlePiecesTests() => Environment.SetEnvironmentVariable(Variable, KeyLog);

    private string KeyLog => _directory.PathOf("keys.log");

    public static TheoryData<int> CutsOfAKeyUpdate() => [.. Enumerable.Range(1, s_keyUpdate.Length - 1)];

    public static TheoryData<int> CutsOfATicket() => [1, 3, 4, 5, 12, s_ticket.Length - 1];

    [Theory]
    [MemberData(nameof(CutsOfAKeyUpdate))]
    public void A_KeyUpdate_in_two_records_with_a_pause_between_them_is_one_KeyUpdate(int at)
    {
        using EnginePair pair = Connect(out TrafficKeys client, out _, new Sessions());
        Say(pair.Server, client.Encrypt(s_keyUpdate.AsSpan(..at), HandshakeRecord));
        Say(pair.Server, client.Encrypt(s_keyUpdate.AsSpan(at..), HandshakeRecord));
        client.Update();
        Say(pair.Server, client.Encrypt("data"u8, DataRecord), "data"u8);
        Assert.Equal(1, pair.Server.Connection.KeyUpdateCounts.Received);
    }

    [Theory]
    [MemberData(nameof(CutsOfATicket))]
    public void A_session_ticket_in_two_records_with_a_pause_between_them_is_one_session(int at)
    {
        var sessions = new Sessions();
        using EnginePair pair = Connect(out _, out TrafficKeys server, sessions);
        Say(pair.Client, server.Encrypt(s_ticket.AsSpan(..at), HandshakeRecord));
        Assert.Equal(0, sessions.Count);
        Say(pair.Client, server.Encrypt(s_ticket.AsSpan(at..), HandshakeRecord));
        Assert.Equal(1, sessions.Count);
        Say(pair.Client, server.Encrypt("data"u8, DataRecord), "data"u8);
    }

    [Fact]
    public void A_ticket_that_begins_behind_another_is_a_session_too()
    {
        var sessions = new Sessions();
        using EnginePair pair = Connect(out _, out TrafficKeys server, sessions);
        Say(pair.Client, server.Encrypt([.. s_ticket, .. s_ticket[..4]], HandshakeRecord));
        Say(pair.Client, server.Encrypt(s_ticket.AsSpan(4..10), HandshakeRecord));
        Say(pair.Client, server.Encrypt(s_ticket.AsSpan(10..), HandshakeRecord));
        Assert.Equal(2, sessions.Count);
        Say(pair.Client, server.Encrypt("data"u8, DataRecord), "data"u8);
    }

    [Fact]
    public void A_record_that_is_cut_anywhere_with_a_pause_there_is_one_record()
    {
        var sessions = new Sessions();
        using EnginePair pair = Connect(out _, out TrafficKeys server, sessions);
        byte[] first = server.Encrypt(s_ticket.AsSpan(..4), HandshakeRecord);
        byte[] second = server.Encrypt(s_ticket.AsSpan(4..), HandshakeRecord);
        byte[] data = server.Encrypt("data"u8, DataRecord);
        foreach (byte[] record in new[] { first, second })
        {
            foreach (byte one in record)
            {
                Say(pair.Client, [one]);
            }
        }

        Assert.Equal(1, sessions.Count);
        foreach (byte one in data[..^1])
        {
            Say(pair.Client, [one]);
        }

        Say(pair.Client, data.AsSpan(^1..), "data"u8);
    }

    [Fact]
    public async Task A_connection_that_has_received_nothing_but_a_ticket_gives_its_buffers_back_too()
    {
        var sessions = new Sessions();
        using EnginePair pair = Connect(out _, out TrafficKeys server, sessions);
        Say(pair.Client, server.Encrypt(s_ticket, HandshakeRecord)); // s2n keeps what is the newest
        long quiet = await NativeAllocations.SettledAsync();
        pair.Client.Feed(server.Encrypt(s_ticket, HandshakeRecord));
        Assert.Equal(DecryptStatus.NeedsCiphertext, pair.Client.DecryptAll().Status);
        pair.Client.Encrypt("data"u8);
        BeIdle(pair.Client);
        Assert.Equal(quiet, NativeAllocations.Live);
        Assert.Equal(2, sessions.Count);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        _directory.Dispose();
    }

    private static byte[] Ticket()
    {
        byte[] body = [0, 0, 14, 16, 1, 2, 3, 4, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 100, .. new byte[100], 0, 0]; // an hour, age, nonce, ticket, no extensions
        return [4, 0, 0, (byte)body.Length, .. body];
    }

    private EnginePair Connect(out TrafficKeys client, out TrafficKeys server, Sessions sessions)
    {
        S2nContext logging = TestContexts.MakeClient(options =>
        {
            options.AllowKeyLogFile = true;
            options.AllowTlsResume = true;
            options.SessionCache = sessions;
        });
        EnginePair pair = EnginePair.Create(logging, TestContexts.Server);
        pair.Client.Answer(); // which session to offer: none
        pair.Connect();
        logging.Dispose();
        string log = File.ReadAllText(KeyLog);
        client = TrafficKeys.Of(log, "CLIENT_TRAFFIC_SECRET_0");
        server = TrafficKeys.Of(log, "SERVER_TRAFFIC_SECRET_0");
        return pair;
    }

    /// <summary>Something arrives, and is read; then there is a pause.</summary>
    private static void Say(EnginePair.Side side, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> data = default)
    {
        side.Feed(ciphertext);
        (byte[] read, DecryptStatus status) = side.DecryptAll();
        Assert.Equal(DecryptStatus.NeedsCiphertext, status);
        Assert.Equal(data.ToArray(), read);
        BeIdle(side);
    }

    private static void BeIdle(EnginePair.Side side)
    {
        while (!side.Connection.ReleaseIfIdle())
        {
            // what has moved is noticed first
        }
    }

    private sealed class Sessions : S2nSessionCache
    {
        public int Count { get; private set; }

        public override ValueTask AddAsync(S2nSession session)
        {
            Count++;
            return default;
        }

        public override ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken) => default;
    }
}
