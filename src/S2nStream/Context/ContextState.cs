using S2nTls.Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Interop;

namespace S2nTls.Context;

/// <summary>What a context gives to a new connection: of one moment, so that its parts belong together.</summary>
/// <param name="Config">Counted for whoever has acquired the state, until <see cref="Release"/>.</param>
/// <param name="Certificates">What the config was made with.</param>
/// <param name="KeysVersion">Which ticket keys it has; 0 where there are none.</param>
/// <param name="Trust">The roots that the config trusts; null where s2n verifies nobody.</param>
internal sealed record ContextState(ConfigHandle Config, OwnCertificates Certificates, long KeysVersion, TrustAnchors? Trust)
{
    /// <summary>Gives back what <see cref="ConfigSource.Acquire"/> has counted. A connection that has been given the config holds its own count.</summary>
    internal void Release() => Config.DangerousRelease();
}
