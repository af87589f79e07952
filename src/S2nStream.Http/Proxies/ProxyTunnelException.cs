using System.Net;
using S2nTls.Http.Requests;

namespace S2nTls.Http.Proxies;

/// <summary>No tunnel through the proxy could be opened. Only <see cref="FailureTranslation"/> sees it.</summary>
internal sealed class ProxyTunnelException(HttpRequestError error, string message, Exception? cause, HttpStatusCode? statusCode)
    : HttpRequestException(error, message, cause, statusCode);
