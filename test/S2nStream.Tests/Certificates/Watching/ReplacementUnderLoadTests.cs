using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Thousands of replacements beside handshakes and data. Alone, because the count of allocations is the whole process's.</summary>
[Collection(nameof(Alone))]
public class ReplacementUnderLoadTests
{
    private static readonly X509Certificate2[] s_identities = [.. Enumerable.Range(0, 3).Select(i => TestAuthority.Default.Issue(subject: $"CN={i}"))];

    [Fact]
    public async Task Nothing_is_dropped_and_nothing_is_left()
    {
        await ReplaceUnderLoadAsync(replacements: 50); // what is made once and kept
        long before = await NativeAllocations.SettledAsync();
        Assert.True(before > 0, "the counter counts nothing");
        await ReplaceUnderLoadAsync(replacements: 3000);
        Assert.InRange(await NativeAllocations.BackToAsync(before), 0, before);
    }

    [Fact]
    public void Replaced_configs_do_not_wait_for_the_collector()
    {
        using S2nContext server = TestContexts.MakeServer();
        using S2nCertificate certificate = S2nCertificate.FromX509(s_identities[0]);
        server.ReplaceCertificates(certificate);
        long before = NativeAllocations.Live;
        bool isNoGc = GC.TryStartNoGCRegion(32 * 1024 * 1024);
        for (int i = 0; i < 100; i++)
        {
            server.ReplaceCertificates(certificate);
        }

        long after = NativeAllocations.Live;
        if (isNoGc)
        {
            GC.EndNoGCRegion();
        }

        Assert.Equal(before, after);
    }

    /// <summary>Replaces at least so often, and until the clients have seen a certificate and the one that replaced it.</summary>
    private static async Task ReplaceUnderLoadAsync(int replacements)
    {
        S2nCertificate[] certificates = [.. s_identities.Select(identity => S2nCertificate.FromX509(identity))];
        using S2nContext server = TestContexts.MakeServer();
        server.ReplaceCertificates(certificates[0]);
        await using TlsPair veteran = await TlsPair.InMemoryAsync(server: server);
        using var stop = new CancellationTokenSource();
        var seen = new ConcurrentDictionary<string, bool>();
        Task[] clients = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => ConnectAsync(server, seen, stop.Token)))];
        Task talk = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested || i == 0; i++)
            {
                await EchoAsync(veteran);
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 2).Select(thread => Deadline.Run(() =>
        {
            for (int i = 0; i < replacements / 2 || seen.Count < 2; i++)
            {
                server.ReplaceCertificates(certificates[(i + thread) % certificates.Length]);
                if (i % 100 == 0 || i >= replacements / 2)
                {
                    Thread.Sleep(1); // the handshakes go on beside
                }
            }
        })));
        await stop.CancelAsync();
        await talk.WithDeadline();
        await Task.WhenAll(clients).WithDeadline();
        Array.ForEach(certificates, certificate => certificate.Dispose());
    }

    private static async Task ConnectAsync(S2nContext server, ConcurrentDictionary<string, bool> seen, CancellationToken stop)
    {
        do
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
            await EchoAsync(pair);
            seen[pair.Client.RemoteCertificate!.Subject] = true;
        }
        while (!stop.IsCancellationRequested);
    }

    private static async Task EchoAsync(TlsPair pair)
    {
        await pair.Client.WriteAsync("ping"u8.ToArray()).WithDeadline();
        await pair.Server.ReadExactlyAsync(new byte[4]).WithDeadline();
    }
}
