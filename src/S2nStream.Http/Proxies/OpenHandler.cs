namespace S2nTls.Http.Proxies;

/// <summary>Exposes another handler's protected methods, without an <see cref="HttpMessageInvoker"/>, which would count each request a second time.</summary>
internal sealed class OpenHandler(SocketsHttpHandler handler) : DelegatingHandler(handler)
{
    internal new Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);

    internal new HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => base.Send(request, cancellationToken);
}
