using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using S2nTls.AspNetCore.Configuration;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>
/// The endpoints of an application: puts those on s2n that come from URLs and from the configuration, and knows which are.
/// </summary>
/// <remarks>
/// Kestrel calls <see cref="OnEndpoint"/> for each endpoint that it makes: for those of code when the code runs, for those of the
/// configuration whenever it is loaded, and for URLs, in their order, when it binds them.
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

    /// <summary>Whether Kestrel has asked for its options: another server, such as that of tests, does not.</summary>
    internal bool IsOfKestrel => _options is not null;

    /// <summary>Whether Kestrel has called us; it does not where somebody else has taken the place.</summary>
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
        // Once: the application may take the place, to be told of it when the server starts.
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

    /// <summary>The server has been judged. Endpoints that come and go from now on, as the configuration changes, are not kept.</summary>
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

    /// <summary>Takes note of the URLs that are about to be bound.</summary>
    internal void ExpectUrls(ICollection<string> urls)
    {
        _urls.Clear();
        if (urls.Count > 0)
        {
            // Whatever Kestrel makes from now on is made of a URL, and not of the configuration, which may have the same address.
            _options?.ConfigurationLoader?.Load();
        }

        foreach (string url in urls)
        {
            _urls.Enqueue(BindingAddress.Parse(url));
        }
    }

    /// <summary>The endpoints that are on SslStream as far as can be known before any is bound: those of code.</summary>
    internal IReadOnlyList<string> OnSslStream()
    {
        lock (_lock)
        {
            return [.. _seen.Where(endpoint => SecuredEndpoint.IsHttps(endpoint) && !SecuredEndpoint.Is(endpoint)).Select(endpoint => endpoint.ToString()!)];
        }
    }

    /// <summary>Which of the addresses that have been bound are on SslStream.</summary>
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
