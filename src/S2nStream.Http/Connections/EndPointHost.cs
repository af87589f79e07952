using System.Net;

namespace S2nTls.Http.Connections;

/// <summary>The host of an endpoint of the inner handler.</summary>
internal static class EndPointHost
{
    /// <summary>An address of IPv6 has brackets there, as in a URL, which are no part of it.</summary>
    internal static string PlainHost(this DnsEndPoint endPoint) => endPoint.Host.Trim('[', ']');

    /// <summary>Host and port as a request names them (RFC 9110 §7.2).</summary>
    internal static string Authority(this DnsEndPoint endPoint)
    {
        string host = endPoint.PlainHost();
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{endPoint.Port}" : $"{host}:{endPoint.Port}";
    }
}
