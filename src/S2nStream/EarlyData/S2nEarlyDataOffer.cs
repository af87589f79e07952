using System.Net.Security;

namespace S2nTls;

/// <summary>What is known about a client that offers early data, before any of it is accepted.</summary>
public sealed class S2nEarlyDataOffer
{
    internal S2nEarlyDataOffer(
        byte[] identity, byte[] binder, byte[] ticketContext, bool isExternal, SslApplicationProtocol applicationProtocol, string serverName)
    {
        Identity = identity;
        Binder = binder;
        TicketContext = ticketContext;
        IsExternal = isExternal;
        ApplicationProtocol = applicationProtocol;
        ServerName = serverName;
    }

    /// <summary>
    /// The ticket, or the identity of the external pre-shared key. It is the same in a replay, and in other connections that use the key again: an
    /// external key always has the same.
    /// </summary>
    public ReadOnlyMemory<byte> Identity { get; }

    /// <summary>
    /// The binder of the key (RFC 8446 §4.2.11.2), which s2n has verified: 32 or 48 bytes that depend on the whole ClientHello. The same in a
    /// replay, and only there (RFC 8446 §8.2).
    /// </summary>
    public ReadOnlyMemory<byte> Binder { get; }

    /// <summary>What <see cref="S2nEarlyDataGuard.CreateTicketContext"/> put into the ticket; empty for an external key. Clients can neither read nor change it.</summary>
    public ReadOnlyMemory<byte> TicketContext { get; }

    /// <summary>Whether the key is an external one (<see cref="S2nPreSharedKey"/>), not a ticket.</summary>
    public bool IsExternal { get; }

    /// <summary>The negotiated application protocol; empty if there is none.</summary>
    public SslApplicationProtocol ApplicationProtocol { get; }

    /// <summary>The name that the client asks for (RFC 6066); empty if it asks for none.</summary>
    public string ServerName { get; }
}
