using System.Collections.Concurrent;
using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Authentication;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Policies;

namespace S2nTls;

/// <summary>
/// A security policy of s2n-tls: a named, fixed set of protocol versions, cipher suites, signature schemes and key-exchange groups (s2n usage
/// guide, chapter 6; <c>s2n_config_set_cipher_preferences</c>). Numbered policies never change, so a pinned one stays the same through updates.
/// Immutable and thread-safe.
/// </summary>
public sealed class S2nSecurityPolicy : IEquatable<S2nSecurityPolicy>
{
    private static readonly ConcurrentDictionary<string, PolicyContents> s_contents = new(StringComparer.Ordinal);

    /// <summary>Makes a policy from any name that s2n knows, such as <c>20240503</c>.</summary>
    /// <remarks>
    /// Where s2n cannot be used (<see cref="S2nStream.IsSupported"/>) there is nobody to ask, and any name is taken: settings that are read everywhere
    /// can name a policy. What the policy is given to throws.
    /// </remarks>
    /// <exception cref="ArgumentException">s2n knows no policy of that name.</exception>
    public S2nSecurityPolicy(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (S2nRuntime.IsAvailable)
        {
            Check(name);
        }

        Name = name;
    }

    // The well-known names need no check, so that naming one does not load the native library.
    private S2nSecurityPolicy(string name, bool known)
    {
        _ = known;
        Name = name;
    }

    /// <summary>TLS 1.3 and 1.2 with forward secrecy: <c>default_tls13</c>. It follows s2n's recommendations, so its content can change with a new library.</summary>
    public static S2nSecurityPolicy DefaultTls13 { get; } = new("default_tls13", known: true);

    /// <summary>Like <see cref="DefaultTls13"/>, but prefers hybrid post-quantum key exchange (ML-KEM): <c>default_pq</c>.</summary>
    public static S2nSecurityPolicy DefaultPostQuantum { get; } = new("default_pq", known: true);

    /// <summary>What FIPS 140-3 allows: <c>default_fips</c>.</summary>
    public static S2nSecurityPolicy DefaultFips { get; } = new("default_fips", known: true);

    /// <summary>s2n's own default, which a C program gets if it chooses none: <c>default</c>. It follows s2n's recommendations.</summary>
    public static S2nSecurityPolicy Default { get; } = new("default", known: true);

    /// <summary>What version 1 of the Commercial National Security Algorithm suite allows (RFC 9151): <c>rfc9151</c>.</summary>
    public static S2nSecurityPolicy Cnsa1 { get; } = new("rfc9151", known: true);

    /// <summary>What version 2 of that suite allows, which is post-quantum throughout: TLS 1.3 with ML-KEM-1024 and ML-DSA-87 certificates: <c>cnsa_2</c>.</summary>
    public static S2nSecurityPolicy Cnsa2 { get; } = new("cnsa_2", known: true);

    /// <summary>s2n's name for the policy.</summary>
    public string Name { get; }

    /// <summary>The protocol versions that it allows. Queried from the library on first use, as are the suites, groups and schemes.</summary>
    /// <exception cref="PlatformNotSupportedException">s2n does not run on this platform (<see cref="S2nStream.IsSupported"/>).</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    [SupportedOSPlatform("linux")]
    public SslProtocols Protocols => Contents.Protocols;

    /// <summary>The cipher suites that it allows, the preferred one first.</summary>
    /// <inheritdoc cref="Protocols" path="/exception"/>
    [SupportedOSPlatform("linux")]
    public IReadOnlyList<TlsCipherSuite> CipherSuites => Contents.CipherSuites;

    /// <summary>The key-exchange groups that it allows, the preferred one first. s2n may know some that <see cref="TlsNamedGroup"/> has no name for.</summary>
    /// <inheritdoc cref="Protocols" path="/exception"/>
    [SupportedOSPlatform("linux")]
    public IReadOnlyList<TlsNamedGroup> KeyExchangeGroups => Contents.KeyExchangeGroups;

    /// <summary>The signature schemes that it allows in handshakes, the preferred one first. The schemes allowed in certificates are not exposed.</summary>
    /// <inheritdoc cref="Protocols" path="/exception"/>
    [SupportedOSPlatform("linux")]
    public IReadOnlyList<TlsSignatureScheme> SignatureSchemes => Contents.SignatureSchemes;

    private PolicyContents Contents => s_contents.GetOrAdd(Name, static (_, policy) => PolicyContents.Read(policy), this);

    private static void Check(string name)
    {
        S2nRuntime.EnsureStarted();
        using ConfigHandle scratch = ConfigHandle.Create();
        if (S2n.s2n_config_set_cipher_preferences(scratch, name) != S2n.Success)
        {
            throw new ArgumentException(
                $"s2n-tls knows no security policy '{name}'.", nameof(name), S2nFault.Capture(S2nError.Last).ToException());
        }
    }

    /// <inheritdoc/>
    public bool Equals(S2nSecurityPolicy? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as S2nSecurityPolicy);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The policy's name.</summary>
    public override string ToString() => Name;
}
