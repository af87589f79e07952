using S2nTls.Errors;

namespace S2nTls.Translation;

/// <summary>The security policy that was chosen for SslStream's options.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Explain">Explains the choice, if a fault may be due to it; null if the policy allows all that the options do.</param>
internal sealed record SelectedPolicy(S2nSecurityPolicy Policy, Func<S2nFault, string?>? Explain);
