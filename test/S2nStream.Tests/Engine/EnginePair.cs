using System.Security.Authentication;
using S2nTls.Context;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;

namespace S2nTls.Tests.Engine;

/// <summary>A client's and a server's connection wired back to back, with the ciphertext in the test's hands.</summary>
internal sealed class EnginePair : IDisposable
{
    private EnginePair(Side client, Side server)
    {
        Client = client;
        Server = server;
    }

    internal Side Client { get; }

    internal Side Server { get; }

    internal static EnginePair Create(SslProtocols protocol = SslProtocols.Tls13) =>
        Create(TestContexts.ClientFor(protocol), TestContexts.ServerFor(protocol));

    internal static EnginePair Create(S2nContext client, S2nContext server) =>
        Create(new HandshakePlan(client) { TargetHost = "localhost" }, server);

    internal static EnginePair Create(HandshakePlan client, S2nContext server) => new(
        new Side(client),
        new Side(new HandshakePlan(server)));

    internal static EnginePair CreateConnected(SslProtocols protocol = SslProtocols.Tls13)
    {
        EnginePair pair = Create(protocol);
        pair.Connect();
        return pair;
    }

    /// <summary>Runs the handshake to its end; <paramref name="deliver"/> moves one flight from a side to the other.</summary>
    internal void Connect(Action<Side, Side>? deliver = null)
    {
        deliver ??= static (from, to) => to.Feed(from.TakeOutbound());
        HandshakeStatus client = HandshakeStatus.NeedsCiphertext;
        HandshakeStatus server = HandshakeStatus.NeedsCiphertext;
        for (int flight = 0; flight < 20 && (client, server) != (HandshakeStatus.Done, HandshakeStatus.Done); flight++)
        {
            client = client == HandshakeStatus.Done ? client : Client.Handshake.Advance();
            deliver(Client, Server);
            server = server == HandshakeStatus.Done ? server : Server.Handshake.Advance();
            deliver(Server, Client);
        }

        Assert.Equal((HandshakeStatus.Done, HandshakeStatus.Done), (client, server));
    }

    public void Dispose()
    {
        Client.Connection.Dispose();
        Server.Connection.Dispose();
    }

    internal sealed class Side
    {
        private readonly InboundBuffer _inbound = new();
        private readonly OutboundBuffer _outbound = new();

        internal Side(HandshakePlan plan) => Handshake = TlsHandshake.Begin(plan, _inbound, _outbound);

        internal TlsHandshake Handshake { get; }

        internal TlsConnection Connection => Handshake.Connection;

        /// <summary>Has what the handshake asks answered by what its plan names, which does so at once.</summary>
        internal void Answer()
        {
            Question question = Handshake.Question!;
            Assert.True(question.AnswerAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
            question.Apply();
        }

        internal byte[] TakeOutbound()
        {
            byte[] ciphertext = _outbound.Written.ToArray();
            _outbound.Release();
            return ciphertext;
        }

        internal void Feed(ReadOnlySpan<byte> ciphertext)
        {
            while (!ciphertext.IsEmpty)
            {
                Span<byte> room = _inbound.Prepare().Span;
                int count = Math.Min(room.Length, ciphertext.Length);
                Assert.True(count > 0, "the inbound buffer is full");
                ciphertext[..count].CopyTo(room);
                _inbound.Commit(count);
                ciphertext = ciphertext[count..];
            }
        }

        internal void FeedEnd() => _inbound.Complete();

        internal byte[] Encrypt(ReadOnlySpan<byte> plaintext)
        {
            Connection.Encrypt(plaintext);
            return TakeOutbound();
        }

        /// <summary>Decrypts until the connection says something other than done.</summary>
        internal (byte[] Data, DecryptStatus Status) DecryptAll(int bufferSize = 4096)
        {
            using var data = new MemoryStream();
            byte[] buffer = new byte[bufferSize];
            while (true)
            {
                DecryptStatus status = Connection.Decrypt(buffer, out int count);
                data.Write(buffer, 0, count);
                if (status != DecryptStatus.Done)
                {
                    return (data.ToArray(), status);
                }
            }
        }
    }
}
