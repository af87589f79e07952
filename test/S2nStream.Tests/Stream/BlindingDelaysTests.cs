using S2nTls.Errors;

namespace S2nTls.Tests.Streams;

/// <summary>How many errors may wait for their answers.</summary>
[Collection(nameof(Alone))]
public class BlindingDelaysTests
{
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(BlindingBudget.Handshake)]
    [InlineData(BlindingBudget.Anonymous)]
    [InlineData(BlindingBudget.Identified)]
    public async Task Each_budget_is_bounded_and_too_many_of_one_end_no_wait_of_another(object budget)
    {
        var flooded = (BlindingBudget)budget;
        await NoneWaitsAsync();
        Dictionary<BlindingBudget, Task<bool>> others = Enum.GetValues<BlindingBudget>().Where(other => other != flooded)
            .ToDictionary(other => other, other => BlindingDelays.WaitAsync(s_delay, other));

        Task<bool>[] waits = [.. Enumerable.Range(0, 3 * BlindingDelays.Most).Select(_ => BlindingDelays.WaitAsync(s_delay, flooded))];
        Assert.InRange(BlindingDelays.Count(flooded), BlindingDelays.Comfortable, BlindingDelays.Most);
        Assert.All(others.Keys, other => Assert.Equal(1, BlindingDelays.Count(other)));

        bool[] whole = await Task.WhenAll(waits).WithDeadline();
        Assert.InRange(whole.Count(wait => wait), 1, BlindingDelays.Comfortable);
        Assert.All(await Task.WhenAll(others.Values).WithDeadline(), Assert.True);
    }

    [Fact]
    public async Task Those_that_fit_wait_for_their_whole_time()
    {
        await NoneWaitsAsync();
        Task<bool>[] waits =
        [
            .. Enumerable.Range(0, BlindingDelays.Comfortable).Select(_ => BlindingDelays.WaitAsync(TimeSpan.FromSeconds(2), BlindingBudget.Handshake)),
        ];
        Assert.All(await Task.WhenAll(waits).WithDeadline(), Assert.True);
    }

    [Fact]
    public async Task Who_is_let_go_early_is_chosen_at_random_and_is_not_the_newest()
    {
        await NoneWaitsAsync();
        const int TooMany = BlindingDelays.Most - BlindingDelays.Comfortable;
        Task<int[]> first = FloodAsync(BlindingBudget.Handshake);
        Task<int[]> second = FloodAsync(BlindingBudget.Anonymous);
        int[] gone = await first.WithDeadline();
        Assert.Equal(TooMany, gone.Length);
        Assert.NotEqual(gone, await second.WithDeadline()); // the same by a chance of 1 in more than 2^500; by any order, always

        static async Task<int[]> FloodAsync(BlindingBudget budget)
        {
            Task<bool>[] waits = [.. Enumerable.Range(0, BlindingDelays.Comfortable + TooMany).Select(_ => BlindingDelays.WaitAsync(s_delay, budget))];
            bool[] whole = await Task.WhenAll(waits);
            Assert.True(whole[^1]);
            return [.. Enumerable.Range(0, waits.Length).Where(i => !whole[i])];
        }
    }

    [Fact]
    public async Task The_end_of_one_does_not_tell_the_moment_at_which_another_came()
    {
        await NoneWaitsAsync();
        List<Task<bool>> waits =
        [
            .. Enumerable.Range(0, BlindingDelays.Comfortable).Select(_ => BlindingDelays.WaitAsync(s_delay, BlindingBudget.Handshake)),
        ];

        // Were one let go just when another comes, there would never be more. This thread may be slower than those that part, but not always.
        bool isMore = false;
        for (int i = 0; i < 50 && !isMore; i++)
        {
            waits.Add(BlindingDelays.WaitAsync(s_delay, BlindingBudget.Handshake));
            isMore = BlindingDelays.Count(BlindingBudget.Handshake) > BlindingDelays.Comfortable;
        }

        Assert.True(isMore);
        await Task.WhenAll(waits).WithDeadline();
    }

    [Fact]
    public async Task Two_thousand_strangers_that_send_ten_bytes_do_not_end_the_wait_of_an_authenticated_connection()
    {
        await NoneWaitsAsync();
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = TimeSpan.FromMinutes(10)); // 200 seconds at least
        (Stream client, Stream serverEnd) = DuplexPipe.CreateStreams();
        var tampering = new TamperingStream(client);
        TlsPair pair = await TlsPair.OverAsync(tampering, serverEnd, server: server);
        tampering.Tampers = true;
        await pair.Client.WriteAsync("tampered with"u8.ToArray());
        await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[100]).WithDeadline());
        Assert.Equal(1, BlindingDelays.Count(BlindingBudget.Anonymous));

        using S2nContext patient = TestContexts.MakeServer(options => options.MaxBlindingDelay = TimeSpan.FromSeconds(30));
        await RefuseAsync(patient, 2048, [22, 3, 1, 0, 5, 1, 0, 0, 1, 0]);
        Assert.Equal(1, BlindingDelays.Count(BlindingBudget.Anonymous));
        Assert.False(pair.Server.ErrorAnswered.IsCompleted);
        await pair.DisposeAsync();
        Assert.False(((DuplexPipeStream)serverEnd).IsDisposed);

        // Too many of its own kind do, sooner or later; then it is closed without an alert.
        for (int i = 0; !pair.Server.ErrorAnswered.IsCompleted && i < 100; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, BlindingDelays.Most).Select(_ => BlindingDelays.WaitAsync(TimeSpan.FromMilliseconds(100), BlindingBudget.Anonymous))).WithDeadline();
        }

        await pair.Server.ErrorAnswered.WithDeadline();
        for (long start = Environment.TickCount64; !((DuplexPipeStream)serverEnd).IsDisposed; await Task.Delay(10))
        {
            Assert.InRange(Environment.TickCount64 - start, 0, Deadline.Default.TotalMilliseconds);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_peer_that_has_proved_who_it_is_does_not_compete_with_those_who_have_not(bool hasCertificate)
    {
        await NoneWaitsAsync();
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = S2nClientCertificateMode.Optional;
            options.TrustedRoots = TestAuthority.Default.Roots;
        });
        using S2nContext client = TestContexts.MakeClient(options =>
            options.Certificate = hasCertificate ? S2nCertificate.FromX509(TestAuthority.Default.Issue(forClients: true)) : null);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var (toServer, toClient) = (new TamperingStream(clientEnd), new TamperingStream(serverEnd));
        await using TlsPair pair = await TlsPair.OverAsync(toServer, toClient, client: client, server: server);
        toServer.Tampers = toClient.Tampers = true;
        await pair.Client.WriteAsync("tampered with"u8.ToArray());
        await Assert.ThrowsAsync<S2nException>(() => pair.Server.ReadAsync(new byte[100]).WithDeadline());
        Assert.Equal(hasCertificate ? 1 : 0, BlindingDelays.Count(BlindingBudget.Identified));
        Assert.Equal(hasCertificate ? 0 : 1, BlindingDelays.Count(BlindingBudget.Anonymous));
        await pair.Server.ErrorAnswered.WithDeadline();
    }

    [Fact]
    public async Task Ten_thousand_bad_handshakes_pile_up_neither_threads_nor_memory()
    {
        byte[] record = [22, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 0, 0];
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = TimeSpan.FromSeconds(3));
        await RefuseAsync(server, 500, record);
        int threads = ThreadPool.ThreadCount;
        long native = NativeAllocations.Live;
        long largest = 0;
        for (int i = 0; i < 20; i++)
        {
            await RefuseAsync(server, 500, record);
            largest = Math.Max(largest, NativeAllocations.Live - native);
            Assert.InRange(BlindingDelays.Count(BlindingBudget.Handshake), 0, BlindingDelays.Most);
        }

        Assert.InRange(ThreadPool.ThreadCount, 0, threads + 100); // the pool makes some as it likes; if each wait held one, there would be a thousand
        Assert.InRange(largest, 0, 2 * BlindingDelays.Most * 60L); // allocations of a connection; those that are let go go a little later. Ten thousand have nine times as many
    }

    /// <summary>Waits until those of other tests are over.</summary>
    private static async Task NoneWaitsAsync()
    {
        for (long start = Environment.TickCount64; Enum.GetValues<BlindingBudget>().Sum(BlindingDelays.Count) > 0;)
        {
            Assert.InRange(Environment.TickCount64 - start, 0, 45_000);
            await Task.Delay(50);
        }
    }

    private static async Task RefuseAsync(S2nContext context, int count, byte[] record)
    {
        for (int i = 0; i < count; i++)
        {
            (Stream peer, Stream own) = DuplexPipe.CreateStreams();
            var stream = new S2nStream(own);
            await peer.WriteAsync(record);
            await Assert.ThrowsAnyAsync<Exception>(() => stream.AuthenticateAsServerAsync(context).WithDeadline());
            await stream.DisposeAsync();
        }
    }
}
