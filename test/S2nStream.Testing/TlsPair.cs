using System.Security.Authentication;

namespace S2nTls.Testing;

/// <summary>Two authenticated streams of this library, joined.</summary>
public sealed class TlsPair : IAsyncDisposable
{
    private TlsPair(S2nStream client, S2nStream server, Stream? innerClient, Stream? innerServer)
    {
        Client = client;
        Server = server;
        InnerClient = innerClient;
        InnerServer = innerServer;
    }

    public S2nStream Client { get; }

    public S2nStream Server { get; }

    /// <summary>What lies below the client's stream; null over a bare pipe.</summary>
    public Stream? InnerClient { get; }

    public Stream? InnerServer { get; }

    public static async Task<TlsPair> OverTcpAsync(SslProtocols protocol = SslProtocols.Tls13, S2nContext? client = null, S2nContext? server = null)
    {
        (Stream innerClient, Stream innerServer) = await TcpPair.ConnectAsync();
        return await OverAsync(innerClient, innerServer, protocol, client, server);
    }

    public static Task<TlsPair> InMemoryAsync(
        SslProtocols protocol = SslProtocols.Tls13, S2nContext? client = null, S2nContext? server = null, long pauseAt = 64 * 1024)
    {
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams(pauseAt);
        return OverAsync(innerClient, innerServer, protocol, client, server);
    }

    public static Task<TlsPair> OverPipesAsync(SslProtocols protocol = SslProtocols.Tls13, long pauseAt = 64 * 1024)
    {
        (DuplexPipe client, DuplexPipe server) = DuplexPipe.Create(pauseAt);
        return AuthenticateAsync(new S2nStream(client), new S2nStream(server), null, null, TestContexts.ClientFor(protocol), TestContexts.ServerFor(protocol));
    }

    public static Task<TlsPair> OverAsync(
        Stream innerClient, Stream innerServer, SslProtocols protocol = SslProtocols.Tls13,
        S2nContext? client = null, S2nContext? server = null, bool leaveOpen = false) =>
        AuthenticateAsync(
            new S2nStream(innerClient, leaveOpen), new S2nStream(innerServer, leaveOpen), innerClient, innerServer,
            client ?? TestContexts.ClientFor(protocol), server ?? TestContexts.ServerFor(protocol));

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static async Task<TlsPair> AuthenticateAsync(
        S2nStream client, S2nStream server, Stream? innerClient, Stream? innerServer, S2nContext clientContext, S2nContext serverContext)
    {
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(clientContext, "localhost"),
            server.AuthenticateAsServerAsync(serverContext)).WithDeadline();
        return new TlsPair(client, server, innerClient, innerServer);
    }
}
