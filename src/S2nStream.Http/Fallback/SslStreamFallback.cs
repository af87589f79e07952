using System.Net.Security;
using Microsoft.Extensions.Logging;
using S2nTls.Http.Connections;
using S2nTls.Http.Eviction;

namespace S2nTls.Http.Fallback;

/// <summary>
/// Has the inner handler make https connections by itself, where s2n is not supported and the program allows that
/// (<see cref="S2nHttpHandler.UseSslStreamIfNotSupported"/>).
/// </summary>
internal static partial class SslStreamFallback
{
    internal const string Category = "S2nTls.S2nHttpHandler";

    /// <summary>Gives the inner handler the settings that s2n would have had.</summary>
    internal static void Start(S2nHttpHandler handler)
    {
        SocketsHttpHandler inner = handler.Inner;
        inner.SslOptions = handler.SslOptions;
        inner.Proxy = handler.Proxy;
        inner.PlaintextStreamFilter = handler.PlaintextStreamFilter;
        inner.ConnectCallback = handler.ConnectCallback is { } connect ? (context, cancellationToken) => ConnectAsync(connect, context, cancellationToken) : null;
        if (handler.ShouldEvictConnection is { } shouldEvict)
        {
            HandlerOfNet11.SetShouldEvict(inner, new EvictionQuestions(shouldEvict).AskAsync);
        }

        UsesSslStreamInstead(
            handler.LoggerFactory!.CreateLogger(Category), handler.Connected is null ? "none" : nameof(handler.Connected), Reason());
    }

    /// <exception cref="NotSupportedException">The stream would be taken for the origin's own: nobody would verify the origin, as s2n does.</exception>
    private static async ValueTask<Stream> ConnectAsync(
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Stream stream = await TcpConnection.OpenAsync(connect, context, cancellationToken).ConfigureAwait(false);
        if (stream is not SslStream || IsPlainText(context))
        {
            return stream;
        }

        await stream.DisposeAsync().ConfigureAwait(false);
        throw new NotSupportedException(
            $"{nameof(S2nHttpHandler.ConnectCallback)} has given an SslStream. s2n would run over it, but SocketsHttpHandler, which is used because s2n-tls is not "
            + $"supported here ({nameof(S2nHttpHandler.UseSslStreamIfNotSupported)}), would take it for the connection to the origin, and not verify the origin.");
    }

    /// <summary>Whether the connection is to the origin of an http URL. If it is to a proxy, SocketsHttpHandler might take the stream for the proxy's TLS.</summary>
    private static bool IsPlainText(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.RequestUri is { } url
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeWs)
        && url.Port == context.DnsEndPoint.Port
        && url.IdnHost.Equals(context.DnsEndPoint.PlainHost(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Why s2n cannot be used, as its first use would say.</summary>
    private static Exception? Reason()
    {
        try
        {
            S2nLibrary.Load();
            return null;
        }
        catch (Exception e) when (e is PlatformNotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            return e;
        }
    }

    [LoggerMessage(
        1, LogLevel.Warning, "S2nHttpHandler does not use s2n-tls, which is not supported here, but SslStream. Settings without effect: {Settings}.",
        EventName = "UsesSslStreamInstead")]
    private static partial void UsesSslStreamInstead(ILogger logger, string settings, Exception? reason);
}
