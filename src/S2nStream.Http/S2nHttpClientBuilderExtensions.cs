using Microsoft.Extensions.Logging;
using S2nTls;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes clients of <see cref="IHttpClientFactory"/> use s2n-tls.</summary>
public static class S2nHttpClientBuilderExtensions
{
    /// <summary>Makes <see cref="S2nHttpHandler"/> the client's primary handler.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">Changes the handler's settings; called for each handler that the factory makes.</param>
    /// <returns>The builder.</returns>
    public static IHttpClientBuilder UseS2n(this IHttpClientBuilder builder, Action<S2nHttpHandler, IServiceProvider>? configure = null) =>
        Use(builder, static () => new S2nHttpHandler(), configure);

    /// <summary>
    /// Makes an <see cref="S2nHttpHandler"/> over a shared context the client's primary handler. The factory makes a new handler every now and
    /// then: they resume each other's sessions, because the context keeps them.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="context">A client context. It is not disposed.</param>
    /// <param name="configure">Changes the handler's settings; called for each handler that the factory makes.</param>
    /// <returns>The builder.</returns>
    public static IHttpClientBuilder UseS2n(
        this IHttpClientBuilder builder, S2nContext context, Action<S2nHttpHandler, IServiceProvider>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Use(builder, () => new S2nHttpHandler(context), configure);
    }

    private static IHttpClientBuilder Use(IHttpClientBuilder builder, Func<S2nHttpHandler> create, Action<S2nHttpHandler, IServiceProvider>? configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigurePrimaryHttpMessageHandler(services =>
        {
            S2nHttpHandler handler = create();
            handler.LoggerFactory = services.GetService<ILoggerFactory>();
            configure?.Invoke(handler, services);
            return handler;
        });
    }
}
