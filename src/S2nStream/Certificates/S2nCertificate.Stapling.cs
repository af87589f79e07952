using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Certificates;
using S2nTls.Certificates.Stapling;
using S2nTls.Interop;

namespace S2nTls;

/// <content>What a server sends with a certificate to clients that ask for it: an OCSP response and signed certificate timestamps.</content>
public sealed partial class S2nCertificate
{
    /// <summary>The identifiers of ML-DSA's three parameter sets begin like this (RFC 9881 §2).</summary>
    private const string MLDsa = "2.16.840.1.101.3.4.3.";

    /// <summary>The certificate whose private key this one signs with, if it is another's.</summary>
    private CertificateHandle? _keyOwner;

    /// <summary>The certificate that has the private key: this one, or the one that it was made from.</summary>
    internal CertificateHandle KeyOwner => _keyOwner ?? _handle;

    /// <summary>The issuer's certificate, DER, if it is known but not shown, as with roots; otherwise null.</summary>
    internal byte[]? IssuerBesideChain { get; set; }

    /// <summary>The OCSP response that is stapled to the certificate, in DER; empty if there is none.</summary>
    public ReadOnlyMemory<byte> OcspResponse { get; private set; }

    /// <summary>The certificate's SignedCertificateTimestampList (RFC 6962 §3.3); empty if there is none.</summary>
    public ReadOnlyMemory<byte> SignedCertificateTimestamps { get; private set; }

    /// <summary>
    /// Makes the same certificate with another OCSP response, which a server sends to clients that ask for it (RFC 6066 §8,
    /// <c>s2n_cert_chain_and_key_set_ocsp_data</c>). The private key is shared, not copied. To staple it while a server runs, pass the new
    /// certificate to <see cref="S2nContext.ReplaceCertificates"/>.
    /// </summary>
    /// <param name="response">The response in DER, as the authority's responder returns it; empty for none. It is not verified here: clients do that.</param>
    /// <exception cref="ArgumentException">It is not an OCSP response, or one that reports an error.</exception>
    /// <exception cref="NotSupportedException">The key is an ML-DSA key, which s2n needs in the same object as the certificate: load both from files with <see cref="S2nCertificateFiles.OcspResponsePath"/>.</exception>
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
    /// Makes the same certificate with another list of signed certificate timestamps, which a server sends to clients that ask for it (RFC 6962
    /// §3.3, <c>s2n_cert_chain_and_key_set_sct_list</c>). The private key is shared, not copied.
    /// </summary>
    /// <param name="list">The SignedCertificateTimestampList; empty for none. Its signatures are not verified here: clients do that.</param>
    /// <exception cref="ArgumentException">It is not such a list.</exception>
    /// <exception cref="NotSupportedException">The key is an ML-DSA key, which s2n needs in the same object as the certificate.</exception>
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

    /// <summary>Whether it has an ML-DSA key, which s2n needs in the same object as the certificate.</summary>
    internal static bool IsMLDsa(X509Certificate2 leaf) => leaf.PublicKey.Oid.Value?.StartsWith(MLDsa, StringComparison.Ordinal) == true;

    /// <summary>
    /// Makes a new native object, because s2n may be reading the old one on any thread. s2n cannot copy a private key: the new object borrows it,
    /// and keeps its owner alive.
    /// </summary>
    /// <param name="shown">Has the chain.</param>
    /// <param name="owner">Has the private key.</param>
    /// <param name="ocspResponse">The new one's.</param>
    /// <param name="sctList">The new one's.</param>
    internal static S2nCertificate Derive(CertificateHandle shown, CertificateHandle owner, ReadOnlyMemory<byte> ocspResponse, ReadOnlyMemory<byte> sctList)
    {
        byte[] chain = Encoding.ASCII.GetBytes(string.Join('\n', CertificateChain.ReadEncoded(shown).Select(
            certificate => PemEncoding.WriteString("CERTIFICATE", certificate))));
        S2nCertificate made = Load(handle =>
        {
            handle.SetSigner(new BorrowedKey(owner));
            LoadPublic(handle, chain);
        });
        try
        {
            made._keyOwner = owner;
            made.Staple(ocspResponse, sctList);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private S2nCertificate With(ReadOnlyMemory<byte> ocspResponse, ReadOnlyMemory<byte> sctList)
    {
        CertificateHandle shown = Handle;
        if (IsMLDsa(Leaf))
        {
            throw new NotSupportedException(
                "For ML-DSA, s2n needs the private key in the same object as the certificate, so it cannot be shared. Load the certificate again, from files with an OCSP response.");
        }

        S2nCertificate made = Derive(shown, KeyOwner, ocspResponse, sctList);
        made.IssuerBesideChain = IssuerBesideChain;
        return made;
    }

    /// <summary>Sets what is stapled. Call it only before anyone else has the certificate.</summary>
    internal unsafe void Staple(ReadOnlyMemory<byte> ocspResponse, ReadOnlyMemory<byte> sctList)
    {
        S2nError.Check(S2n.s2n_cert_chain_and_key_set_ocsp_data(Handle, ocspResponse.Span, (uint)ocspResponse.Length));
        S2nError.Check(S2n.s2n_cert_chain_and_key_set_sct_list(Handle, sctList.Span, (uint)sctList.Length));
        OcspResponse = ocspResponse;
        SignedCertificateTimestamps = sctList;
    }
}
