using System.Security.Authentication;
using System.Security.Cryptography;

namespace S2nTls.Tests.EarlyData;

/// <summary>Data in the handshake (0-RTT), between two streams of this library.</summary>
public class EarlyDataTests
{
    private static readonly byte[] s_request = "GET / HTTP/1.0\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task Data_goes_with_the_handshake_of_a_resumed_session_and_is_told_apart_from_what_follows()
    {
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer();
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request);
        Assert.Equal(EarlyDataStatus.Accepted, pair.Client.EarlyDataStatus);
        Assert.Equal(EarlyDataStatus.Accepted, pair.Server.EarlyDataStatus);
        Assert.Equal(s_request, pair.Early);
        Assert.True(pair.Client.IsSessionResumed);
        await pair.ExchangeAsync();
    }

    [Fact]
    public async Task A_guard_that_says_no_rejects()
    {
        var guard = new TellingGuard(accept: false);
        using S2nContext client = EarlyDataPair.MakeClient(), server = EarlyDataPair.MakeServer(guard);
        await EarlyDataPair.IntroduceAsync(client, server);
        await using EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, s_request);
        Assert.Equal(EarlyDataStatus.Rejected, pair.Client.EarlyDataStatus);
        Assert.Equal(EarlyDataStatus.Rejected, pair.Server.EarlyDataStatus);
        Assert.Empty(pair.Early);
        Assert.True(pair.Client.IsSessionResumed);
        await pair.ExchangeAsync();
    }

    private sealed class TellingGuard(bool accept) : EarlyDataGuard
    {
        public List<EarlyDataOffer> Offers { get; } = [];

        protected internal override ReadOnlyMemory<byte> CreateTicketContext() => "from the guard"u8.ToArray();

        protected internal override async ValueTask<bool> AcceptAsync(EarlyDataOffer offer, CancellationToken cancellationToken)
        {
            await Task.Yield();
            Offers.Add(offer);
            return accept;
        }
    }
}
