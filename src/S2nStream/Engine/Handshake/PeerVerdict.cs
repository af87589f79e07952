using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Roots;
using S2nTls.Certificates.Verification;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <summary>
/// Decides on the peer's certificates, beyond s2n's own checks: inside the handshake, before anything is sent in answer, and before a ticket of
/// the session can arrive. If s2n has verified the chain, it must also meet <see cref="ChainDemands"/>; if verification is left to .NET, .NET
/// decides, and through it the application's callback.
/// </summary>
/// <param name="handshake">The handshake with the peer.</param>
/// <param name="validation">.NET's validation; null if s2n's own verification decides.</param>
/// <param name="host">The name that the certificate must contain; null on servers.</param>
/// <param name="trust">The roots that s2n trusts; null if s2n does not verify.</param>
internal sealed class PeerVerdict(TlsHandshake handshake, CertificateValidation? validation, HostNameMatch? host, TrustAnchors? trust)
{
    private TlsConnection Connection => handshake.Connection;

    /// <summary>The verdict on what the peer sent. s2n asks once.</summary>
    /// <returns>Why the peer is refused; null if it is accepted.</returns>
    internal S2nFault? On(nint connection) =>
        validation is null ? OnVerified(connection) : OnShown(handshake.ReadPeerCertificates(connection), validation);

    /// <summary>
    /// The verdict on a peer that sent no certificate, about whom s2n does not ask. A server's callback must be called for such a client, as
    /// SslStream's is; and a client validates a session that it resumes by the certificates that the server sent when it was made, because .NET's
    /// validation applies to one connection only.
    /// </summary>
    /// <exception cref="S2nException">The peer is refused.</exception>
    internal void OnUnseen()
    {
        if (validation is null || Connection.JudgedCertificate is not null)
        {
            return;
        }

        Connection.TellsWhatIsNegotiated = true; // the callback may ask
        S2nFault? refusal;
        try
        {
            refusal =
                Connection.Sessions?.Resumed is { } session ? OnShown([.. session.PeerCertificates], validation)
                : Connection.IsServer ? Connection.Ask((validation, Connection.Application), static its => its.validation.JudgeNone(its.Application))
                : null;
        }
        catch (Exception e) when (!Connection.IsLeft)
        {
            Connection.End(CertificateRefusal.ValidationThrew(e));
            throw;
        }

        if (refusal is not null)
        {
            throw handshake.Fail(refusal);
        }
    }

    /// <summary>
    /// Ownership of the pointers: the copy of the chain is made, read and freed here, on s2n's stack. The connection is alive, because s2n is in a call
    /// on it, and disposal by another thread waits until that ends.
    /// </summary>
    private unsafe S2nFault? OnVerified(nint connection)
    {
        nint chain = S2nError.CheckCreated(S2n.s2n_cert_chain_and_key_new());
        try
        {
            S2nError.Check(S2n.s2n_connection_get_peer_cert_chain(connection, chain));
            S2nError.Check(S2n.s2n_cert_chain_get_length(chain, out uint length));

            // Tickets come later (in TLS 1.2 during the handshake) and keep the chain: reading it now saves reading it again.
            List<byte[]>? kept = Connection.Sessions is { KeepsCertificates: true } ? new List<byte[]>((int)length) : null;
            var demands = new ChainDemands(new ChainDemands.Terms(Connection.IsServer, host, Misleading: trust?.Misleading));
            for (uint i = 0; i < length; i++)
            {
                S2nError.Check(S2n.s2n_cert_chain_get_cert(chain, out nint certificate, i));
                S2nError.Check(S2n.s2n_cert_get_der(certificate, out byte* der, out uint size));
                var encoded = new ReadOnlySpan<byte>(der, (int)size);
                if (demands.Next(encoded, isLast: i == length - 1) is { } unmet)
                {
                    return CertificateRefusal.For(unmet);
                }

                kept?.Add(encoded.ToArray());
            }

            if (kept is not null)
            {
                Connection.Sessions!.PeerCertificates = kept;
            }

            return null;
        }
        finally
        {
            _ = S2n.s2n_cert_chain_and_key_free(chain);
        }
    }

    private S2nFault? OnShown(List<byte[]>? certificates, CertificateValidation validation)
    {
        if (certificates is null)
        {
            return CertificateRefusal.NotReadable();
        }

        if (certificates.Count > CertificateList.MaxLength)
        {
            return CertificateRefusal.TooLong(certificates.Count);
        }

        var chain = new X509Certificate2Collection();
        try
        {
            certificates.ForEach(certificate => chain.Add(X509CertificateLoader.LoadCertificate(certificate)));
        }
        catch (CryptographicException)
        {
            return CertificateRefusal.NotReadable();
        }

        Connection.JudgedCertificate = chain[0];
        Connection.TellsWhatIsNegotiated = true; // the callback may ask
        Connection.Sessions?.PeerCertificates = certificates;
        return Connection.Ask(
            (validation, Connection.Application, chain, host), static its => its.validation.Judge(its.Application, its.chain, its.host));
    }
}
