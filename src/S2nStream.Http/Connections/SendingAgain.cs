namespace S2nTls.Http.Connections;

/// <summary>
/// Whether to send a request again whose connection has ended before the response. A server that gives up an idle connection may do so just as the
/// next request arrives, and few say <c>close_notify</c> then. SocketsHttpHandler sends again when a connection ends;
/// but here that is an error, by which nothing tells it that it may.
/// </summary>
/// <remarks>
/// A response that has begun is the caller's, and never comes here: what was cut off in it is an error (RFC 8446 §6.1). Nobody knows what the server
/// has done; so what is sent again is only what may be done twice (RFC 9110 §9.2.2), and has no content that was used up.
/// </remarks>
internal static class SendingAgain
{
    /// <summary>As often as SocketsHttpHandler.</summary>
    private const int MostTimes = 4;

    private static readonly HashSet<HttpMethod> s_idempotent =
        [HttpMethod.Get, HttpMethod.Head, HttpMethod.Options, HttpMethod.Trace, HttpMethod.Put, HttpMethod.Delete];

    /// <param name="failure">What the inner handler has thrown.</param>
    /// <param name="request">The request.</param>
    /// <param name="sent">How often it has been sent.</param>
    internal static bool Suits(HttpRequestException failure, HttpRequestMessage request, int sent) =>
        sent < MostTimes
        && failure.InnerException is S2nException { ErrorType: S2nErrorType.Closed } // HTTP/2 has it further inside
        && request.Content is null
        && s_idempotent.Contains(request.Method);
}
