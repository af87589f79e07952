using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Http.Carrier;

/// <summary>
/// The carriers' originals: one in the process for each application protocol, authenticated in memory with a server of its own whose key is
/// discarded. Thread-safe. No data passes through it, secret or otherwise.
/// </summary>
internal static class CarrierTemplate
{
    private static volatile Task<CarrierStream>? s_http2;
    private static volatile Task<CarrierStream>? s_http11;

    /// <summary>Puts an authenticated stream into a carrier that reports the stream's application protocol.</summary>
    /// <exception cref="InvalidOperationException">The system's OpenSSL allows no handshake.</exception>
    internal static async ValueTask<CarrierStream> CarryAsync(S2nStream stream)
    {
        // The pool treats anything but HTTP/2 as HTTP/1.1, also if the server chose no protocol.
        bool isHttp2 = stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2;
        CarrierStream template = await (isHttp2 ? Http2() : Http11()).ConfigureAwait(false);
        return template.Carrying(stream);
    }

    // Concurrent first callers make one each, and one of them stays. A failed attempt is retried.
    private static Task<CarrierStream> Http2() =>
        s_http2 is { IsFaulted: false } made ? made : s_http2 = CreateAsync(SslApplicationProtocol.Http2);

    private static Task<CarrierStream> Http11() =>
        s_http11 is { IsFaulted: false } made ? made : s_http11 = CreateAsync(SslApplicationProtocol.Http11);

    /// <summary>SslStream follows the configuration of the system's OpenSSL, which may allow one kind of key and not another.</summary>
    private static async Task<CarrierStream> CreateAsync(SslApplicationProtocol protocol)
    {
        var failures = new List<Exception>();
        foreach (TemplateKey key in Enum.GetValues<TemplateKey>())
        {
            try
            {
                return await CreateAsync(protocol, key).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                failures.Add(e);
            }
        }

        throw new InvalidOperationException(
            "S2nHttpHandler needs one SslStream handshake in memory, but the system's OpenSSL allowed none. Its configuration (OPENSSL_CONF) may leave nothing to negotiate.",
            new AggregateException(failures));
    }

    private static async Task<CarrierStream> CreateAsync(SslApplicationProtocol protocol, TemplateKey key)
    {
        (MemoryDuplexStream clientEnd, MemoryDuplexStream serverEnd) = MemoryDuplexStream.CreatePair();
        using X509Certificate2 certificate = TemplateCertificate.Create(key);
        var client = new CarrierStream(clientEnd);
        using var server = new SslStream(serverEnd, leaveInnerStreamOpen: true);

        // No resumption: the session would stay in a process-wide cache, under this name, unused.
        Task asClient = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = TemplateCertificate.Name,
            ApplicationProtocols = [protocol],
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, shown, _, _) => certificate.Equals(shown),
        });
        Task asServer = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            ApplicationProtocols = [protocol],
            AllowTlsResume = false,
        });

        // If one fails, the other has nothing to wait for.
        if ((await Task.WhenAny(asClient, asServer).ConfigureAwait(false)).IsFaulted)
        {
            clientEnd.End();
            serverEnd.End();
        }

        await Task.WhenAll(asClient, asServer).ConfigureAwait(false);
        return client.NegotiatedApplicationProtocol == protocol
            ? client
            : throw new InvalidOperationException($"The template for {protocol} negotiated another protocol.");
    }
}
