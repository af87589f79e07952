using System.Security.Cryptography;

namespace S2nTls.Tests.PreSharedKeys;

/// <summary>Contexts that have keys and, unless a test adds some, nothing else.</summary>
internal static class PreSharedKeyPair
{
    public static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    public static S2nPreSharedKey Key(string identity, byte[]? secret = null, HashAlgorithmName? hash = null, int maxEarlyData = 0) =>
        new(System.Text.Encoding.ASCII.GetBytes(identity), secret ?? Secret, hash, maxEarlyData);

    public static S2nContext MakeServer(params S2nPreSharedKey[] keys) => MakeServer(null, keys);

    public static S2nContext MakeServer(Action<S2nServerOptions>? configure, params S2nPreSharedKey[] keys)
    {
        var options = new S2nServerOptions { MaxBlindingDelay = TimeSpan.FromSeconds(1) };
        Array.ForEach(keys, options.PreSharedKeys.Add);
        configure?.Invoke(options);
        return S2nContext.CreateServer(options);
    }

    public static S2nContext MakeClient(params S2nPreSharedKey[] keys) => MakeClient(null, keys);

    public static S2nContext MakeClient(Action<S2nClientOptions>? configure, params S2nPreSharedKey[] keys)
    {
        var options = new S2nClientOptions { MaxBlindingDelay = TimeSpan.FromSeconds(1) };
        Array.ForEach(keys, options.PreSharedKeys.Add);
        configure?.Invoke(options);
        return S2nContext.CreateClient(options);
    }

    public static string Identity(S2nStream stream) => System.Text.Encoding.ASCII.GetString(stream.PreSharedKeyIdentity.Span);

    /// <summary>Tries a handshake that must fail on both sides.</summary>
    public static async Task<(Exception Client, Exception Server)> FailAsync(S2nContext clientContext, S2nContext serverContext)
    {
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(innerClient);
        await using var server = new S2nStream(innerServer);
        Task clientSide = client.AuthenticateAsClientAsync(clientContext, "localhost");
        Task serverSide = server.AuthenticateAsServerAsync(serverContext);
        return (
            await Assert.ThrowsAnyAsync<Exception>(() => clientSide.WithDeadline()),
            await Assert.ThrowsAnyAsync<Exception>(() => serverSide.WithDeadline()));
    }
}
