using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using S2nTls.Context;
using S2nTls.Sessions;

namespace S2nTls.Tests.Sessions;

/// <summary>When a ring asks for keys, how the contexts that share it get them, and what becomes of them.</summary>
public class TicketKeyRotationTests
{
    private static readonly TimeSpan s_period = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_period_later_one_key_is_asked_for_the_coming_periods_without_any_handshake()
    {
        using var ring = new RingServer();
        S2nContext server = ring.MakeServer();
        long period = ring.Ring.CurrentPeriod;
        Assert.Equal(Enumerable.Range(-12, 14).Select(i => period + i), ring.Keys.Asked.Order());
        for (int i = 1; i <= 30; i++)
        {
            ring.Keys.Forget();
            await ring.AdvanceAsync(s_period);
            Assert.Equal([period + i + 1], ring.Keys.Asked);
            Assert.Equal(Enumerable.Range(i - 12, 14).Select(offset => period + offset), FailingKeysTests.Periods(ring));
        }
    }

    [Fact]
    public async Task A_fleet_does_not_ask_in_the_same_second()
    {
        using var ring = new RingServer(random: 1);
        ring.MakeServer();
        ring.Keys.Forget();
        await ring.AdvanceAsync(TimeSpan.FromMinutes(51)); // a minute past the hour
        Assert.Empty(ring.Keys.Asked); // it has the key for this one
        await ring.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Single(ring.Keys.Asked);
    }

    [Fact]
    public async Task All_contexts_of_a_ring_get_the_keys_that_were_asked_for_once()
    {
        using var ring = new RingServer();
        S2nContext[] servers = [.. Enumerable.Range(0, 5).Select(_ => ring.MakeServer())];
        Assert.Equal(ring.Keys.Asked.Distinct(), ring.Keys.Asked);
        ring.Keys.Forget();
        await ring.AdvanceAsync(s_period);
        Assert.Single(ring.Keys.Asked);
        foreach (S2nContext server in servers)
        {
            ContextState state = server.Acquire();
            state.Release();
            TicketKeySet keys = ring.Ring.Keys.Acquire()!;
            keys.DangerousRelease();
            Assert.Equal(keys.Version, state.KeysVersion);
        }

        await ring.ConnectAsync(servers[0]);
        Assert.True(await ring.ConnectAsync(servers[4]));
    }

    [Fact]
    public async Task Servers_that_had_no_handshake_for_days_take_the_tickets_of_those_that_had()
    {
        using var idle = new RingServer(behind: TimeSpan.FromDays(3));
        using var busy = new RingServer();
        busy.Keys.Answer = idle.Keys.KeyOf;
        S2nContext server = idle.MakeServer();
        for (int i = 0; i < 3 * 24; i++)
        {
            await idle.AdvanceAsync(s_period);
        }

        S2nContext other = busy.MakeServer();
        Assert.False(await busy.ConnectAsync(other));
        Assert.True(await busy.ConnectAsync(server));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-5)]
    [InlineData(-24 * 400)]
    [InlineData(5)]
    [InlineData(24 * 400)]
    public async Task A_clock_that_jumps_and_is_set_right_again_costs_no_handshake_and_resumption_goes_on_then(int hours)
    {
        using var ring = new RingServer();
        S2nContext server = ring.MakeServer();
        await ring.ConnectAsync(server);
        DateTimeOffset right = ring.Clock.GetUtcNow();

        ring.Clock.Set(right.AddHours(hours));
        for (int i = 0; i < 3; i++)
        {
            await ring.ConnectAsync(server);
            await ring.SettledAsync();
        }

        long wrong = ring.Ring.CurrentPeriod;
        Assert.Equal(Enumerable.Range(-12, 14).Select(i => wrong + i), FailingKeysTests.Periods(ring));
        ring.Clock.Set(right);
        await ring.ConnectAsync(server);
        await ring.SettledAsync();
        await ring.ConnectAsync(server);
        Assert.True(await ring.ConnectAsync(server));
        Assert.Empty(ring.Told);
    }

    [Fact]
    public async Task A_timer_that_comes_before_the_wall_clock_is_there_comes_again()
    {
        using var ring = new RingServer();
        ring.MakeServer();
        ring.Keys.Forget();
        ring.Clock.Set(ring.Clock.GetUtcNow() - TimeSpan.FromMinutes(5));
        await ring.AdvanceAsync(TimeSpan.FromMinutes(50)); // 10 minutes past the hour when it was made
        Assert.Empty(ring.Keys.Asked);
        await ring.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Single(ring.Keys.Asked);
    }

    [Fact]
    public async Task A_wall_clock_before_1970_asks_for_no_key_that_cannot_be()
    {
        var keys = new ScriptedKeys();
        var ring = new S2nTicketKeyRing(keys, s_period, TimeSpan.FromHours(10), new ManualClock(DateTimeOffset.UnixEpoch.AddMinutes(1)));
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.AllowTlsResume = true;
            options.TicketKeys = ring;
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
        Assert.All(keys.Asked, period => Assert.True(period >= 0));
    }

    [Fact]
    public async Task Certificates_are_replaced_while_the_provider_is_slow_and_sessions_are_resumed_across_it()
    {
        using var ring = new RingServer();
        S2nContext server = ring.MakeServer();
        await ring.ConnectAsync(server);
        using var gate = new ManualResetEventSlim();
        ring.Keys.Gate = gate;
        ring.Clock.Advance(s_period);
        await ring.Keys.EnteredAsync();

        using (S2nCertificate other = S2nCertificate.FromX509(TestAuthority.Default.Issue(subject: "CN=other")))
        {
            await Deadline.Run(() => server.ReplaceCertificates(other));
        }

        Assert.False(ring.Ring.Keys.Asking.IsCompleted, "the replacement has waited for the provider");
        Assert.True(await ring.ConnectAsync(server));
        gate.Set();
        await ring.SettledAsync();
        Assert.True(await ring.ConnectAsync(server));
        await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
        Assert.Equal("CN=other", pair.Client.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task A_context_that_is_disposed_while_the_provider_is_slow_waits_for_nobody_and_what_comes_then_is_wiped()
    {
        using var ring = new RingServer();
        S2nContext server = ring.MakeServer();
        long period = ring.Ring.CurrentPeriod;
        using var gate = new ManualResetEventSlim();
        ring.Keys.Gate = gate;
        ring.Clock.Advance(s_period);
        await ring.Keys.EnteredAsync();

        await Deadline.Run(server.Dispose);
        Task asking = ring.Ring.Keys.Asking;
        Assert.False(asking.IsCompleted, "the disposal has waited for the provider");
        Assert.True(IsWiped(ring, period), "the keys at hand were not wiped");
        gate.Set();
        await asking.WithDeadline();
        Assert.True(IsWiped(ring, period + 2), "the key that came late was not wiped");
        Assert.Null(ring.Ring.Keys.Acquire());
        Assert.Equal(0, ring.Clock.WaitingTimers);
    }

    [Fact]
    public async Task A_context_that_is_made_while_the_last_answer_is_for_nobody_gets_keys()
    {
        using var ring = new RingServer();
        S2nContext first = ring.MakeServer();
        using var gate = new ManualResetEventSlim();
        ring.Keys.Gate = gate;
        ring.Clock.Advance(s_period);
        await ring.Keys.EnteredAsync();
        first.Dispose();
        Task<S2nContext> making = Task.Factory.StartNew(
            () => ring.MakeServer(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        gate.Set();
        S2nContext server = await making.WithDeadline();
        await ring.ConnectAsync(server);
        Assert.True(await ring.ConnectAsync(server));
    }

    [Fact]
    public async Task A_key_is_wiped_when_it_is_no_longer_accepted_whether_or_not_there_is_another()
    {
        using var ring = new RingServer();
        ring.MakeServer();
        long period = ring.Ring.CurrentPeriod;
        for (int i = 0; i < 3; i++)
        {
            byte[] secret = ring.Keys.SecretOf(period - 12 + i);
            await ring.AdvanceAsync(s_period);
            Assert.True(IsZero(secret), "a key of the past was not wiped");
            Assert.DoesNotContain(period - 12 + i, FailingKeysTests.Periods(ring));
        }

        ring.Keys.Answer = _ => throw new TimeZoneNotFoundException("the key service is down");
        for (int i = 0; i < 20; i++)
        {
            await ring.AdvanceAsync(s_period);
        }

        Assert.Empty(FailingKeysTests.Periods(ring));
    }

    [Fact]
    public async Task A_ring_whose_contexts_nobody_disposes_asks_for_no_more()
    {
        using var ring = new RingServer();
        MakeAndForget(ring);
        ring.Keys.Forget();
        for (int i = 0; i < 100 && ring.Clock.WaitingTimers > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await ring.AdvanceAsync(s_period);
        }

        Assert.Equal(0, ring.Clock.WaitingTimers);
        Assert.Null(ring.Ring.Keys.Acquire());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void MakeAndForget(RingServer ring) => TestContexts.MakeServer(options =>
        {
            options.AllowTlsResume = true;
            options.TicketKeys = ring.Ring;
        });
    }

    [Fact]
    public async Task A_key_that_is_returned_a_second_time_is_refused_and_never_used_as_the_zeros_that_it_is_by_then()
    {
        var kept = new Dictionary<long, S2nTicketKey>();
        using var ring = new RingServer();
        ring.Keys.Answer = period => kept.TryGetValue(period, out S2nTicketKey? key) ? key : kept[period] = ring.Keys.KeyOf(period);
        ring.MakeServer().Dispose();
        Assert.Throws<InvalidOperationException>(() => ring.MakeServer());
        ring.Keys.Answer = null;
        S2nContext server = ring.MakeServer();
        ring.Keys.Answer = _ => kept.Values.First();
        await ring.AdvanceAsync(s_period);
        Assert.IsType<InvalidOperationException>(Assert.Single(ring.Told));
        await ring.ConnectAsync(server);
        Assert.True(await ring.ConnectAsync(server));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("name but for zeros at its end")]
    [InlineData("secret")]
    public async Task A_key_with_the_name_or_secret_of_another_is_refused_and_the_others_stay(string shared)
    {
        using var ring = new RingServer();
        ring.Keys.Answer = Double;
        Assert.Throws<InvalidOperationException>(() => ring.MakeServer());
        ring.Keys.Answer = null;
        S2nContext server = ring.MakeServer();
        ring.Keys.Answer = Double;
        await ring.AdvanceAsync(s_period);
        await ring.AdvanceAsync(s_period);
        Assert.Contains(shared.Split(' ')[0], Assert.IsType<InvalidOperationException>(Assert.Single(ring.Told)).Message, StringComparison.Ordinal);
        await ring.ConnectAsync(server);
        Assert.True(await ring.ConnectAsync(server));

        S2nTicketKey Double(long period) => shared switch
        {
            "name" => new S2nTicketKey("a name"u8, RandomNumberGenerator.GetBytes(32)),
            "secret" => new S2nTicketKey(BitConverter.GetBytes(period + 1), Enumerable.Repeat((byte)7, 32).ToArray()),
            _ => new S2nTicketKey([.. "a name"u8, .. new byte[(int)(period % 8)]], RandomNumberGenerator.GetBytes(32)),
        };
    }

    [Fact]
    public async Task Whatever_the_provider_and_the_clock_do_no_handshake_fails_and_in_the_end_sessions_are_resumed()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        using var ring = new RingServer();
        S2nContext server = ring.MakeServer();
        DateTimeOffset right = ring.Clock.GetUtcNow();
        try
        {
            for (int i = 0; i < 100; i++)
            {
                ring.Keys.Answer = random.Next(4) switch
                {
                    0 => _ => throw new TimeZoneNotFoundException("the key service is down"),
                    1 => _ => null,
                    2 => period => period % 3 == 0 ? throw new TimeZoneNotFoundException() : ring.Keys.KeyOf(period),
                    _ => null,
                };
                switch (random.Next(3))
                {
                    case 0:
                        ring.Clock.Set(right.AddHours((random.NextDouble() * 60) - 30));
                        break;
                    case 1:
                        ring.Clock.Advance(random.NextDouble() * 3 * s_period);
                        break;
                    default:
                        ring.Clock.Advance(random.NextDouble() * TimeSpan.FromMinutes(5));
                        break;
                }

                await ring.ConnectAsync(server);
                if (random.Next(2) == 0)
                {
                    await ring.SettledAsync();
                }
            }

            await ring.SettledAsync();
            ring.Keys.Answer = null;
            ring.Clock.Set(right);
            await ring.AdvanceAsync(TimeSpan.FromMinutes(5));
            await ring.ConnectAsync(server);
            await ring.SettledAsync();
            await ring.ConnectAsync(server);
            Assert.True(await ring.ConnectAsync(server));
            Assert.Null(ring.Ring.Failure);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
        }
    }

    private static bool IsWiped(RingServer ring, long period) => IsZero(ring.Keys.SecretOf(period));

    private static bool IsZero(byte[] secret) => !secret.AsSpan().ContainsAnyExcept((byte)0);
}
