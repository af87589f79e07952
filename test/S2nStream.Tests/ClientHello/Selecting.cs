namespace S2nTls.Tests.ClientHello;

/// <summary>Connections in memory whose server selects its context when it has read the client's hello.</summary>
internal static class Selecting
{
    /// <summary>Both sides' handshakes, the server going on with a context that is selected asynchronously.</summary>
    public static Task<(S2nStream Client, S2nStream Server)> ConnectAsync(S2nContext client, S2nContext server, string host = "localhost") =>
        ConnectAsync(client, async (_, _, _) =>
        {
            await Task.Yield();
            return server;
        }, host);

    /// <inheritdoc cref="ConnectAsync(S2nContext, S2nContext, string)"/>
    /// <param name="wrapClient">What the client writes to, over the connection.</param>
    /// <param name="wrapServer">What the server writes to.</param>
    public static async Task<(S2nStream Client, S2nStream Server)> ConnectAsync(
        S2nContext client, S2nClientHelloCallback selection, string host = "localhost",
        Func<Stream, Stream>? wrapClient = null, Func<Stream, Stream>? wrapServer = null)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams(pauseAt: 0);
        var clientStream = new S2nStream(wrapClient?.Invoke(clientEnd) ?? clientEnd);
        var serverStream = new S2nStream(wrapServer?.Invoke(serverEnd) ?? serverEnd);
        Task clientSide = AbortingOnFailure(clientStream.AuthenticateAsClientAsync(client, host), clientEnd);
        Task serverSide = AbortingOnFailure(serverStream.AuthenticateAsServerAsync(selection), serverEnd);
        try
        {
            await Task.WhenAll(clientSide, serverSide).WithDeadline();
            return (clientStream, serverStream);
        }
        catch
        {
            await clientStream.DisposeAsync();
            await serverStream.DisposeAsync();
            await serverSide.WithDeadline(); // where both have failed, it is the server that says why: the client may have heard before
            throw;
        }
    }

    /// <summary>The other side of a handshake that has failed here is not to wait for the answer, which is sometimes late on purpose.</summary>
    private static async Task AbortingOnFailure(Task handshake, Stream inner)
    {
        try
        {
            await handshake;
        }
        catch
        {
            await inner.DisposeAsync();
            throw;
        }
    }
}
