using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Policies;

/// <summary>
/// What a security policy allows, as the library itself shows: in the ClientHello of a client that uses it. So this is true of the loaded library,
/// not of one from which a table was once made.
/// </summary>
internal sealed record PolicyContents(
    SslProtocols Protocols,
    IReadOnlyList<TlsCipherSuite> CipherSuites,
    IReadOnlyList<TlsNamedGroup> KeyExchangeGroups,
    IReadOnlyList<TlsSignatureScheme> SignatureSchemes)
{
    /// <exception cref="S2nException">No client can be made with the policy.</exception>
    internal static PolicyContents Read(S2nSecurityPolicy policy)
    {
        S2nRuntime.EnsureStarted();
        using ConfigHandle config = ConfigHandle.Create();
        S2nError.Check(S2n.s2n_config_set_cipher_preferences(config, policy.Name));
        using var probe = new ClientProbe(config);
        S2nClientHello hello = probe.SayHello();
        TlsCipherSuite[] suites = [.. hello.CipherSuites.Where(IsSuite)];
        SslProtocols protocols = hello.SupportedVersions.Aggregate(SslProtocols.None, (all, version) => all | WireVersion.ToSslProtocols(version));
        return new PolicyContents(
            protocols == SslProtocols.None ? ProtocolProbe.AcceptedUpTo(config, (ushort)hello.LegacyVersion, suites[0]) : protocols,
            suites,
            hello.SupportedGroups,
            hello.SignatureAlgorithms);
    }

    /// <summary>Two numbers in the list are signals, not suites (RFC 5746 §3.3, RFC 7507 §2).</summary>
    private static bool IsSuite(TlsCipherSuite suite) => (int)suite is not (0x00FF or 0x5600);
}
