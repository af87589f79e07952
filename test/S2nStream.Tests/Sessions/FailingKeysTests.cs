using System.Security.Authentication;
using S2nTls.Context;
using S2nTls.Interop;
using S2nTls.Sessions;

namespace S2nTls.Tests.Sessions;

/// <summary>A provider of ticket keys that is slow or fails costs no handshake; resumption goes on, or stops and comes back.</summary>
public class FailingKeysTests
{
    private static readonly TimeSpan s_period = TimeSpan.FromHours(1);

    public static TheoryData<SslProtocols> Protocols { get; } = [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_provider_that_throws_at_a_rotation_refuses_no_handshake(SslProtocols protocol)
    {
        using var ring = new RingServer(protocol: protocol);
        S2nContext server = ring.MakeServer();
        await ring.ConnectAsync(server);
        ring.Keys.Answer = _ => throw new TimeZoneNotFoundException("the key service is down");
        for (int i = 0; i < 3; i++)
        {
            ring.Clock.Set(ring.Clock.GetUtcNow() + s_period);
            Assert.True(await ring.ConnectAsync(server));
            await ring.SettledAsync();
            Assert.True(await ring.ConnectAsync(server)); // with what the config at hand has
        }
    }

    [Fact]
    public async Task Twenty_handshakes_at_once_do_not_wait_for_a_provider_that_takes_its_time_and_throws_and_is_asked_once()
    {
        using var ring = new RingServer();
        S2nContext server = ring.MakeServer();
        await ring.ConnectAsync(server);
        ring.Keys.Forget();
        using var gate = new ManualResetEventSlim();
        ring.Keys.Gate = gate;
        ring.Keys.Answer = _ => throw new TimeZoneNotFoundException("the key service is down");

        ring.Clock.Set(ring.Clock.GetUtcNow() + s_period); // no timer goes off: a handshake notices
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => ring.ConnectAsync(server)))).WithDeadline();

        await ring.Keys.EnteredAsync();
        Assert.False(ring.Ring.Keys.Asking.IsCompleted, "the handshakes have waited for the provider");
        Assert.Single(ring.Keys.Asked);
        Assert.True(ring.Keys.WasOnThePool);
        gate.Set();
        await ring.SettledAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => ring.ConnectAsync(server)))).WithDeadline();
        Assert.Single(ring.Keys.Asked); // after a pause again, and not before
        Assert.Single(ring.Told);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task When_no_key_encrypts_any_more_sessions_are_still_resumed_and_no_tickets_issued(SslProtocols protocol)
    {
        // One key, which to the one server is the current period's, and to the other that of four hours ago, when it got its last.
        using var ring = new RingServer(protocol: protocol);
        using var old = new RingServer(behind: TimeSpan.FromHours(4), protocol);
        ring.Keys.Answer = period => period == ring.Ring.CurrentPeriod ? ring.Keys.KeyOf(0) : null;
        old.Keys.Answer = period => period == old.Ring.CurrentPeriod ? ring.Keys.KeyOf(0) : null;
        await ring.ConnectAsync(ring.MakeServer());
        S2nContext server = old.MakeServer();
        Assert.True(await ring.ConnectAsync(server));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(protocol == SslProtocols.Tls12, await ring.ConnectAsync(server)); // TLS 1.2 may offer the old ticket again
            Assert.False(await ring.ConnectWithSslStreamAsync(server));
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, 1)]
    [InlineData(SslProtocols.Tls13, 1)]
    [InlineData(SslProtocols.Tls13, 3)]
    public async Task When_all_keys_have_expired_handshakes_go_on_without_tickets_and_resumption_comes_back(SslProtocols protocol, int tickets)
    {
        using var ring = new RingServer(behind: TimeSpan.FromHours(30), protocol);
        S2nContext server = ring.MakeServer(options => options.SessionTicketCount = tickets);
        ring.Keys.Answer = _ => throw new TimeZoneNotFoundException("the key service is down");

        await GoOnWithoutTicketsAsync(); // the config has keys that are of no use to s2n
        ring.Clock.Set(ring.Clock.GetUtcNow() + TimeSpan.FromHours(30));
        await GoOnWithoutTicketsAsync(); // the ring has seen that too
        await ring.SettledAsync();
        await GoOnWithoutTicketsAsync(); // the config has none

        ring.Keys.Answer = null;
        await ring.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.False(await ring.ConnectAsync(server));
        Assert.True(await ring.ConnectAsync(server));
        Assert.False(await ring.ConnectWithSslStreamAsync(server));
        Assert.True(await ring.ConnectWithSslStreamAsync(server));
        Assert.Null(ring.Ring.Failure);

        async Task GoOnWithoutTicketsAsync()
        {
            for (int i = 0; i < 2; i++)
            {
                Assert.False(await ring.ConnectAsync(server));
                Assert.False(await ring.ConnectWithSslStreamAsync(server));
            }
        }
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(0.0, 0.5)]
    public async Task A_provider_that_fails_is_asked_again_after_pauses_that_grow_up_to_five_minutes(double random, double share)
    {
        using var ring = new RingServer(random: random);
        ring.MakeServer();
        var times = new List<DateTimeOffset>();
        ring.Keys.Answer = _ =>
        {
            times.Add(ring.Clock.GetUtcNow());
            throw new TimeZoneNotFoundException("the key service is down");
        };
        for (int i = 0; i < 12_000 && times.Count < 13; i++)
        {
            await ring.AdvanceAsync(TimeSpan.FromSeconds(0.5));
        }

        double[] pauses = [.. times.Zip(times.Skip(1), (one, next) => (next - one).TotalSeconds)];
        double[] expected = [.. ((double[])[1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]).Select(pause => pause * share)];
        Assert.Equal(expected, pauses);
    }

    [Fact]
    public async Task With_short_periods_the_pauses_are_half_a_period_at_most()
    {
        var keys = new ScriptedKeys();
        var clock = new ManualClock(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 10 * 10));
        var ring = new S2nTicketKeyRing(keys, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), clock, () => 1);
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.AllowTlsResume = true;
            options.TicketKeys = ring;
        });
        var times = new List<DateTimeOffset>();
        keys.Answer = _ =>
        {
            times.Add(clock.GetUtcNow());
            throw new TimeZoneNotFoundException("the key service is down");
        };
        for (int i = 0; i < 80; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(0.5));
            await ring.Keys.Asking.WithDeadline();
        }

        Assert.Equal([1, 2, 4, 5, 5], times.Zip(times.Skip(1), (one, next) => (next - one).TotalSeconds).Take(5));
    }

    [Fact]
    public async Task A_failure_is_told_once_and_the_next_one_again_when_all_was_well_in_between()
    {
        using var ring = new RingServer();
        ring.MakeServer();
        Assert.Null(ring.Ring.Failure);
        foreach (string reason in (string[])["first", "second"])
        {
            ring.Keys.Answer = _ => throw new TimeZoneNotFoundException(reason);
            await ring.AdvanceAsync(s_period);
            for (int i = 0; i < 10; i++)
            {
                await ring.AdvanceAsync(TimeSpan.FromMinutes(1));
            }

            Assert.Equal(reason, ring.Ring.Failure!.Message);
            ring.Keys.Answer = null;
            await ring.AdvanceAsync(TimeSpan.FromMinutes(5));
            Assert.Null(ring.Ring.Failure);
        }

        Assert.Equal(["first", "second"], ring.Told.Select(told => told.Message));
    }

    [Fact]
    public async Task What_was_given_before_the_failure_is_used()
    {
        using var ring = new RingServer();
        ring.MakeServer();
        long period = ring.Ring.CurrentPeriod;
        ring.Keys.Answer = asked => asked == period + 4 ? throw new TimeZoneNotFoundException() : ring.Keys.KeyOf(asked);
        ring.Clock.Set(ring.Clock.GetUtcNow() + (3 * s_period));
        await ring.ConnectAsync(ring.MakeServer());
        await ring.SettledAsync();
        Assert.Contains(period + 3, Periods(ring));
        Assert.DoesNotContain(period + 4, Periods(ring));
        Assert.Single(ring.Told);
    }

    [Fact]
    public async Task A_context_is_made_with_the_keys_at_hand_while_the_provider_fails_or_is_slow()
    {
        using var ring = new RingServer();
        await ring.ConnectAsync(ring.MakeServer());
        using var gate = new ManualResetEventSlim();
        ring.Keys.Gate = gate;
        ring.Keys.Answer = _ => throw new TimeZoneNotFoundException("the key service is down");
        ring.Clock.Advance(s_period);
        await Deadline.Run(() => ring.MakeServer());
        gate.Set();
        await ring.SettledAsync();
        Assert.True(await ring.ConnectAsync(ring.MakeServer()));
    }

    [Fact]
    public void What_the_provider_throws_while_the_first_context_is_made_is_thrown_to_its_maker_who_may_try_again()
    {
        using var ring = new RingServer();
        ring.Keys.Answer = _ => throw new TimeZoneNotFoundException("the key service is down");
        Assert.Throws<TimeZoneNotFoundException>(() => ring.MakeServer());
        Assert.Throws<TimeZoneNotFoundException>(() => ring.MakeServer());
        Assert.Empty(ring.Told);
        Assert.Null(ring.Ring.Failure);
        Assert.Equal(0, ring.Clock.WaitingTimers);
        ring.Keys.Answer = null;
        ring.MakeServer();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Those_who_make_the_first_contexts_at_once_share_one_answer(bool fails)
    {
        using var ring = new RingServer();
        using var gate = new ManualResetEventSlim();
        ring.Keys.Gate = gate;
        ring.Keys.Answer = fails ? _ => throw new TimeZoneNotFoundException() : null;
        Task[] makers = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using S2nContext server = TestContexts.MakeServer(options =>
                {
                    options.AllowTlsResume = true;
                    options.TicketKeys = ring.Ring;
                });
                gate.Wait();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        await ring.Keys.EnteredAsync();
        gate.Set();
        try
        {
            await Task.WhenAll(makers).WithDeadline();
        }
        catch (TimeZoneNotFoundException)
        {
        }

        Assert.Equal(1, ring.Keys.MostAtATime);
        Assert.Equal(fails, makers.All(maker => maker.IsFaulted));
    }

    [Fact]
    public async Task A_provider_that_has_no_key_for_the_current_period_is_asked_again_soon_and_nothing_is_told()
    {
        using var ring = new RingServer();
        ring.Keys.Answer = _ => null;
        S2nContext server = ring.MakeServer();
        Assert.False(await ring.ConnectAsync(server));
        Assert.False(await ring.ConnectAsync(server));
        Assert.False(await ring.ConnectWithSslStreamAsync(server));
        ring.Keys.Answer = null;
        await ring.AdvanceAsync(TimeSpan.FromSeconds(1));
        await ring.ConnectAsync(server);
        Assert.True(await ring.ConnectAsync(server));
        Assert.Empty(ring.Told);
    }

    [Fact]
    public async Task A_handler_of_Failed_may_take_its_time()
    {
        using var ring = new RingServer();
        S2nContext server = ring.MakeServer();
        using var gate = new ManualResetEventSlim();
        ring.Ring.Failed += (_, _) => gate.Wait(Deadline.Default);
        ring.Keys.Answer = _ => throw new TimeZoneNotFoundException("the key service is down");
        ring.Clock.Advance(s_period);
        await ring.ConnectAsync(server);
        await Deadline.Run(() => ring.MakeServer());
        Assert.True(await ring.ConnectAsync(server));
        gate.Set();
        await ring.SettledAsync();
    }

    [Fact]
    public async Task A_context_that_can_make_no_config_keeps_its_own_and_tries_again_later_and_the_others_go_on()
    {
        using var ring = new RingServer();
        S2nContext server = ring.MakeServer();
        using S2nCertificate certificate = S2nCertificate.FromX509(TestAuthority.Localhost);
        bool fails = false;
        using var troubled = new ConfigSource([certificate], ring.Ring, null, (_, _) => fails ? throw new TimeZoneNotFoundException("no memory, say") : (ConfigHandle.Create(), null));
        fails = true;
        await ring.AdvanceAsync(s_period);
        Assert.Equal(KeysOf(server.Acquire), KeysOf(ring.MakeServer().Acquire));
        Assert.NotEqual(KeysOf(server.Acquire), KeysOf(troubled.Acquire));
        Assert.IsType<TimeZoneNotFoundException>(Assert.IsType<AggregateException>(Assert.Single(ring.Told)).InnerException);

        fails = false;
        await ring.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(KeysOf(server.Acquire), KeysOf(troubled.Acquire));
        Assert.Null(ring.Ring.Failure);

        static long KeysOf(Func<ContextState> acquire)
        {
            ContextState state = acquire();
            state.Release();
            return state.KeysVersion;
        }
    }

    [Fact]
    public async Task The_application_hears_of_it_once()
    {
        using var ring = new RingServer();
        S2nTicketKeyRing keys = ring.Ring;
        var log = new StringWriter();

        #region snippet ticket-keys-failed
        keys.Failed += (_, e) => log.WriteLine($"No new ticket keys, sessions may not be resumed: {e.GetException().Message}");
        #endregion

        ring.MakeServer();
        ring.Keys.Answer = _ => throw new TimeZoneNotFoundException("the key service is down");
        await ring.AdvanceAsync(s_period);
        await ring.AdvanceAsync(s_period);
        Assert.Equal("No new ticket keys, sessions may not be resumed: the key service is down\n", log.ToString());
    }

    internal static long[] Periods(RingServer ring)
    {
        TicketKeySet keys = ring.Ring.Keys.Acquire()!;
        long[] periods = [.. keys.Periods];
        keys.DangerousRelease();
        return periods;
    }
}
