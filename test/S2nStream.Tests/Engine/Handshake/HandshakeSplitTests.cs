using System.Security.Authentication;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;

namespace S2nTls.Tests.Engine;

/// <summary>The handshake does not care how the transport cuts the ciphertext.</summary>
public class HandshakeSplitTests
{
    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public void A_handshake_completes_when_each_flight_is_cut_at_every_point(SslProtocols protocol)
    {
        int longest = int.MaxValue;
        for (int cut = 1; cut < longest; cut++)
        {
            int longestFlight = 0;
            using EnginePair pair = EnginePair.Create(protocol);
            pair.Connect((from, to) =>
            {
                byte[] flight = from.TakeOutbound();
                longestFlight = Math.Max(longestFlight, flight.Length);
                int first = Math.Min(cut, flight.Length);
                to.Feed(flight.AsSpan(0, first));
                if (first < flight.Length)
                {
                    Assert.Equal(HandshakeStatus.NeedsCiphertext, to.Handshake.Advance());
                    to.Feed(flight.AsSpan(first));
                }
            });
            longest = longestFlight;
        }

        Assert.InRange(longest, 100, 20_000);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, 1)]
    [InlineData(SslProtocols.Tls12, 1)]
    [InlineData(SslProtocols.Tls13, 2)]
    [InlineData(SslProtocols.Tls13, 5)]
    [InlineData(SslProtocols.Tls13, 7)]
    [InlineData(SslProtocols.Tls12, 64)]
    public void A_handshake_completes_in_pieces_of_any_size_and_needs_more_until_the_last(SslProtocols protocol, int piece)
    {
        using EnginePair pair = EnginePair.Create(protocol);
        pair.Connect((from, to) =>
        {
            byte[] flight = from.TakeOutbound();
            for (int start = 0; start < flight.Length; start += piece)
            {
                int size = Math.Min(piece, flight.Length - start);
                to.Feed(flight.AsSpan(start, size));
                if (start + size < flight.Length)
                {
                    to.Handshake.Advance();
                }
            }
        });

        (byte[] data, _) = Exchange(pair);
        Assert.Equal("after"u8.ToArray(), data);
    }

    private static (byte[], DecryptStatus) Exchange(EnginePair pair)
    {
        pair.Server.Feed(pair.Client.Encrypt("after"u8));
        return pair.Server.DecryptAll();
    }
}
