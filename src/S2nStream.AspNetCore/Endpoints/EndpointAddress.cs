using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Whether an endpoint is the one that Kestrel makes for a URL.</summary>
internal static class EndpointAddress
{
    internal static bool IsOf(BindingAddress url, ListenOptions endpoint)
    {
        if (url.IsUnixPipe)
        {
            return endpoint.SocketPath == url.UnixPipePath;
        }

        if (endpoint.IPEndPoint is not { } ip || ip.Port != url.Port)
        {
            return false;
        }

        return
            IsLocalhost(url.Host) ? IPAddress.IsLoopback(ip.Address)
            : IPAddress.TryParse(url.Host, out IPAddress? address) ? ip.Address.Equals(address)
            : ip.Address.Equals(IPAddress.IPv6Any) || ip.Address.Equals(IPAddress.Any); // a name means all addresses
    }

    private static bool IsLocalhost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
