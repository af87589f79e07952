using System.Collections.Frozen;
using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Errors;

namespace S2nTls.Translation;

/// <summary>
/// Explains which security policy was chosen for SslStream's options, and what it leaves out. s2n's policies are fixed sets, so a list of cipher
/// suites may cost a protocol version, and a peer that has only that version refuses.
/// </summary>
internal static class PolicyExplanation
{
    /// <returns>Null if the policy allows everything that the options do.</returns>
    internal static Func<S2nFault, string?>? For(S2nSecurityPolicy chosen, SslProtocols allowed, FrozenSet<TlsCipherSuite>? suites)
    {
        SslProtocols lost = allowed & ~chosen.Protocols;
        TlsCipherSuite[] lostSuites = suites is null ? [] : [.. suites.Except(chosen.CipherSuites).Order()];
        return lost == SslProtocols.None && lostSuites.Length == 0
            ? null
            : fault => IsAboutPolicy(fault) ? Explain(chosen, lost, suites, lostSuites) : null;
    }

    private static bool IsAboutPolicy(S2nFault fault) =>
        fault.Alert is TlsAlert.HandshakeFailure or TlsAlert.ProtocolVersion or TlsAlert.InsufficientSecurity ||
        fault.Type == S2nErrorType.Closed ||
        fault.ClearAlert is TlsAlert.HandshakeFailure or TlsAlert.ProtocolVersion ||
        fault.Error is "S2N_ERR_CIPHER_NOT_SUPPORTED" or "S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED";

    private static string Explain(S2nSecurityPolicy chosen, SslProtocols lost, FrozenSet<TlsCipherSuite>? suites, TlsCipherSuite[] lostSuites)
    {
        string what = $"{nameof(SslClientAuthenticationOptions.CipherSuitesPolicy)} and {nameof(SslClientAuthenticationOptions.EnabledSslProtocols)} were " +
            $"translated into s2n's security policy '{chosen}', which allows {chosen.Protocols} only";
        string without = lostSuites.Length == 0 ? "." : $", without {string.Join(", ", lostSuites)}.";
        S2nSecurityPolicy? nearest = suites is null ? null : SecurityPolicySelection.Candidates
            .Where(policy => (policy.Protocols & lost) != 0)
            .MinBy(policy => policy.CipherSuites.Count(suite => !suites.Contains(suite)));
        return nearest is null || lost == SslProtocols.None
            ? what + without
            : $"{what}{without} The nearest policy with {lost} is '{nearest}', which also needs {string.Join(", ", nearest.CipherSuites.Where(suite => !suites!.Contains(suite)))}.";
    }
}
