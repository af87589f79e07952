using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Wire;

namespace S2nTls.Benchmarks.Streams;

/// <summary>What two ends of a kind agree on, seen in a connection that is made to look at it.</summary>
internal sealed record Agreement(SslProtocols Protocol, TlsCipherSuite CipherSuite, string Group, bool IsResumed)
{
    internal static async Task<Agreement> OfAsync(StreamKind kind)
    {
        var written = new List<byte>();
        (Stream client, Stream server) = await kind.ConnectAsync(DuplexMemoryStream.CreatePair(bytes => written.AddRange(bytes)));
        (SslProtocols protocol, TlsCipherSuite cipherSuite) = kind.Negotiated(client);

        // A client takes the session tickets, of which the handshake does not wait, with its first read.
        await server.WriteAsync(new byte[1]);
        await client.ReadExactlyAsync(new byte[1]);
        await kind.CloseAsync(client, server);
        ServerHello hello = ServerHello.Read([.. written]);
        return new Agreement(protocol, cipherSuite, hello.Group, hello.IsResumed);
    }

    public override string ToString() => $"{Protocol}, {CipherSuite}, {Group}{(IsResumed ? ", resumed" : "")}";
}
