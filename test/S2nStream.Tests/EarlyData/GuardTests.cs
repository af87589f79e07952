using System.Security.Authentication;

namespace S2nTls.Tests.EarlyData;

/// <summary>Early data that somebody sends again, and who may say no to it.</summary>
public class GuardTests
{
    private static readonly byte[] s_request = "POST /transfer HTTP/1.0\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task A_guard_that_says_no_rejects_and_the_client_can_send_it_again()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(new AnsweringGuard(false));
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request);
        Assert.True(pair.Client.IsSessionResumed);
        await pair.AssertRejectedAsync();
        await pair.Client.WriteAsync(s_request);
        byte[] read = new byte[s_request.Length];
        await pair.Server.ReadExactlyAsync(read).WithDeadline();
        Assert.Equal(s_request, read);
    }

    [Fact]
    public async Task Even_as_much_as_the_ticket_allows_can_be_rejected()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(new AnsweringGuard(false));
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, new byte[16 * 1024]);
        await pair.AssertRejectedAsync();
    }

    [Fact]
    public async Task A_guard_may_take_its_time_and_sees_what_makes_a_replay_recognisable()
    {
        var guard = new AnsweringGuard(async (_, cancellation) =>
        {
            await Task.Delay(10, cancellation);
            return true;
        });
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(guard);
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request);
        pair.AssertAccepted(s_request);
        S2nEarlyDataOffer offer = Assert.Single(guard.Offers);
        Assert.Equal(AnsweringGuard.Context, offer.TicketContext.ToArray());
        Assert.Equal("localhost", offer.ServerName);
        Assert.False(offer.IsExternal);
        Assert.True(offer.ApplicationProtocol.Protocol.IsEmpty);
        Assert.Contains(offer.Binder.Length, (int[])[32, 48]);
        Assert.InRange(offer.Identity.Length, 64, 4096);
    }

    [Fact]
    public async Task What_a_guard_throws_ends_the_handshake()
    {
        using S2nContext client = EarlyDataPair.MakeClient();
        using S2nContext server = EarlyDataPair.MakeServer(new AnsweringGuard((_, _) => throw new InvalidTimeZoneException("from the guard")));
        await EarlyDataPair.IntroduceAsync(client, server);
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () =>
        {
            await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request);
        });
    }

    [Fact]
    public async Task A_context_that_is_too_long_is_refused_by_name()
    {
        using S2nContext server = EarlyDataPair.MakeServer(new LongContext());
        await using var stream = new S2nStream(DuplexPipe.CreateStreams().Server);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.AuthenticateAsServerAsync(server).WithDeadline());
    }

    [Fact]
    public async Task A_replay_is_accepted_by_a_guard_that_accepts_everything_and_has_the_same_binder()
    {
        var guard = new AnsweringGuard(true);
        (byte[] flight, S2nContext server) = await RecordAsync(guard);
        using (server)
        {
            Assert.Equal(s_request, await ReplayAsync(flight, server));
            Assert.Equal(guard.Offers[0].Binder.ToArray(), guard.Offers[1].Binder.ToArray());
            Assert.Equal(guard.Offers[0].Identity.ToArray(), guard.Offers[1].Identity.ToArray());
        }
    }

    [Fact]
    public async Task A_replay_is_refused_by_the_guard_that_accepts_once()
    {
        (byte[] flight, S2nContext server) = await RecordAsync(new S2nSingleUseEarlyDataGuard());
        using (server)
        {
            Assert.Empty(await ReplayAsync(flight, server));
            Assert.Empty(await ReplayAsync(flight, server));
        }
    }

    [Fact]
    public async Task A_flight_that_was_changed_is_no_offer()
    {
        var guard = new AnsweringGuard(true);
        (byte[] flight, S2nContext server) = await RecordAsync(guard);
        using (server)
        {
            int random = 5 + 4 + 2; // record header, message header, version
            flight[random] ^= 1;
            await Assert.ThrowsAsync<AuthenticationException>(() => ReplayAsync(flight, server)); // the binder does not verify
            Assert.Single(guard.Offers);
        }
    }

    [Fact]
    public async Task Of_the_tickets_of_one_connection_one_is_good_for_early_data()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(configure: options => options.SessionTicketCount = 2);
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair first = await EarlyDataPair.ConnectAsync(client, server, s_request);
        first.AssertAccepted(s_request);
        await using EarlyDataPair second = await EarlyDataPair.ConnectAsync(client, server, s_request);
        Assert.True(second.Client.IsSessionResumed);
        await second.AssertRejectedAsync();
    }

    [Fact]
    public async Task Tickets_of_another_process_are_resumed_without_early_data()
    {
        var keys = new S2nTicketKeyRing(new S2nSharedSecretTicketKeys(EarlyDataPair.Bytes(32)));
        using S2nContext client = EarlyDataPair.MakeClient();
        using S2nContext here = EarlyDataPair.MakeServer(configure: options => options.TicketKeys = keys);
        using S2nContext there = EarlyDataPair.MakeServer(configure: options => options.TicketKeys = keys);
        await EarlyDataPair.IntroduceAsync(client, here);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, there, s_request);
        Assert.True(pair.Client.IsSessionResumed);
        await pair.AssertRejectedAsync();
    }

    [Fact]
    public void The_guard_that_accepts_once_accepts_every_ticket_once_while_it_remembers_it()
    {
        var guard = new S2nSingleUseEarlyDataGuard(capacity: 100);
        ReadOnlyMemory<byte>[] tickets = [.. Enumerable.Range(0, 100).Select(_ => guard.CreateTicketContext())];
        Assert.All(tickets, ticket => Assert.True(Accepts(guard, ticket)));
        Assert.All(tickets, ticket => Assert.False(Accepts(guard, ticket)));
        ReadOnlyMemory<byte> next = guard.CreateTicketContext();
        Assert.False(Accepts(guard, tickets[0])); // its place is the next one's
        Assert.True(Accepts(guard, next));
        Assert.False(Accepts(guard, next));

        ReadOnlyMemory<byte> old = guard.CreateTicketContext();
        for (int i = 0; i < 100; i++)
        {
            guard.CreateTicketContext();
        }

        Assert.False(Accepts(guard, old));
    }

    [Fact]
    public void The_guard_that_accepts_once_accepts_nothing_that_it_did_not_make()
    {
        var guard = new S2nSingleUseEarlyDataGuard();
        ReadOnlyMemory<byte> ticket = guard.CreateTicketContext();
        byte[] next = ticket.ToArray();
        next[^1]++;
        Assert.False(Accepts(guard, next)); // not issued yet
        Assert.False(Accepts(guard, default));
        Assert.False(Accepts(guard, new byte[ticket.Length]));
        Assert.False(Accepts(guard, ticket[..^1]));
        Assert.False(Accepts(new S2nSingleUseEarlyDataGuard(), ticket));
        Assert.False(Accepts(guard, ticket, isExternal: true));
        Assert.True(Accepts(guard, ticket));
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nSingleUseEarlyDataGuard(0));
    }

    [Fact]
    public async Task Of_many_that_offer_the_same_ticket_at_once_one_is_accepted()
    {
        var guard = new S2nSingleUseEarlyDataGuard();
        ReadOnlyMemory<byte> ticket = guard.CreateTicketContext();
        bool[] answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Accepts(guard, ticket)))).WithDeadline();
        Assert.Single(answers, answer => answer);
    }

    private static bool Accepts(S2nSingleUseEarlyDataGuard guard, ReadOnlyMemory<byte> ticket, bool isExternal = false)
    {
        Task<bool> answer = guard.AcceptAsync(new S2nEarlyDataOffer([1], [2], ticket.ToArray(), isExternal, default, "localhost"), default).AsTask();
        Assert.True(answer.IsCompletedSuccessfully);
        return answer.Result;
    }

    /// <summary>What a client sends first, its early data with it, as somebody on the way would record it.</summary>
    private static async Task<(byte[] Flight, S2nContext Server)> RecordAsync(S2nEarlyDataGuard guard)
    {
        using S2nContext client = EarlyDataPair.MakeClient();
        S2nContext server = EarlyDataPair.MakeServer(guard);
        await EarlyDataPair.IntroduceAsync(client, server);
        HeldStream? tap = null;
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request, wrapClient: inner =>
        {
            tap = new HeldStream(inner, passed: 1);
            tap.Release();
            return tap;
        });
        pair.AssertAccepted(s_request);
        return (tap!.Written[0], server);
    }

    /// <returns>What the server's application was given.</returns>
    private static async Task<byte[]> ReplayAsync(byte[] flight, S2nContext server)
    {
        (Stream attacker, Stream inner) = DuplexPipe.CreateStreams();
        await using var stream = new S2nStream(inner);
        Task handshake = stream.AuthenticateAsServerAsync(server);
        await attacker.WriteAsync(flight);
        byte[] buffer = new byte[1000];
        Task<int> read = stream.ReadEarlyDataAsync(buffer).AsTask();
        if (await Task.WhenAny(read, handshake).WithDeadline() == handshake)
        {
            await handshake;
        }

        int count = await read.WithDeadline();
        Assert.False(handshake.IsCompleted); // the attacker cannot finish it
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => handshake.WithDeadline());
        await attacker.DisposeAsync();
        return buffer[..count];
    }

    private sealed class LongContext : S2nEarlyDataGuard
    {
        public override ReadOnlyMemory<byte> CreateTicketContext() => new byte[1025];

        public override ValueTask<bool> AcceptAsync(S2nEarlyDataOffer offer, CancellationToken cancellationToken) => ValueTask.FromResult(false);
    }
}
