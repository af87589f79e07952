using S2nTls.Reliability.Races;
using S2nTls.Reliability.Soaking;

namespace S2nTls.Tests.Faults;

/// <summary>The short forms of build/soak.sh and build/dispose.sh.</summary>
[Collection(nameof(Alone))]
public class SoakTests
{
    [Fact]
    public async Task Held_connections_comers_and_stalled_peers_do_not_disturb_each_other_and_leave_nothing()
    {
        await SoakAsync(connections: 10, TimeSpan.FromSeconds(0.5)); // fills what is cached
        long before = await NativeAllocations.SettledAsync();
        (SoakServer server, SoakClients clients) = await SoakAsync(connections: 300, TimeSpan.FromSeconds(4));
        Assert.Null(clients.Error);
        Assert.Equal(300, clients.Held);
        Assert.InRange(clients.Cycles, 100, long.MaxValue);
        Assert.InRange(clients.Bytes, 300 * 500, server.Bytes);
        Assert.InRange(await NativeAllocations.BackToAsync(before), 0, before);
    }

    [Fact]
    public async Task Disposal_in_the_middle_of_every_call_ends_it_and_leaves_nothing()
    {
        const int Times = 3000;
        int seed = Environment.TickCount;
        await RaceAsync(100);
        long before = await NativeAllocations.SettledAsync();
        await RaceAsync(Times);
        Assert.InRange(await NativeAllocations.BackToAsync(before), 0, before);

        Task RaceAsync(int times) => Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < times / 4; i++)
            {
                await new DisposalRace(seed + (worker * Times) + i).RunOnceAsync();
            }
        }))).WithDeadline(TimeSpan.FromMinutes(2));
    }

    private static async Task<(SoakServer Server, SoakClients Clients)> SoakAsync(int connections, TimeSpan time)
    {
        using var server = new SoakServer(TestContexts.Server);
        var clients = new SoakClients(server.Port, TestContexts.Client);
        using var stop = new CancellationTokenSource(time);
        await clients.RunAsync(connections, TimeSpan.FromSeconds(0.5), comers: 4, stalled: 5, stop.Token).WithDeadline(TimeSpan.FromMinutes(2));
        server.Dispose();
        await server.Ended.WithDeadline();
        for (long start = Environment.TickCount64; server.Held > 0;)
        {
            Assert.InRange(Environment.TickCount64 - start, 0, 30_000);
            await Task.Delay(20);
        }

        return (server, clients);
    }
}
