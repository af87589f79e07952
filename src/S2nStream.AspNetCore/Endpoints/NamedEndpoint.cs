using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>
/// What is called for an endpoint of the configuration before it is made: first what the application has given to
/// <c>KestrelConfigurationLoader.Endpoint</c>, and then ours, which sees what that has set.
/// </summary>
/// <remarks>
/// The loader keeps one action for each name, and shows it to nobody: ours in its place would take away what it secures. A Kestrel that keeps it elsewhere
/// does not start.
/// </remarks>
internal sealed class NamedEndpoint
{
    private readonly Action<EndpointConfiguration>? _applications;
    private readonly Action<EndpointConfiguration> _secure;

    private NamedEndpoint(Action<EndpointConfiguration>? applications, Action<EndpointConfiguration> secure)
    {
        _applications = applications;
        _secure = secure;
    }

    /// <summary>Puts ours behind the application's, where it is not there already.</summary>
    internal static void Name(KestrelConfigurationLoader loader, string name, Action<EndpointConfiguration> secure)
    {
        ActionsOf(loader).TryGetValue(name, out Action<EndpointConfiguration>? present);
        if (present?.Target is not NamedEndpoint)
        {
            loader.Endpoint(name, new NamedEndpoint(present, secure).Configure);
        }
    }

    private void Configure(EndpointConfiguration endpoint)
    {
        _applications?.Invoke(endpoint);
        _secure(endpoint);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EndpointConfigurations")]
    private static extern IDictionary<string, Action<EndpointConfiguration>> ActionsOf(KestrelConfigurationLoader loader);
}
