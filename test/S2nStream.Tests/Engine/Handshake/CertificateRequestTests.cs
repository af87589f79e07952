using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Context;
using S2nTls.Engine.Handshake;
using S2nTls.Wire;

namespace S2nTls.Tests.Engine;

/// <summary>A client that chooses its certificate when the server has asked is asked once, however the transport cuts the flight.</summary>
public class CertificateRequestTests
{
    private static readonly X509Certificate2 s_alice = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public void The_handshake_waits_once_when_each_flight_is_cut_at_every_point(SslProtocols protocol)
    {
        using var client = new SelectingClient(protocol, s_alice);
        using S2nContext server = ServerThatAsks(protocol);
        int longest = int.MaxValue;
        for (int cut = 1; cut < longest; cut++)
        {
            int longestFlight = 0;
            using EnginePair pair = EnginePair.Create(client.Plan, server);
            int requests = client.Connect(pair, (from, to, proceed) =>
            {
                byte[] flight = from.TakeOutbound();
                longestFlight = Math.Max(longestFlight, flight.Length);
                int first = Math.Min(cut, flight.Length);
                to.Feed(flight.AsSpan(0, first));
                if (first < flight.Length)
                {
                    Assert.Equal(HandshakeStatus.NeedsCiphertext, proceed(to));
                    to.Feed(flight.AsSpan(first));
                }
            });
            longest = longestFlight;
            Assert.Equal(1, requests);
            AssertShown(pair, s_alice);
        }

        Assert.InRange(longest, 100, 20_000);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, 1, true)]
    [InlineData(SslProtocols.Tls12, 1, true)]
    [InlineData(SslProtocols.Tls13, 1, false)]
    [InlineData(SslProtocols.Tls12, 1, false)]
    [InlineData(SslProtocols.Tls13, 7, true)]
    [InlineData(SslProtocols.Tls12, 7, true)]
    public void The_handshake_waits_once_when_it_comes_in_pieces_of_any_size(SslProtocols protocol, int piece, bool hasCertificate)
    {
        X509Certificate2? certificate = hasCertificate ? s_alice : null;
        using var client = new SelectingClient(protocol, certificate);
        using S2nContext server = ServerThatAsks(protocol);
        using EnginePair pair = EnginePair.Create(client.Plan, server);
        int requests = client.Connect(pair, (from, to, proceed) =>
        {
            byte[] flight = from.TakeOutbound();
            for (int start = 0; start < flight.Length; start += piece)
            {
                int size = Math.Min(piece, flight.Length - start);
                to.Feed(flight.AsSpan(start, size));
                if (start + size < flight.Length)
                {
                    proceed(to);
                }
            }
        });
        Assert.Equal(1, requests);
        AssertShown(pair, certificate);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    public void Messages_may_span_records_and_share_them(int fragment)
    {
        using var client = new SelectingClient(SslProtocols.Tls12, s_alice);
        using S2nContext server = ServerThatAsks(SslProtocols.Tls12);
        using EnginePair pair = EnginePair.Create(client.Plan, server);
        bool isFirst = true;
        int requests = client.Connect(pair, (from, to, _) =>
        {
            byte[] flight = from.TakeOutbound();
            bool isServersFirst = isFirst && from == pair.Server && flight.Length > 0;
            to.Feed(isServersFirst ? Refragment(flight, fragment) : flight);
            isFirst &= !isServersFirst;
        });
        Assert.False(isFirst);
        Assert.Equal(1, requests);
        AssertShown(pair, s_alice);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public void A_server_that_does_not_ask_is_not_waited_for(SslProtocols protocol)
    {
        using var client = new SelectingClient(protocol, s_alice);
        using EnginePair pair = EnginePair.Create(client.Plan, TestContexts.ServerFor(protocol));
        pair.Connect();
        Assert.Null(pair.Client.Handshake.Flight?.Request);
        Assert.Null(pair.Client.Handshake.Flight);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public void It_waits_until_there_is_an_answer_even_if_the_transport_has_ended(SslProtocols protocol)
    {
        using var client = new SelectingClient(protocol, s_alice);
        using S2nContext server = ServerThatAsks(protocol);
        using EnginePair pair = EnginePair.Create(client.Plan, server);
        pair.Client.Handshake.Advance();
        pair.Server.Feed(pair.Client.TakeOutbound());
        pair.Server.Handshake.Advance();
        pair.Client.Feed(pair.Server.TakeOutbound());
        pair.Client.FeedEnd();

        ServerFlight flight = pair.Client.Handshake.Flight!;
        Assert.Equal(HandshakeStatus.Asks, pair.Client.Handshake.Advance());
        Assert.Equal(HandshakeStatus.Asks, pair.Client.Handshake.Advance());
        Assert.True(flight.IsWiped);
        Assert.Equal(TestAuthority.Localhost.RawData, pair.Client.Handshake.Flight!.Request!.ServerCertificate.RawData);
        pair.Client.Answer();
        if (protocol == SslProtocols.Tls13)
        {
            Assert.Equal(HandshakeStatus.Done, pair.Client.Handshake.Advance());
        }
        else
        {
            Assert.Throws<S2nException>(() => pair.Client.Handshake.Advance());
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public void A_flight_that_is_cut_off_fails_as_without_it(SslProtocols protocol)
    {
        using var client = new SelectingClient(protocol, s_alice);
        using S2nContext server = ServerThatAsks(protocol);
        using EnginePair pair = EnginePair.Create(client.Plan, server);
        pair.Client.Handshake.Advance();
        pair.Server.Feed(pair.Client.TakeOutbound());
        pair.Server.Handshake.Advance();
        pair.Client.Feed(pair.Server.TakeOutbound().AsSpan(0, 200));
        Assert.Equal(HandshakeStatus.NeedsCiphertext, pair.Client.Handshake.Advance());
        pair.Client.FeedEnd();
        var error = Assert.Throws<S2nException>(() => pair.Client.Handshake.Advance());
        Assert.Equal(S2nErrorType.Closed, error.ErrorType);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("220 mail.test ESMTP\r\n")]
    public void A_peer_that_does_not_speak_tls_is_recognized_by_its_first_bytes(string greeting)
    {
        using var client = new SelectingClient(SslProtocols.Tls13, s_alice);
        using S2nContext server = ServerThatAsks(SslProtocols.Tls13);
        using EnginePair pair = EnginePair.Create(client.Plan, server);
        pair.Client.Handshake.Advance();
        pair.Client.Feed(System.Text.Encoding.ASCII.GetBytes(greeting));
        var error = Assert.Throws<S2nException>(() => pair.Client.Handshake.Advance());
        Assert.Contains(greeting[..8], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_flight_is_held_back_only_where_somebody_chooses()
    {
        using EnginePair pair = EnginePair.Create();
        Assert.Null(pair.Client.Handshake.Flight);
        Assert.Null(pair.Server.Handshake.Flight);
    }

    private static S2nContext ServerThatAsks(SslProtocols protocol) => TestContexts.MakeServer(options =>
    {
        options.SecurityPolicy = PolicyFor(protocol);
        options.TrustedRoots = TestAuthority.Default.Roots;
        options.ClientCertificateMode = S2nClientCertificateMode.Optional;
    });

    private static S2nSecurityPolicy PolicyFor(SslProtocols protocol) =>
        protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;

    private static void AssertShown(EnginePair pair, X509Certificate2? certificate)
    {
        using X509Certificate2? shown = pair.Server.Connection.GetPeerCertificate();
        Assert.Equal(certificate?.RawData, shown?.RawData);
        using X509Certificate2? server = pair.Client.Connection.GetPeerCertificate();
        Assert.Equal(TestAuthority.Localhost.RawData, server!.RawData);
        pair.Server.Feed(pair.Client.Encrypt("after"u8));
        Assert.Equal("after"u8.ToArray(), pair.Server.DecryptAll().Data);
    }

    /// <summary>The messages of handshake records in the clear, in records of another size.</summary>
    private static byte[] Refragment(byte[] records, int size)
    {
        var messages = new List<byte>();
        for (int start = 0; start < records.Length;)
        {
            Assert.Equal(ContentType.Handshake, records[start]);
            int length = (records[start + 3] << 8) | records[start + 4];
            messages.AddRange(records.AsSpan(start + RecordHeader.Length, length));
            start += RecordHeader.Length + length;
        }

        return [.. messages.Chunk(size).SelectMany(part => (byte[])[ContentType.Handshake, 3, 3, (byte)(part.Length >> 8), (byte)part.Length, .. part])];
    }

    /// <summary>A client's two contexts, and its part in a handshake.</summary>
    private sealed class SelectingClient : IDisposable
    {
        private readonly S2nContext _without;
        private readonly S2nContext? _with;

        internal SelectingClient(SslProtocols protocol, X509Certificate2? certificate)
        {
            _without = TestContexts.MakeClient(options =>
            {
                options.SecurityPolicy = PolicyFor(protocol);
                options.SelectsCertificateLater = true;
            });
            using S2nCertificate? own = certificate is null ? null : S2nCertificate.FromX509(certificate);
            _with = certificate is null ? null : TestContexts.MakeClient(options =>
            {
                options.SecurityPolicy = PolicyFor(protocol);
                options.Certificate = own;
            });
        }

        internal HandshakePlan Plan => new(_without) { TargetHost = "localhost", SelectCertificate = _ => _with };

        /// <returns>How often the handshake has waited for the application.</returns>
        internal int Connect(EnginePair pair, Action<EnginePair.Side, EnginePair.Side, Func<EnginePair.Side, HandshakeStatus>> deliver)
        {
            int requests = 0;
            HandshakeStatus client = HandshakeStatus.NeedsCiphertext;
            HandshakeStatus server = HandshakeStatus.NeedsCiphertext;
            for (int flight = 0; flight < 20 && (client, server) != (HandshakeStatus.Done, HandshakeStatus.Done); flight++)
            {
                client = client == HandshakeStatus.Done ? client : Proceed(pair.Client);
                deliver(pair.Client, pair.Server, Proceed);
                server = server == HandshakeStatus.Done ? server : Proceed(pair.Server);
                deliver(pair.Server, pair.Client, Proceed);
            }

            Assert.Equal((HandshakeStatus.Done, HandshakeStatus.Done), (client, server));
            return requests;

            HandshakeStatus Proceed(EnginePair.Side side)
            {
                HandshakeStatus status = side.Handshake.Advance();
                while (status == HandshakeStatus.Asks)
                {
                    requests++;
                    using X509Certificate2 shown = side.Handshake.Flight!.Request!.ServerCertificate;
                    Assert.Equal(TestAuthority.Localhost.RawData, shown.RawData);
                    Assert.Empty(side.Handshake.Flight.Request.Issuers);
                    side.Answer();
                    status = side.Handshake.Advance();
                }

                return status;
            }
        }

        public void Dispose()
        {
            _without.Dispose();
            _with?.Dispose();
        }
    }
}
