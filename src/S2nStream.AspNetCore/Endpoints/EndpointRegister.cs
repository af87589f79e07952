using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using S2nTls.AspNetCore.Configuration;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>
/// The endpoints of an application: makes those that come from URLs and from the configuration use s2n, and keeps track of which do.
/// </summary>
/// <remarks>
/// Kestrel calls <see cref="OnEndpoint"/> for each endpoint that it makes: for those in code when the code runs, for those in the configuration
/// whenever it is loaded, and for URLs, in order, when it binds them.
/// </remarks>
internal sealed class EndpointRegister(Action<S2nHttpsOptions>? configureHttps, Action<ListenOptions>? configureEndpoints) : IConfigureOptions<KestrelServerOptions>
{
    private readonly Lock _lock = new();
    private readonly List<ListenOptions> _seen = [];
    private readonly List<ListenOptions> _secured = [];
    private bool _hasStarted;
    private readonly Queue<BindingAddress> _urls = [];
    private KestrelServerOptions? _options;
    private KestrelConfigurationLoader? _loader;

    /// <summary>Whether Kestrel has asked for its options: another server, such as a test server, does not.</summary>
    internal bool IsOfKestrel => _options is not null;

    /// <summary>Whether Kestrel has called us; it does not if someone else has replaced our action.</summary>
    internal bool HasSeenEndpoints
    {
        get
        {
            lock (_lock)
            {
                return _seen.Count > 0;
            }
        }
    }

    public void Configure(KestrelServerOptions options)
    {
        // Once: the application may replace our action, which is reported when the server starts.
        if (_options != options)
        {
            _options = options;
            options.ConfigureEndpointDefaults(OnEndpoint);
        }

        NameEndpoints(options.ConfigurationLoader);
    }

    internal void AddSecured(ListenOptions endpoint)
    {
        Note(_secured, endpoint);
    }

    /// <summary>The server has been checked. Endpoints that come and go from now on, as the configuration changes, are not tracked.</summary>
    internal void Forget()
    {
        lock (_lock)
        {
            _hasStarted = true;
            _seen.Clear();
            _secured.Clear();
        }

        _urls.Clear();
    }

    /// <summary>Notes the URLs that are about to be bound.</summary>
    internal void ExpectUrls(ICollection<string> urls)
    {
        _urls.Clear();
        if (urls.Count > 0)
        {
            // From now on Kestrel makes endpoints from URLs, not from the configuration, which may have the same address.
            _options?.ConfigurationLoader?.Load();
        }

        foreach (string url in urls)
        {
            _urls.Enqueue(BindingAddress.Parse(url));
        }
    }

    /// <summary>The endpoints known to use SslStream before any is bound: those in code.</summary>
    internal IReadOnlyList<string> OnSslStream()
    {
        lock (_lock)
        {
            return [.. _seen.Where(endpoint => SecuredEndpoint.IsHttps(endpoint) && !SecuredEndpoint.Is(endpoint)).Select(endpoint => endpoint.ToString()!)];
        }
    }

    /// <summary>Which of the bound addresses use SslStream.</summary>
    internal IReadOnlyList<string> OnSslStream(IEnumerable<string> bound)
    {
        lock (_lock)
        {
            HashSet<string?> secured = [.. _secured.Select(endpoint => endpoint.ToString())];
            return [.. bound.Where(address => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && !secured.Contains(address))];
        }
    }

    private void OnEndpoint(ListenOptions endpoint)
    {
        Note(_seen, endpoint);
        NameEndpoints(endpoint.KestrelServerOptions.ConfigurationLoader);
        configureEndpoints?.Invoke(endpoint);
        if (_urls.TryPeek(out BindingAddress? url) && EndpointAddress.IsOf(url, endpoint))
        {
            _urls.Dequeue();
            if (url.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase) && !SecuredEndpoint.IsHttps(endpoint))
            {
                Secure(endpoint);
            }
        }
    }

    private void Note(List<ListenOptions> list, ListenOptions endpoint)
    {
        lock (_lock)
        {
            if (!_hasStarted)
            {
                list.Add(endpoint);
            }
        }
    }

    /// <summary>Asks to be called for each endpoint of the configuration before it is made.</summary>
    private void NameEndpoints(KestrelConfigurationLoader? loader)
    {
        if (loader is null)
        {
            return;
        }

        _loader = loader;
        foreach (IConfigurationSection section in loader.Configuration.GetSection("Endpoints").GetChildren())
        {
            NamedEndpoint.Name(loader, section.Key, OnConfigured);
        }
    }

    private void Secure(ListenOptions endpoint)
    {
        endpoint.UseS2n(options =>
        {
            configureHttps?.Invoke(options);
            DefaultSection()?.Apply(endpoint, options);
        });
    }

    private void OnConfigured(EndpointConfiguration configuration)
    {
        if (configuration.IsHttps && !SecuredEndpoint.IsHttps(configuration.ListenOptions))
        {
            new ConfiguredEndpoint(configuration, DefaultSection(), configureHttps).Secure();
        }
    }

    private S2nSection? DefaultSection() => _loader is null ? null : S2nSection.Of(_loader.Configuration.GetSection("EndpointDefaults"));
}
