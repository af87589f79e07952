using System.Security.Authentication;
using Xunit.Abstractions;

namespace S2nTls.Tests.Faults;

/// <summary>
/// Something goes wrong at every step of a conversation in turn. Everything arrives then, or a documented exception
/// says why not; never anything else, and nothing hangs or is left behind.
/// </summary>
[Collection(nameof(Alone))]
public sealed class FaultTests(ITestOutputHelper output) : IDisposable
{
    private const int ClientSays = 40_000;
    private const int ServerSays = 60_000;

    private static readonly SslProtocols[] s_protocols = [SslProtocols.Tls12, SslProtocols.Tls13];

    private readonly S2nContext _client12 = Undelayed(TestContexts.Tls12Policy, isServer: false);
    private readonly S2nContext _client13 = Undelayed(S2nSecurityPolicy.DefaultTls13, isServer: false);
    private readonly S2nContext _server12 = Undelayed(TestContexts.Tls12Policy, isServer: true);
    private readonly S2nContext _server13 = Undelayed(S2nSecurityPolicy.DefaultTls13, isServer: true);
    private readonly int _seed = Environment.TickCount;

    public static TheoryData<SslProtocols, bool, bool, FaultKind> Cases()
    {
        var cases = new TheoryData<SslProtocols, bool, bool, FaultKind>();
        foreach (SslProtocols protocol in s_protocols)
        {
            foreach (bool onServer in new[] { false, true })
            {
                foreach (FaultKind kind in Enum.GetValues<FaultKind>())
                {
                    cases.Add(protocol, onServer, true, kind);
                    if (kind != FaultKind.Cancel) // synchronous calls cannot be
                    {
                        cases.Add(protocol, onServer, false, kind);
                    }
                }
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task At_every_step_all_arrives_or_a_documented_exception_says_why_not(SslProtocols protocol, bool onServer, bool asynchronously, FaultKind kind)
    {
        using var unobserved = new UnobservedExceptions();
        int steps = (await ConverseAsync(protocol, onServer, asynchronously, FaultKind.None, at: -1)).Steps;
        int complete = 0;
        for (int at = 0; at < steps; at++)
        {
            Outcome outcome = await ConverseAsync(protocol, onServer, asynchronously, kind, at);
            string circumstances = $"seed {_seed}, step {at} of {steps}: {outcome}";
            Check(outcome.Client, outcome.Server, outcome.ServerSaid, kind, circumstances);
            Check(outcome.Server, outcome.Client, outcome.ClientSaid, kind, circumstances);
            bool isComplete = outcome.Client.Error is null && outcome.Server.Error is null;
            Assert.True(isComplete || kind is not (FaultKind.None or FaultKind.Split or FaultKind.Delay), circumstances);
            complete += isComplete ? 1 : 0;
        }

        unobserved.Check();
        output.WriteLine($"{steps} faults, {complete} conversations complete");
    }

    [Fact]
    public async Task Faults_leave_no_memory_of_s2ns_behind()
    {
        await FailAllAsync(); // fills what is cached
        long before = await NativeAllocations.SettledAsync();
        await FailAllAsync();
        Assert.InRange(await NativeAllocations.BackToAsync(before), 0, before);

        async Task FailAllAsync()
        {
            foreach (FaultKind kind in Enum.GetValues<FaultKind>())
            {
                for (int at = 0; at < 10; at++)
                {
                    await ConverseAsync(SslProtocols.Tls13, onServer: at % 2 == 0, asynchronously: true, kind, at);
                    await ConverseAsync(SslProtocols.Tls12, onServer: at % 2 == 1, asynchronously: true, kind, at);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (S2nContext context in new[] { _client12, _client13, _server12, _server13 })
        {
            context.Dispose();
        }
    }

    private static void Check(Party party, Party other, byte[] said, FaultKind kind, string circumstances)
    {
        byte[] heard = party.Heard;
        Assert.True(said.AsSpan().StartsWith(heard), $"{circumstances}: wrong data");

        // Who gave up and disposed has said so by close_notify, where no write of his was torn: then what he has said is whole writes.
        bool isWhole = heard.Length == said.Length || (other.Error is not null && heard.Length % (said.Length / 2) == 0);
        Assert.True(party.Error is not null || isWhole, $"{circumstances}: {heard.Length} bytes of {said.Length} and no error");
        bool isDocumented = party.Error is null or IOException or AuthenticationException || (kind == FaultKind.Cancel && party.Error is OperationCanceledException);
        Assert.True(isDocumented, $"{circumstances}: {party.Error}");
    }

    private async Task<Outcome> ConverseAsync(SslProtocols protocol, bool onServer, bool asynchronously, FaultKind kind, int at)
    {
        var random = new Random(_seed);
        byte[] clientSays = new byte[ClientSays];
        byte[] serverSays = new byte[ServerSays];
        random.NextBytes(clientSays);
        random.NextBytes(serverSays);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var faulty = new FaultyStream(onServer ? serverEnd : clientEnd, kind, at, random);
        CancellationToken token = faulty.Token;
        bool is13 = protocol == SslProtocols.Tls13;
        var client = new Party(
            onServer ? clientEnd : faulty, is13 ? _client13 : _client12, protocol, clientSays, ServerSays, speaksFirst: true, onServer ? CancellationToken.None : token);
        var server = new Party(
            onServer ? faulty : serverEnd, is13 ? _server13 : _server12, protocol, serverSays, ClientSays, speaksFirst: false, onServer ? token : CancellationToken.None);
        await (asynchronously
            ? Task.WhenAll(Task.Run(client.TalkAsync), Task.Run(server.TalkAsync)).WithDeadline()
            : Task.WhenAll(Deadline.Run(client.Talk), Deadline.Run(server.Talk)));
        return new Outcome(client, server, clientSays, serverSays, faulty.Steps);
    }

    /// <summary>Errors are answered at once: otherwise most of this would be waiting for blinding delays.</summary>
    private static S2nContext Undelayed(S2nSecurityPolicy policy, bool isServer) => isServer
        ? TestContexts.MakeServer(options => (options.SecurityPolicy, options.MaxBlindingDelay) = (policy, TimeSpan.Zero))
        : TestContexts.MakeClient(options => (options.SecurityPolicy, options.MaxBlindingDelay) = (policy, TimeSpan.Zero));

    private sealed record Outcome(Party Client, Party Server, byte[] ClientSaid, byte[] ServerSaid, int Steps)
    {
        public override string ToString() => $"client: {Client.Error?.Message ?? "complete"}; server: {Server.Error?.Message ?? "complete"}";
    }
}
