using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>
/// The actions called for a configured endpoint before it is made: first the one that the application passed to
/// <c>KestrelConfigurationLoader.Endpoint</c>, then ours, which sees what the first has set.
/// </summary>
/// <remarks>
/// The loader keeps one action for each name and does not expose it: replacing it with ours would lose its security settings, such as required
/// client certificates. So this reads a non-public property of Kestrel, the only such access; a Kestrel without it is refused at startup.
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

    /// <summary>Appends our action to the application's, unless that has already been done.</summary>
    /// <exception cref="NotSupportedException">This version of Kestrel is not supported.</exception>
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
