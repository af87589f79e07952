using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using S2nTls.AspNetCore;
using S2nTls.AspNetCore.Endpoints;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>https through s2n-tls for a whole application.</summary>
public static class S2nWebHostBuilderExtensions
{
    /// <summary>
    /// Makes every https endpoint that comes from URLs or from the configuration (<c>Kestrel:Endpoints</c>) use s2n-tls. If an https endpoint
    /// would still use SslStream, because code called <c>UseHttps</c> on it, the server fails to start with an exception that names it.
    /// </summary>
    /// <remarks>
    /// Kestrel's settings for all https endpoints apply. In addition, a configured endpoint can have a section <c>S2n</c>, and
    /// <c>Kestrel:EndpointDefaults:S2n</c> applies to all of them and to URLs; <c>docs/aspnetcore.md</c> lists the settings. Endpoints that appear
    /// while the server runs use s2n-tls too. HTTP/3 is refused.
    /// </remarks>
    /// <param name="builder">The host's builder. If its server is not Kestrel, as in tests, this does nothing.</param>
    /// <param name="configureHttps">Sets options of each of these endpoints. The endpoint's configuration takes precedence.</param>
    /// <param name="configureEndpoints">
    /// Configures each endpoint of the server, http ones too. Use it instead of <see cref="KestrelServerOptions.ConfigureEndpointDefaults"/>,
    /// which keeps only one action, and this method needs that one.
    /// </param>
    /// <exception cref="InvalidOperationException">The method has already been called.</exception>
    public static IWebHostBuilder UseS2n(
        this IWebHostBuilder builder, Action<S2nHttpsOptions>? configureHttps = null, Action<ListenOptions>? configureEndpoints = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseKestrelHttpsConfiguration().ConfigureServices(services =>
        {
            if (services.Any(service => service.ServiceType == typeof(EndpointRegister)))
            {
                throw new InvalidOperationException("UseS2n has already been called for the application. Call it once, with all settings.");
            }

            var register = new EndpointRegister(configureHttps, configureEndpoints);
            AddBetweenOthers(services, register);
            services.AddSingleton(register);
            services.AddSingleton<IStartupFilter, StartingCheck>();
            services.AddHostedService<StartedCheck>();
        });
    }

    /// <summary>
    /// Inserts it before all others, and after each: so it runs as soon as Kestrel has its configuration, and whatever the application itself sets
    /// stays, to be checked when the server starts.
    /// </summary>
    private static void AddBetweenOthers(IServiceCollection services, EndpointRegister register)
    {
        var own = ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>>(register);
        for (int i = services.Count - 1; i >= 0; i--)
        {
            if (services[i].ServiceType == own.ServiceType)
            {
                services.Insert(i + 1, own);
            }
        }

        services.Insert(0, own);
    }
}
