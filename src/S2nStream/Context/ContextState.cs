using S2nTls.Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Interop;

namespace S2nTls.Context;

/// <summary>What a context gives to a new connection: a snapshot, so that its parts are consistent.</summary>
/// <param name="Config">The config, counted for the acquirer until <see cref="Release"/>.</param>
/// <param name="Certificates">The certificates that the config was made with.</param>
/// <param name="KeysVersion">The version of its ticket keys; 0 if there are none.</param>
/// <param name="Trust">The roots that the config trusts; null if s2n does not verify peers.</param>
internal sealed record ContextState(ConfigHandle Config, OwnCertificates Certificates, long KeysVersion, TrustAnchors? Trust)
{
    /// <summary>Releases the count from <see cref="ConfigSource.Acquire"/>. A connection that has the config holds its own count.</summary>
    internal void Release() => Config.DangerousRelease();
}
