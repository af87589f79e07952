using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net.Security;
using System.Numerics;
using System.Security.Authentication;

namespace S2nTls.Translation;

/// <summary>
/// Finds the security policy for SslStream's options: protocol versions and a list of cipher suites. s2n's policies are fixed, so it may allow less
/// than was asked for, but never more.
/// </summary>
internal static class SecurityPolicySelection
{
    /// <summary>
    /// Older versions are deprecated (RFC 8996). Options that allow them besides these get only these, as with SslStream on today's distributions.
    /// </summary>
    private const SslProtocols Secure = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Policies with forward secrecy, and with RSA and ECDSA certificates; among equals, the first is chosen.</summary>
    private static readonly S2nSecurityPolicy[] s_candidates =
    [
        S2nSecurityPolicy.DefaultTls13,
        new("CloudFront-TLS-1-2-2021-no-sha1-no-pq"), // AES-GCM and ChaCha20
        new("AWS-CRT-SDK-TLSv1.2-2025"),              // AES-GCM
        new("20230317"),                              // AES
        new("20251013"),                              // AES-256-GCM
        new("AWS-CRT-SDK-TLSv1.3-2023"),              // TLS 1.3
        new("20250414"),                              // TLS 1.3 with AES-256-GCM
        new("20240501"),                              // TLS 1.2 with AES
        new("20210816_GCM"),                          // TLS 1.2 with AES-256
        new("ELBSecurityPolicy-FS-1-2-2019-08"),      // TLS 1.2 with AES, also with SHA-1 in its CBC suites
    ];

    private static readonly SelectedPolicy s_usual = new(S2nSecurityPolicy.DefaultTls13, null);

    /// <summary>A program usually has few lists of suites, but may have many: so the cache is bounded.</summary>
    private const int MaxRemembered = 256;

    private static readonly ConcurrentDictionary<Wish, SelectedPolicy> s_answers = [];

    internal static IReadOnlyList<S2nSecurityPolicy> Candidates => s_candidates;

    /// <exception cref="NotSupportedException">No policy stays within what is allowed; the message names the option.</exception>
    internal static SelectedPolicy For(SslProtocols protocols, CipherSuitesPolicy? cipherSuites)
    {
        SslProtocols allowed = protocols == SslProtocols.None ? Secure : protocols & Secure;
        if (allowed == SslProtocols.None)
        {
            throw new NotSupportedException(
                $"The option {nameof(SslClientAuthenticationOptions.EnabledSslProtocols)} = {protocols} is not supported: only TLS 1.2 and TLS 1.3 are secure.");
        }

        if (cipherSuites is null && allowed == Secure)
        {
            return s_usual;
        }

        TlsCipherSuite[]? suites = cipherSuites?.AllowedCipherSuites.Order().ToArray();
        var wish = new Wish(allowed, suites is null ? null : string.Join(',', suites.Select(suite => (int)suite)));
        if (s_answers.TryGetValue(wish, out SelectedPolicy? known))
        {
            return known;
        }

        FrozenSet<TlsCipherSuite>? listed = suites?.ToFrozenSet();
        S2nSecurityPolicy policy = Select(allowed, listed);
        var selected = new SelectedPolicy(policy, PolicyExplanation.For(policy, allowed, listed));
        if (s_answers.Count < MaxRemembered)
        {
            s_answers.TryAdd(wish, selected);
        }

        return selected;
    }

    /// <summary>The most protocol versions first; then, if suites were listed, the most suites; then the candidates' order.</summary>
    private static S2nSecurityPolicy Select(SslProtocols allowed, FrozenSet<TlsCipherSuite>? suites)
    {
        S2nSecurityPolicy[] within = [.. s_candidates.Where(policy => (policy.Protocols & ~allowed) == 0)];
        return within
            .Where(policy => suites is null || policy.CipherSuites.All(suites.Contains))
            .OrderByDescending(policy => BitOperations.PopCount((uint)policy.Protocols))
            .ThenByDescending(policy => suites is null ? 0 : policy.CipherSuites.Count)
            .FirstOrDefault()
            ?? throw new NotSupportedException(Refusal(allowed, within));
    }

    private static string Refusal(SslProtocols allowed, IEnumerable<S2nSecurityPolicy> within) =>
        $"The option {nameof(SslClientAuthenticationOptions.CipherSuitesPolicy)} is not supported with this list: s2n's security policies are fixed sets of cipher suites, and none for {allowed} stays within it. " +
        $"Allow at least all suites of one of these: {string.Join("; ", within.Select(policy => $"{policy} ({string.Join(", ", policy.CipherSuites)})"))}.";

    private sealed record Wish(SslProtocols Protocols, string? Suites);
}
