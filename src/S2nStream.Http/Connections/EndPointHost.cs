using System.Net;

namespace S2nTls.Http.Connections;

/// <summary>The host of an inner handler's endpoint.</summary>
internal static class EndPointHost
{
    /// <summary>An IPv6 address has brackets there, as in a URL, which are not part of it.</summary>
    internal static string PlainHost(this DnsEndPoint endPoint) => endPoint.Host.Trim('[', ']');

    /// <summary>Host and port as a request names them (RFC 9110 §7.2).</summary>
    internal static string Authority(this DnsEndPoint endPoint)
    {
        string host = endPoint.PlainHost();
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{endPoint.Port}" : $"{host}:{endPoint.Port}";
    }
}
