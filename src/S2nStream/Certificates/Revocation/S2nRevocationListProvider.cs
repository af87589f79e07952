using System.Security.Cryptography.X509Certificates;

namespace S2nTls;

/// <summary>
/// Provides the lists of revoked certificates (CRL, RFC 5280 §5) that s2n verifies peers against: from memory, as
/// <see cref="S2nRevocationListStore"/> does, or from a slower source. Handshakes wait without holding a thread.
/// </summary>
public abstract class S2nRevocationListProvider
{
    /// <summary>Finds the list of an issuer. Called once for each issuer in a peer's chain, by many handshakes concurrently.</summary>
    /// <param name="issuer">The name of the authority, as the peer's certificate has it. <b>That certificate has not been verified yet</b>: do not connect to anything that this names.</param>
    /// <param name="cancellationToken">Cancelled when the handshake is, or its stream is disposed: the list is no longer needed.</param>
    /// <returns>
    /// The list, or null if there is none: a chain with a certificate of that issuer is then refused (<c>S2N_ERR_CRL_LOOKUP_FAILED</c>). The
    /// handshake keeps the list alive once it has it. Do not dispose a returned list while handshakes begin: leave it to the garbage collector.
    /// </returns>
    /// <remarks>The authenticating call throws what this throws, and the peer is refused.</remarks>
    public abstract ValueTask<S2nRevocationList?> FindAsync(X500DistinguishedName issuer, CancellationToken cancellationToken);
}
