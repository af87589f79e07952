using S2nTls;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the clients of <see cref="IHttpClientFactory"/> on s2n-tls.</summary>
public static class S2nHttpClientBuilderExtensions
{
    /// <summary>Has the client use an <see cref="S2nHttpHandler"/> as its primary handler.</summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="configure">Changes the handler's settings; called for each handler that the factory makes.</param>
    /// <returns>The builder.</returns>
    public static IHttpClientBuilder UseS2n(this IHttpClientBuilder builder, Action<S2nHttpHandler, IServiceProvider>? configure = null) =>
        Use(builder, static () => new S2nHttpHandler(), configure);

    /// <summary>
    /// Has the client use an <see cref="S2nHttpHandler"/> over a context, as its primary handler. The factory makes a new handler every now and then:
    /// their connections resume each other's sessions, since the context has them.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="context">A client's. It is not disposed.</param>
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
            configure?.Invoke(handler, services);
            return handler;
        });
    }
}
