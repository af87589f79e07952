using S2nTls.Interop;

namespace S2nTls;

/// <summary>What options say of session tickets, beside their keys.</summary>
internal sealed record TicketRules
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7); // RFC 8446 §4.6.1

    private bool RequiresForwardSecrecy { get; init; }

    private byte Count { get; init; } = 1;

    private TimeSpan? Lifetime { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal static TicketRules Of(S2nContextOptions options)
    {
        var rules = new TicketRules { RequiresForwardSecrecy = options.RequireTicketForwardSecrecy };
        if (options is not S2nServerOptions server)
        {
            return rules;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(server.SessionTicketCount, 1, nameof(server.SessionTicketCount));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(server.SessionTicketCount, byte.MaxValue, nameof(server.SessionTicketCount));
        if (server.SessionLifetime is { } lifetime)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1), nameof(server.SessionLifetime));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, s_longest, nameof(server.SessionLifetime));
        }

        return rules with { Count = (byte)server.SessionTicketCount, Lifetime = server.SessionLifetime };
    }

    /// <summary>A config is left as s2n makes it where nothing special is asked.</summary>
    internal void ApplyTo(ConfigHandle config)
    {
        if (RequiresForwardSecrecy)
        {
            S2nError.ThrowIf(S2n.s2n_config_require_ticket_forward_secrecy(config, 1) != S2n.Success);
        }

        if (Count != 1)
        {
            S2nError.ThrowIf(S2n.s2n_config_set_initial_ticket_count(config, Count) != S2n.Success);
        }

        if (Lifetime is { } lifetime)
        {
            S2nError.ThrowIf(S2n.s2n_config_set_session_state_lifetime(config, (ulong)lifetime.TotalSeconds) != S2n.Success);
        }
    }
}
