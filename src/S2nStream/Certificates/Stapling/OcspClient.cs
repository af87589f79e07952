using System.Net;

namespace S2nTls.Certificates.Stapling;

/// <summary>
/// Asks responders over HTTP (RFC 6960 appendix A, RFC 5019 §4 and §5). Limits the time and size of their answers, and checks nothing else in them.
/// Thread-safe.
/// </summary>
internal sealed class OcspClient(HttpMessageInvoker http, TimeSpan timeout, TimeProvider clock)
{
    /// <summary>A response is some hundreds of bytes, or a few thousand with a responder's certificate.</summary>
    internal const int MaxLength = 64 * 1024;

    private const string RequestType = "application/ocsp-request";

    /// <summary>One for the whole process: with its own connections, kept only briefly, and returning only the answer to the request.</summary>
    private static readonly Lazy<HttpMessageInvoker> s_shared = new(static () => new HttpMessageInvoker(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false, // someone on the path could make us connect to anything
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = 16, // KiB
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
        UseCookies = false,
    }));

    internal static HttpMessageInvoker SharedHttp => s_shared.Value;

    /// <returns>What the responder sent.</returns>
    /// <exception cref="HttpRequestException">The responder cannot be reached, or does not answer with success.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">The answer is too long.</exception>
    /// <exception cref="TimeoutException">The answer takes too long.</exception>
    /// <exception cref="OperationCanceledException">The answer is no longer wanted.</exception>
    internal async Task<byte[]> AskAsync(Uri responder, byte[] request, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return (OcspRequest.ForGet(responder, request) is { } address ? await GetAsync(address, end.Token).ConfigureAwait(false) : null)
                ?? await PostAsync(responder, request, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not answer within {timeout}.");
        }
    }

    /// <returns>Null if the responder must be asked by POST.</returns>
    private async Task<byte[]?> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented
            ? null
            : await ReadAsync(response, cancellationToken).ConfigureAwait(false);
    }

    private async Task<byte[]> PostAsync(Uri responder, byte[] content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, responder) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new(RequestType);
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(response, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"It answered with HTTP status {(int)response.StatusCode}.", null, response.StatusCode);
        }

        Stream content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[MaxLength + 1];
        int length = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return length <= MaxLength ? buffer[..length] : throw new InvalidDataException($"It sent more than {MaxLength} bytes.");
    }
}
