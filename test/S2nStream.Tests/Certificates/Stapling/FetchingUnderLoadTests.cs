using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Responses are fetched beside everything else, and leave nothing.</summary>
[Collection(nameof(Alone))]
public class FetchingUnderLoadTests
{
    [Fact]
    public async Task Contexts_come_and_go_and_their_certificates_change_while_responses_come_and_expire_and_are_not_to_be_had()
    {
        int seed = Random.Shared.Next();
        X509Certificate2 root = CertificateMaker.Authority("Root under load");
        await using var responder = new ScriptedResponder();
        X509Certificate2[] leaves = [.. Enumerable.Range(0, 3).Select(_ => CertificateMaker.Leaf(root, ocsp: [responder.Address]))];
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [root];
            options.OcspStapling = S2nOcspStapling.Request;
        });
        await RunAsync(20); // what is made once
        long before = await NativeAllocations.SettledAsync();
        await RunAsync(200);
        Assert.Equal(before, await NativeAllocations.BackToAsync(before));

        async Task RunAsync(int rounds)
        {
            var random = new Random(seed);
            var clock = new ManualClock(DateTimeOffset.UtcNow);
            var stapler = new S2nOcspStapler(null, clock, Random.Shared.NextDouble);
            responder.Script = exchange => random.Next(4) switch
            {
                0 => exchange.AnswerAsync([], status: 500),
                1 => exchange.AnswerAsync("garbage"u8.ToArray()),
                _ => exchange.AnswerAsync(new OcspResponseMaker(root, leaves.Single(leaf => exchange.Question.AsSpan().IndexOf(leaf.SerialNumberBytes.Span) >= 0))
                {
                    ThisUpdate = DateTimeOffset.UtcNow.AddMinutes(-1),
                    NextUpdate = clock.GetUtcNow().AddHours(1),
                }.Make()),
            };
            int stapled = 0;
            using S2nContext server = Server(stapler, 0);
            using var stop = new CancellationTokenSource();
            Task[] others =
            [
                RepeatAsync(() => ConnectAsync(server)),
                RepeatAsync(() => Task.Run(() =>
                {
                    using S2nCertificate certificate = S2nCertificate.FromX509(leaves[Random.Shared.Next(3)], [root]);
                    server.ReplaceCertificates(certificate);
                })),
                RepeatAsync(async () =>
                {
                    using S2nContext another = Server(stapler, 1);
                    await ConnectAsync(another);
                }),
            ];
            for (int i = 0; i < rounds; i++)
            {
                clock.Advance(random.NextDouble() * TimeSpan.FromMinutes(40));
                await Task.Delay(random.Next(10));
            }

            await stop.CancelAsync();
            await Task.WhenAll(others).WithDeadline();
            server.Dispose();
            await Eventually.TrueAsync(() => clock.WaitingTimers == 0 && stapler.Keeper.Asking == 0);
            Assert.True(stapled > 0 || rounds < 100, $"seed {seed}");

            async Task ConnectAsync(S2nContext context)
            {
                await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: context);
                stapled += pair.Client.OcspResponse.IsEmpty ? 0 : 1;
            }

            async Task RepeatAsync(Func<Task> action)
            {
                while (!stop.IsCancellationRequested)
                {
                    await action();
                }
            }
        }

        S2nContext Server(S2nOcspStapler stapler, int leaf)
        {
            using S2nCertificate certificate = S2nCertificate.FromX509(leaves[leaf], [root]);
            return TestContexts.MakeServer(options =>
            {
                options.Certificates[0] = certificate;
                options.OcspStapler = stapler;
            });
        }
    }
}
