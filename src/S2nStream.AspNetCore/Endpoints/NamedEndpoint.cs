using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>
/// What is called for an endpoint of the configuration before it is made: first what the application has given to
/// <c>KestrelConfigurationLoader.Endpoint</c>, and then ours, which sees what that has set.
/// </summary>
/// <remarks>
/// The loader keeps one action for each name, and shows it to nobody: ours in its place would take away what it secures, such as client certificates
/// that it requires. So this reads a property of Kestrel's that is not public, the only one; a Kestrel without it is refused at the start.
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
    /// <exception cref="NotSupportedException">Kestrel is not one of those that this was made for.</exception>
    internal static void Name(KestrelConfigurationLoader loader, string name, Action<EndpointConfiguration> secure)
    {
        Action<EndpointConfiguration>? present = Present(loader, name);
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

    private static Action<EndpointConfiguration>? Present(KestrelConfigurationLoader loader, string name)
    {
        try
        {
            return ActionsOf(loader).TryGetValue(name, out Action<EndpointConfiguration>? present) ? present : null;
        }
        catch (MissingMethodException e)
        {
            throw new NotSupportedException(
                $"Application-wide UseS2n does not support this version of Kestrel ({typeof(KestrelConfigurationLoader).Assembly.GetName().Version}): "
                + "call UseS2n on the endpoints instead.",
                e);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EndpointConfigurations")]
    private static extern IDictionary<string, Action<EndpointConfiguration>> ActionsOf(KestrelConfigurationLoader loader);
}
