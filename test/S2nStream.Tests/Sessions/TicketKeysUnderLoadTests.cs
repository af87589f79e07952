namespace S2nTls.Tests.Sessions;

/// <summary>Keys rotate beside everything else, and leave nothing.</summary>
[Collection(nameof(Alone))]
public class TicketKeysUnderLoadTests
{
    [Fact]
    public async Task A_context_that_is_disposed_while_keys_are_asked_for_leaves_nothing()
    {
        await RotateAndDisposeAsync(); // what is made once
        long before = await NativeAllocations.SettledAsync();
        for (int i = 0; i < 5; i++)
        {
            await RotateAndDisposeAsync();
        }

        Assert.Equal(before, await NativeAllocations.BackToAsync(before));

        static async Task RotateAndDisposeAsync()
        {
            using var ring = new RingServer();
            S2nContext server = ring.MakeServer();
            await ring.ConnectAsync(server);
            using var gate = new ManualResetEventSlim();
            ring.Keys.Gate = gate;
            ring.Clock.Advance(TimeSpan.FromHours(1));
            await ring.Keys.EnteredAsync();
            Task asking = ring.Ring.Keys.Asking;
            server.Dispose();
            gate.Set();
            await asking.WithDeadline();
        }
    }

    [Fact]
    public async Task Contexts_come_and_go_and_their_certificates_change_while_keys_rotate_and_are_not_to_be_had()
    {
        int seed = Random.Shared.Next();
        long before = await NativeAllocations.SettledAsync();
        using (var ring = new RingServer())
        {
            var random = new Random(seed);
            using S2nCertificate certificate = S2nCertificate.FromX509(TestAuthority.Localhost);
            S2nContext server = ring.MakeServer();
            using var stop = new CancellationTokenSource();
            Task[] others =
            [
                RepeatAsync(() => ring.ConnectAsync(server)),
                RepeatAsync(() => ring.ConnectAsync(server)),
                RepeatAsync(() => Task.Run(() => server.ReplaceCertificates(certificate))),
                RepeatAsync(async () =>
                {
                    using S2nContext another = TestContexts.MakeServer(options =>
                    {
                        options.AllowTlsResume = true;
                        options.TicketKeys = ring.Ring;
                    });
                    await ring.ConnectAsync(another);
                }),
            ];
            for (int i = 0; i < 300; i++)
            {
                ring.Keys.Answer = random.Next(3) == 0 ? _ => throw new TimeZoneNotFoundException($"seed {seed}") : null;
                ring.Clock.Advance(random.NextDouble() * TimeSpan.FromMinutes(90));
                await Task.Delay(random.Next(5));
            }

            await stop.CancelAsync();
            await Task.WhenAll(others).WithDeadline();
            Assert.Equal(1, ring.Keys.MostAtATime);

            async Task RepeatAsync(Func<Task> action)
            {
                while (!stop.IsCancellationRequested)
                {
                    await action();
                }
            }
        }

        Assert.Equal(before, await NativeAllocations.BackToAsync(before));
    }
}
