using System.Security.Authentication;
using S2nTls.Context;
using S2nTls.Engine;

namespace S2nTls.Tests.Engine;

/// <summary>A client's and a server's engine wired back to back, with the ciphertext in the test's hands.</summary>
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
        new Side((inbound, outbound) => TlsEngine.Create(client, inbound, outbound)),
        new Side((inbound, outbound) => TlsEngine.Create(new HandshakePlan(server), inbound, outbound)));

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
        EngineStatus client = EngineStatus.NeedsCiphertext;
        EngineStatus server = EngineStatus.NeedsCiphertext;
        for (int flight = 0; flight < 20 && (client, server) != (EngineStatus.Done, EngineStatus.Done); flight++)
        {
            client = client == EngineStatus.Done ? client : Client.Engine.Handshake();
            deliver(Client, Server);
            server = server == EngineStatus.Done ? server : Server.Engine.Handshake();
            deliver(Server, Client);
        }

        Assert.Equal((EngineStatus.Done, EngineStatus.Done), (client, server));
    }

    public void Dispose()
    {
        Client.Engine.Dispose();
        Server.Engine.Dispose();
    }

    internal sealed class Side
    {
        private readonly InboundBuffer _inbound = new();
        private readonly OutboundBuffer _outbound = new();

        internal Side(Func<InboundCiphertext, OutboundCiphertext, TlsEngine> create) => Engine = create(_inbound, _outbound);

        internal TlsEngine Engine { get; }

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
            Engine.Encrypt(plaintext);
            return TakeOutbound();
        }

        /// <summary>Decrypts until the engine says something other than done.</summary>
        internal (byte[] Data, EngineStatus Status) DecryptAll(int bufferSize = 4096)
        {
            using var data = new MemoryStream();
            byte[] buffer = new byte[bufferSize];
            while (true)
            {
                EngineStatus status = Engine.Decrypt(buffer, out int count);
                data.Write(buffer, 0, count);
                if (status != EngineStatus.Done)
                {
                    return (data.ToArray(), status);
                }
            }
        }
    }
}
