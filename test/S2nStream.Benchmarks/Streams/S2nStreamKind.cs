using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Benchmarks.Streams;

internal sealed class S2nStreamKind(TlsSetup setup) : StreamKind
{
    private readonly Lazy<S2nContext> _client = new(() => Contexts.Client(setup));
    private readonly Lazy<S2nContext> _server = new(() => Contexts.Server(setup));

    internal override async Task<Stream> AsClientAsync(Stream inner)
    {
        var stream = new S2nStream(inner);
        await stream.AuthenticateAsClientAsync(_client.Value, Credentials.Host);
        return stream;
    }

    internal override async Task<Stream> AsServerAsync(Stream inner)
    {
        var stream = new S2nStream(inner);
        await stream.AuthenticateAsServerAsync(_server.Value);
        return stream;
    }

    internal override Task EndAsync(Stream stream) => ((S2nStream)stream).ShutdownWriteAsync();

    internal override (SslProtocols Protocol, TlsCipherSuite CipherSuite) Negotiated(Stream stream)
    {
        var tls = (S2nStream)stream;
        return (tls.SslProtocol, tls.NegotiatedCipherSuite);
    }

    public override void Dispose()
    {
        foreach (Lazy<S2nContext> context in new[] { _client, _server }.Where(context => context.IsValueCreated))
        {
            context.Value.Dispose();
        }
    }
}
