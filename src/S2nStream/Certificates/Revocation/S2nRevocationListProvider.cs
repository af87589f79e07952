using System.Security.Cryptography.X509Certificates;

namespace S2nTls;

/// <summary>
/// Has the lists of revoked certificates (CRL, RFC 5280 §5) that s2n verifies peers against: out of memory, as
/// <see cref="S2nRevocationListStore"/> does, or from wherever it takes time to get them. Handshakes wait, and hold no thread.
/// </summary>
public abstract class S2nRevocationListProvider
{
    /// <summary>Finds the list of an issuer. Called once for each issuer in a chain that a peer sends, by many handshakes at once.</summary>
    /// <param name="issuer">The name of the authority, as the peer's certificate has it. <b>Nobody has verified that certificate yet</b>: connect to nothing that this names.</param>
    /// <param name="cancellationToken">Cancelled when the handshake was, or its stream disposed: nobody waits any more.</param>
    /// <returns>
    /// The list; null where there is none: a chain with a certificate of that issuer is then refused
    /// (<c>S2N_ERR_CRL_LOOKUP_FAILED</c>). The handshake keeps the list alive once it has it. So one that was answered is
    /// not to be disposed while handshakes begin: leave it to the garbage collector.
    /// </returns>
    /// <remarks>What it throws is thrown by the authenticating call, and the peer is refused.</remarks>
    public abstract ValueTask<S2nRevocationList?> FindAsync(X500DistinguishedName issuer, CancellationToken cancellationToken);
}
