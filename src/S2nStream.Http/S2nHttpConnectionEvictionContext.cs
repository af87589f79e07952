using System.Net;

namespace S2nTls;

/// <summary>
/// A pooled connection about which <see cref="S2nHttpHandler.ShouldEvictConnection"/> is asked: what .NET 11's
/// <c>SocketsHttpConnectionEvictionContext</c> tells, under the same names. Immutable.
/// </summary>
public sealed class S2nHttpConnectionEvictionContext
{
    internal S2nHttpConnectionEvictionContext(long connectionId, DnsEndPoint dnsEndPoint, IPEndPoint? remoteEndPoint, Version httpVersion, TimeSpan age)
    {
        ConnectionId = connectionId;
        DnsEndPoint = dnsEndPoint;
        RemoteEndPoint = remoteEndPoint;
        HttpVersion = httpVersion;
        Age = age;
    }

    /// <summary>The connection's number: the <c>ConnectionId</c> that the contexts of callbacks and the requests have on .NET 11.</summary>
    public long ConnectionId { get; }

    /// <summary>The origin, as it was given to <see cref="S2nHttpHandler.ConnectCallback"/>.</summary>
    public DnsEndPoint DnsEndPoint { get; }

    /// <summary>
    /// The address at the other end of the TCP connection: the server's, or a proxy's. Null if the connection's stream is not a
    /// <see cref="System.Net.Sockets.NetworkStream"/>.
    /// </summary>
    public IPEndPoint? RemoteEndPoint { get; }

    /// <summary>The version of HTTP that is spoken.</summary>
    public Version HttpVersion { get; }

    /// <summary>How long ago the connection was made.</summary>
    public TimeSpan Age { get; }
}
