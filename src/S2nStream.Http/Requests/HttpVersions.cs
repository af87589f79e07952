using System.Net;

namespace S2nTls.Http.Requests;

/// <summary>HTTP/3 uses TLS within QUIC, without s2n-tls: requests are limited to HTTP/2.</summary>
internal static class HttpVersions
{
    /// <summary>
    /// Rewrites version and policy to the equivalent without HTTP/3. "Or higher" must go in any case: with it a server's <c>Alt-Svc</c> header
    /// would lead the inner handler to QUIC.
    /// </summary>
    /// <exception cref="HttpRequestException">The request allows only HTTP/3.</exception>
    internal static void KeepBelow3(HttpRequestMessage request)
    {
        bool mayBeLower = request.VersionPolicy == HttpVersionPolicy.RequestVersionOrLower;
        if (request.Version.Major >= 3)
        {
            request.Version = mayBeLower
                ? HttpVersion.Version20
                : throw new HttpRequestException(
                    HttpRequestError.VersionNegotiationError,
                    $"S2nHttpHandler does not support HTTP/3, and version {request.Version} with {request.VersionPolicy} allows no other.");
        }
        else if (request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher)
        {
            request.VersionPolicy = request.Version.Major < 2 ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionExact;
            request.Version = HttpVersion.Version20;
        }
    }
}
