using System.Security.Cryptography;
using System.Text;
using S2nTls.Interop;

namespace S2nTls;

/// <content>What a server sends along with a certificate, to clients that ask for it: an OCSP response, and signed certificate timestamps.</content>
public sealed partial class S2nCertificate
{
    /// <summary>The certificate whose private key this one signs with, where that is another's.</summary>
    private CertificateHandle? _keyOwner;

    /// <summary>The OCSP response that is stapled to the certificate, DER; empty where there is none.</summary>
    public ReadOnlyMemory<byte> OcspResponse { get; private init; }

    /// <summary>The certificate's SignedCertificateTimestampList (RFC 6962 §3.3); empty where there is none.</summary>
    public ReadOnlyMemory<byte> SignedCertificateTimestamps { get; private init; }

    /// <summary>
    /// Makes the same certificate with another OCSP response, which a server sends to clients that ask for it (RFC 6066 §8,
    /// <c>s2n_cert_chain_and_key_set_ocsp_data</c>). The private key is shared, not copied. To staple it while a
    /// server runs, give the new certificate to <see cref="S2nContext.ReplaceCertificates"/>.
    /// </summary>
    /// <param name="response">The response, DER, as the authority's responder answers it; empty for none. It is not verified: clients do that.</param>
    /// <exception cref="ArgumentException">It is no OCSP response, or one that reports an error.</exception>
    /// <exception cref="ObjectDisposedException">The certificate is disposed.</exception>
    public S2nCertificate WithOcspResponse(ReadOnlySpan<byte> response)
    {
        byte[] copy = response.ToArray();
        if (copy.Length > 0)
        {
            OcspResponseFormat.Check(copy, nameof(response));
        }

        return With(copy, SignedCertificateTimestamps);
    }

    /// <summary>
    /// Makes the same certificate with another list of signed certificate timestamps, which a server sends to clients
    /// that ask for it (RFC 6962 §3.3, <c>s2n_cert_chain_and_key_set_sct_list</c>). The private key is shared, not copied.
    /// </summary>
    /// <param name="list">The SignedCertificateTimestampList; empty for none. Its signatures are not verified: clients do that.</param>
    /// <exception cref="ArgumentException">It is no such list.</exception>
    /// <exception cref="ObjectDisposedException">The certificate is disposed.</exception>
    public S2nCertificate WithSignedCertificateTimestamps(ReadOnlySpan<byte> list)
    {
        byte[] copy = list.ToArray();
        if (copy.Length > 0)
        {
            SctListFormat.Check(copy, nameof(list));
        }

        return With(OcspResponse, copy);
    }

    /// <summary>
    /// A new native object, because s2n may be reading the old one on any thread. s2n has no way to copy a private
    /// key: the new one borrows it, and keeps its owner alive.
    /// </summary>
    private unsafe S2nCertificate With(ReadOnlyMemory<byte> ocspResponse, ReadOnlyMemory<byte> sctList)
    {
        CertificateHandle shown = Handle;
        CertificateHandle owner = _keyOwner ?? shown;
        byte[] chain = Encoding.ASCII.GetBytes(string.Join('\n', CertificateChain.ReadEncoded(shown).Select(
            certificate => PemEncoding.WriteString("CERTIFICATE", certificate))));
        CertificateHandle made = CertificateHandle.Create();
        try
        {
            made.SetSigner(new BorrowedKey(owner));
            LoadPublic(made, chain);
            fixed (byte* response = ocspResponse.Span, list = sctList.Span)
            {
                S2nError.ThrowIf(S2n.s2n_cert_chain_and_key_set_ocsp_data(made, response, (uint)ocspResponse.Length) != S2n.Success);
                S2nError.ThrowIf(S2n.s2n_cert_chain_and_key_set_sct_list(made, list, (uint)sctList.Length) != S2n.Success);
            }

            return new S2nCertificate(made, CertificateChain.Read(made)[0])
            {
                OcspResponse = ocspResponse,
                SignedCertificateTimestamps = sctList,
                _keyOwner = owner,
            };
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }
}
