using S2nTls.Interop;

namespace S2nTls.Sessions;

/// <summary>What options say of session tickets, beside their keys.</summary>
internal sealed class TicketRules
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7); // RFC 8446 §4.6.1

    private readonly bool _requiresForwardSecrecy;
    private readonly int _count = 1;
    private readonly TimeSpan? _lifetime;

    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    internal TicketRules(S2nContextOptions options)
    {
        _requiresForwardSecrecy = options.RequireTicketForwardSecrecy;
        if (options is not S2nServerOptions server)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(server.SessionTicketCount, 1, nameof(server.SessionTicketCount));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(server.SessionTicketCount, byte.MaxValue, nameof(server.SessionTicketCount));
        if (server.SessionLifetime is { } lifetime)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1), nameof(server.SessionLifetime));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, s_longest, nameof(server.SessionLifetime));
        }

        _count = server.SessionTicketCount;
        _lifetime = server.SessionLifetime;
    }

    /// <summary>A config is left as s2n makes it where nothing special is asked.</summary>
    internal void ApplyTo(ConfigHandle config)
    {
        if (_requiresForwardSecrecy)
        {
            S2nError.Check(S2n.s2n_config_require_ticket_forward_secrecy(config, 1));
        }

        if (_count != 1)
        {
            S2nError.Check(S2n.s2n_config_set_initial_ticket_count(config, (byte)_count));
        }

        if (_lifetime is { } lifetime)
        {
            S2nError.Check(S2n.s2n_config_set_session_state_lifetime(config, (ulong)lifetime.TotalSeconds));
        }
    }
}
