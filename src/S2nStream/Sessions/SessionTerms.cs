using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using S2nTls.Context;

namespace S2nTls.Sessions;

/// <summary>
/// Summarizes what a client context verifies about servers, and which certificate it sends. A session made on other terms must not be resumed on
/// these, because a resumption verifies nothing.
/// </summary>
internal static class SessionTerms
{
    /// <summary>
    /// Two providers may have different lists, and one provider's list may change: so the object in this process counts. A session deserialized in
    /// another process is not resumed if lists are looked up.
    /// </summary>
    private static readonly ConditionalWeakTable<S2nRevocationListProvider, string> s_providers = [];

    /// <summary>What is verified. The config knows against which roots.</summary>
    internal static string Of(ContextSettings settings)
    {
        // .NET validates again at every resumption, by the certificates that are kept with the session.
        string verification = settings.Verification is { IsLeftToNet: true } ? "judged" : $"verified, policy {settings.SecurityPolicy.Name}";
        string stapling = settings.OcspStapling == S2nOcspStapling.None ? string.Empty : $", stapling {settings.OcspStapling}";
        string revocation = settings.Verification?.RevocationLists is { } lists ? $", revocation {s_providers.GetValue(lists, static _ => Guid.NewGuid().ToString())}" : string.Empty;
        return $"{verification}{stapling}{revocation}";
    }

    /// <summary>Adds the roots, and what is sent.</summary>
    /// <param name="verification">What is verified.</param>
    /// <param name="anchors">The digest of the roots that the connection's config trusts; null if s2n trusts none.</param>
    /// <param name="own">The client's certificate, DER; null for none.</param>
    internal static string With(string verification, string? anchors, byte[]? own)
    {
        string roots = anchors is null ? string.Empty : $", roots {anchors}";
        return own is null ? verification + roots : $"{verification}{roots}, shows {Convert.ToHexString(SHA256.HashData(own))}";
    }
}
