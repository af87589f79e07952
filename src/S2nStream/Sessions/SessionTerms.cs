using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using S2nTls.Context;

namespace S2nTls.Sessions;

/// <summary>
/// Says in a few words what a client's context verifies about servers, and which certificate it shows: a session
/// made under other terms must not be resumed under these, since nothing is verified then.
/// </summary>
internal static class SessionTerms
{
    /// <summary>
    /// Two providers may have different lists, and a list that changes is the same provider's: so it is the object that counts,
    /// in this process. A session that is read in another one is not resumed where lists are looked up.
    /// </summary>
    private static readonly ConditionalWeakTable<S2nRevocationListProvider, string> s_providers = [];

    /// <summary>What is verified: against which roots, the config knows.</summary>
    internal static string Of(ContextSettings settings)
    {
        // What .NET judges it judges anew at every resumption, by the certificates that are kept with the session.
        string verification = settings.Verification is { IsLeftToNet: true } ? "judged" : $"verified, policy {settings.SecurityPolicy.Name}";
        string stapling = settings.OcspStapling == S2nOcspStapling.None ? string.Empty : $", stapling {settings.OcspStapling}";
        string revocation = settings.Verification?.RevocationLists is { } lists ? $", revocation {s_providers.GetValue(lists, static _ => Guid.NewGuid().ToString())}" : string.Empty;
        return $"{verification}{stapling}{revocation}";
    }

    /// <summary>Adds the roots, and what is shown.</summary>
    /// <param name="verification">What is verified.</param>
    /// <param name="anchors">The digest of the roots that the connection's config trusts; null where s2n trusts none.</param>
    /// <param name="own">The client's certificate, DER; null for none.</param>
    internal static string With(string verification, string? anchors, byte[]? own)
    {
        string roots = anchors is null ? string.Empty : $", roots {anchors}";
        return own is null ? verification + roots : $"{verification}{roots}, shows {Convert.ToHexString(SHA256.HashData(own))}";
    }
}
