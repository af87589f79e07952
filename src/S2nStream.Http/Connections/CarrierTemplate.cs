using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Http.Connections;

/// <summary>
/// The carriers' originals: one in the process for each application protocol, authenticated in memory with a server of its own
/// whose key is thrown away. Thread-safe. Nothing secret passes through it, nor anything else.
/// </summary>
internal static class CarrierTemplate
{
    private static readonly Lazy<Task<CarrierStream>> s_http2 = new(() => CreateAsync(SslApplicationProtocol.Http2));
    private static readonly Lazy<Task<CarrierStream>> s_http11 = new(() => CreateAsync(SslApplicationProtocol.Http11));

    /// <summary>Puts an authenticated stream into a carrier, which says of the application protocol what the stream says.</summary>
    internal static async ValueTask<CarrierStream> CarryAsync(S2nStream stream)
    {
        // Whatever is not HTTP/2 the pool takes for HTTP/1.1, a server's silence as well.
        bool isHttp2 = stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2;
        CarrierStream template = await (isHttp2 ? s_http2 : s_http11).Value.ConfigureAwait(false);
        return template.Carrying(stream);
    }

    private static async Task<CarrierStream> CreateAsync(SslApplicationProtocol protocol)
    {
        (Stream clientEnd, Stream serverEnd) = MemoryDuplexStream.CreatePair();
        using X509Certificate2 certificate = CreateCertificate();
        var client = new CarrierStream(clientEnd);
        using var server = new SslStream(serverEnd, leaveInnerStreamOpen: true);

        // No resumption: the session would be kept in a cache of the process, under this name, for nobody.
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "carrier.invalid",
                ApplicationProtocols = [protocol],
                AllowTlsResume = false,
                RemoteCertificateValidationCallback = (_, shown, _, _) => certificate.Equals(shown),
            }),
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = [protocol],
                AllowTlsResume = false,
            })).ConfigureAwait(false);

        return client.NegotiatedApplicationProtocol == protocol
            ? client
            : throw new InvalidOperationException($"The template for {protocol} has agreed on something else.");
    }

    private static X509Certificate2 CreateCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=carrier.invalid", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
