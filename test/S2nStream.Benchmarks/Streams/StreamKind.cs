using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Benchmarks.Measuring;

namespace S2nTls.Benchmarks.Streams;

/// <summary>How a contender makes a stream of an inner one. The same work is then done with any contender's streams.</summary>
internal abstract class StreamKind : IDisposable
{
    internal abstract Task<Stream> AsClientAsync(Stream inner);

    internal abstract Task<Stream> AsServerAsync(Stream inner);

    /// <summary>Tells the peer that nothing more will come.</summary>
    internal virtual Task EndAsync(Stream stream) => Task.CompletedTask;

    /// <summary>Closes both ends of a connection, each having told the other.</summary>
    internal async Task CloseAsync(Stream client, Stream server)
    {
        await EndAsync(client);
        await EndAsync(server);
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    /// <summary>What a stream says of its connection.</summary>
    internal virtual (SslProtocols Protocol, TlsCipherSuite CipherSuite) Negotiated(Stream stream) => default;

    public abstract void Dispose();

    internal static StreamKind Create(Contender contender, TlsSetup setup) => contender switch
    {
        Contender.S2nStream => new S2nStreamKind(setup),
        Contender.SslStream => new SslStreamKind(setup),
        Contender.NoTls => new NoTlsKind(),
        _ => throw new ArgumentOutOfRangeException(nameof(contender), contender, "It has no streams."),
    };

    /// <summary>Makes both ends, each on the given inner stream.</summary>
    internal async Task<(Stream Client, Stream Server)> ConnectAsync((Stream Client, Stream Server) inner)
    {
        Task<Stream> client = AsClientAsync(inner.Client);
        Task<Stream> server = AsServerAsync(inner.Server);
        await Task.WhenAll(client, server);
        return (await client, await server);
    }
}
