using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Makes an endpoint use s2n: our middleware runs first, and Kestrel's own, behind it, never does.</summary>
/// <remarks>
/// Kestrel treats an endpoint as https (its address, and so what <c>UseHttpsRedirection</c> redirects to) only if <c>UseHttps</c> was called. The
/// middleware that it adds does nothing on a connection that is already secured; if it ever did, it would hit a callback that refuses.
/// </remarks>
internal static class SecuredEndpoint
{
    /// <summary>The endpoints that use s2n, or Kestrel's https in its place because they were told to.</summary>
    private static readonly ConditionalWeakTable<ListenOptions, object> s_secured = [];

    internal static bool Is(ListenOptions endpoint) => s_secured.TryGetValue(endpoint, out _);

    /// <summary>Kestrel's name for the endpoint says whether it is https.</summary>
    internal static bool IsHttps(ListenOptions endpoint) => endpoint.ToString()!.StartsWith("https:", StringComparison.Ordinal);

    /// <summary>
    /// Adds our middleware, before anything else that secures connections. It leaves them alone if the options, when the endpoint is bound, say that
    /// Kestrel's own https is to be used.
    /// </summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="makeHandshake">Called once, when the endpoint is bound and its HTTP versions are known.</param>
    /// <param name="options">Only the handshake timeout, the ClientHello callback and the fallback are read, when the endpoint is bound.</param>
    /// <inheritdoc cref="Claim" path="/exception"/>
    internal static void Add(ListenOptions endpoint, Func<HttpProtocols, IHandshake> makeHandshake, S2nHttpsOptions options)
    {
        Claim(endpoint);

        // An endpoint for localhost is bound to two addresses, and builds its middleware for each.
        var handshake = new Lazy<IHandshake>(() => makeHandshake(Checked(endpoint.Protocols, endpoint.ToString()!)));
        IServiceProvider? services = endpoint.ApplicationServices;
        endpoint.Use(next =>
        {
            if (options.FallsBack)
            {
                Checked(endpoint.Protocols, endpoint.ToString()!);
                return next;
            }

            ILogger logger = HandshakeLog.Create(services);
            HandshakeMetrics? metrics = services?.GetService<IMeterFactory>() is { } meters ? new HandshakeMetrics(meters) : null;
            ClientHelloScreening? screening = options.TlsClientHelloBytesCallback is { } callback ? new ClientHelloScreening(callback) : null;
            return new S2nConnectionMiddleware(next, handshake.Value, options.HandshakeTimeout, screening, logger, metrics).OnConnectionAsync;
        });
    }

    /// <summary>Notes that <c>UseS2n</c> has decided about the endpoint.</summary>
    /// <exception cref="InvalidOperationException">The endpoint already uses SslStream or s2n.</exception>
    internal static void Claim(ListenOptions endpoint)
    {
        if (Is(endpoint))
        {
            throw new InvalidOperationException($"{endpoint}: UseS2n has been called before, so this call would have no effect. Call it once.");
        }

        if (IsHttps(endpoint))
        {
            throw new InvalidOperationException($"{endpoint}: UseHttps has been called before UseS2n, so SslStream would be used. Call only one of them.");
        }

        s_secured.Add(endpoint, endpoint);
        endpoint.ApplicationServices?.GetService<EndpointRegister>()?.AddSecured(endpoint);
    }

    /// <summary>Makes the endpoint's scheme https, without a Kestrel certificate.</summary>
    internal static void MarkAsHttps(ListenOptions endpoint) => endpoint.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = static _ => throw Unreachable(),
    });

    internal static InvalidOperationException Unreachable() => new("The connection should have been secured by s2n-tls.");

    /// <exception cref="NotSupportedException">HTTP/3 is requested.</exception>
    internal static HttpProtocols Checked(HttpProtocols protocols, string where) =>
        protocols.HasFlag(HttpProtocols.Http3)
            ? throw new NotSupportedException($"{where}: HTTP/3 runs over QUIC, which S2nStream does not support. Set Protocols to Http1AndHttp2.")
            : protocols;
}
