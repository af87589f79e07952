using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Reflection;
using S2nTls.Http.Carrier;

namespace S2nTls.Http.Eviction;

/// <summary>
/// Asks the user's function whether a connection is to be evicted. The pool tells everything but the address of an https connection's peer, which
/// it reads from a <see cref="System.Net.Sockets.NetworkStream"/> only: these are remembered here while the connection lives. Thread-safe.
/// </summary>
internal sealed class EvictionQuestions(Func<S2nHttpConnectionEvictionContext, CancellationToken, Task<bool>> shouldEvict)
{
    // Found by name, as in HandlerOfNet11.
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)]
    private static readonly Type? s_context = Type.GetType("System.Net.Http.SocketsHttpConnectionEvictionContext, System.Net.Http");
    private static readonly PropertyInfo? s_connectionId = s_context?.GetProperty(nameof(S2nHttpConnectionEvictionContext.ConnectionId));
    private static readonly PropertyInfo? s_dnsEndPoint = s_context?.GetProperty(nameof(S2nHttpConnectionEvictionContext.DnsEndPoint));
    private static readonly PropertyInfo? s_remoteEndPoint = s_context?.GetProperty(nameof(S2nHttpConnectionEvictionContext.RemoteEndPoint));
    private static readonly PropertyInfo? s_httpVersion = s_context?.GetProperty(nameof(S2nHttpConnectionEvictionContext.HttpVersion));
    private static readonly PropertyInfo? s_age = s_context?.GetProperty(nameof(S2nHttpConnectionEvictionContext.Age));

    private static readonly PropertyInfo? s_idInFilter = typeof(SocketsHttpPlaintextStreamFilterContext).GetProperty(nameof(S2nHttpConnectionEvictionContext.ConnectionId));

    private readonly ConcurrentDictionary<long, IPEndPoint> _peers = new();

    /// <summary>How many connections' peers are remembered.</summary>
    internal int Remembered => _peers.Count;

    /// <summary>Remembers a connection's peer.</summary>
    /// <returns>What must be called when the connection ends; null if there is nothing to remember.</returns>
    internal Action? Remember(SocketsHttpPlaintextStreamFilterContext context, CarrierStream carrier)
    {
        if (carrier.RemoteEndPoint is not { } peer || s_idInFilter?.GetValue(context) is not long id)
        {
            return null;
        }

        _peers[id] = peer;
        return () => _peers.TryRemove(id, out _);
    }

    /// <summary>What the pool calls, with its own context.</summary>
    internal Task<bool> AskAsync(object context, CancellationToken cancellationToken)
    {
        long id = (long)s_connectionId!.GetValue(context)!;
        return shouldEvict(
            new S2nHttpConnectionEvictionContext(
                id,
                (DnsEndPoint)s_dnsEndPoint!.GetValue(context)!,
                (IPEndPoint?)s_remoteEndPoint!.GetValue(context) ?? _peers.GetValueOrDefault(id),
                (Version)s_httpVersion!.GetValue(context)!,
                (TimeSpan)s_age!.GetValue(context)!),
            cancellationToken);
    }
}
