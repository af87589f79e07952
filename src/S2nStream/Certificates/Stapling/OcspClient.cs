using System.Net;

namespace S2nTls.Certificates.Stapling;

/// <summary>Asks responders over HTTP (RFC 6960 appendix A, RFC 5019 §4 and §5). What they send is limited in time and size, and nothing else is known of it. Thread-safe.</summary>
internal sealed class OcspClient(HttpMessageInvoker http, TimeSpan timeout, TimeProvider clock)
{
    /// <summary>A response is some hundreds of bytes, or a few thousand with a responder's certificate.</summary>
    internal const int MaxLength = 64 * 1024;

    private const string RequestType = "application/ocsp-request";

    /// <summary>One for the process, as long as it lives: connections of its own, which it keeps for moments, and nothing but the answer to what was asked.</summary>
    private static readonly Lazy<HttpMessageInvoker> s_shared = new(static () => new HttpMessageInvoker(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false, // whoever is on the way could have us connect to anything
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = 16, // KiB
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
        UseCookies = false,
    }));

    internal static HttpMessageInvoker SharedHttp => s_shared.Value;

    /// <returns>What the responder has sent.</returns>
    /// <exception cref="HttpRequestException">It cannot be reached, or gives no answer.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">It sends too much.</exception>
    /// <exception cref="TimeoutException">It takes too long.</exception>
    /// <exception cref="OperationCanceledException">The answer is not wanted any more.</exception>
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
            throw new TimeoutException($"It has not answered in {timeout}.");
        }
    }

    /// <returns>Null from a responder that is to be asked by POST.</returns>
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
            throw new HttpRequestException($"It has answered with the HTTP status {(int)response.StatusCode}.", null, response.StatusCode);
        }

        Stream content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[MaxLength + 1];
        int length = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return length <= MaxLength ? buffer[..length] : throw new InvalidDataException($"It has sent more than {MaxLength} bytes.");
    }
}
