using S2nTls.Interop;

namespace S2nTls.Sessions;

/// <summary>The options of session tickets, except their keys.</summary>
/// <param name="RequiresForwardSecrecy">Whether only TLS 1.3 has tickets.</param>
/// <param name="Count">How many a client is sent.</param>
/// <param name="Lifetime">How long they are good; null for s2n's default.</param>
internal sealed record TicketRules(bool RequiresForwardSecrecy, int Count, TimeSpan? Lifetime)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7); // RFC 8446 §4.6.1

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal static TicketRules Of(S2nContextOptions options)
    {
        if (options is not S2nServerOptions server)
        {
            return new TicketRules(options.RequireTicketForwardSecrecy, Count: 1, Lifetime: null);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(server.SessionTicketCount, 1, nameof(server.SessionTicketCount));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(server.SessionTicketCount, byte.MaxValue, nameof(server.SessionTicketCount));
        if (server.SessionLifetime is { } lifetime)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1), nameof(server.SessionLifetime));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, s_longest, nameof(server.SessionLifetime));
        }

        return new TicketRules(server.RequireTicketForwardSecrecy, server.SessionTicketCount, server.SessionLifetime);
    }

    /// <summary>Leaves what has its default as s2n made it.</summary>
    internal void ApplyTo(ConfigHandle config)
    {
        if (RequiresForwardSecrecy)
        {
            S2nError.Check(S2n.s2n_config_require_ticket_forward_secrecy(config, 1));
        }

        if (Count != 1)
        {
            S2nError.Check(S2n.s2n_config_set_initial_ticket_count(config, (byte)Count));
        }

        if (Lifetime is { } lifetime)
        {
            S2nError.Check(S2n.s2n_config_set_session_state_lifetime(config, (ulong)lifetime.TotalSeconds));
        }
    }
}
