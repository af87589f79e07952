namespace S2nTls.Http.Proxies;

/// <summary>Lets another handler's protected methods be called, without what an <see cref="HttpMessageInvoker"/> adds: it would count each request once more.</summary>
internal sealed class OpenHandler(SocketsHttpHandler handler) : DelegatingHandler(handler)
{
    internal new Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);

    internal new HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => base.Send(request, cancellationToken);
}
