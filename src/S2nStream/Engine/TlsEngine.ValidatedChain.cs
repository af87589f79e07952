using S2nTls.Certificates.Verification;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// What is demanded of a chain that s2n itself has verified. s2n asks inside the handshake, once, before anything is sent in answer and
/// before a ticket of the session can come; a resumed session shows no chain, and stands for one that was good.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    /// <summary>
    /// Whose the pointers are: the copy of the chain is made and freed here, on s2n's stack, and read in between. The connection is
    /// alive, since s2n is in a call on it, and another thread's disposal waits for the end of that.
    /// </summary>
    /// <returns>Why the peer is refused; null where it is not.</returns>
    private S2nFault? CheckValidatedChain(nint connection)
    {
        nint chain = S2n.s2n_cert_chain_and_key_new();
        S2nError.ThrowIf(chain == 0);
        try
        {
            S2nError.ThrowIf(S2n.s2n_connection_get_peer_cert_chain(connection, chain) != S2n.Success);
            S2nError.ThrowIf(S2n.s2n_cert_chain_get_length(chain, out uint length) != S2n.Success);

            // Tickets come with the chain later, and TLS 1.2's come in the handshake: what is read now is not read again.
            List<byte[]>? kept = _sessionCache is null ? null : new List<byte[]>((int)length);
            var demands = new ChainDemands(new ChainDemands.Terms(_isServer, _host, Misleading: _connection.Config.Misleading));
            for (uint i = 0; i < length; i++)
            {
                S2nError.ThrowIf(S2n.s2n_cert_chain_get_cert(chain, out nint certificate, i) != S2n.Success);
                S2nError.ThrowIf(S2n.s2n_cert_get_der(certificate, out byte* der, out uint size) != S2n.Success);
                var encoded = new ReadOnlySpan<byte>(der, (int)size);
                if (demands.Next(encoded, isLast: i == length - 1) is { } unmet)
                {
                    return CertificateRefusal.For(unmet);
                }

                kept?.Add(encoded.ToArray());
            }

            _peerCertificates = kept;
            return null;
        }
        finally
        {
            _ = S2n.s2n_cert_chain_and_key_free(chain);
        }
    }
}
