using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Stapling;
using S2nTls.Interop;

namespace S2nTls.Certificates;

/// <summary>A certificate that a context shows, in the form that outlives the object that it was given as. Whoever holds this counts the handle.</summary>
internal sealed class OwnCertificate
{
    private readonly CertificateHandle _keyOwner;
    private readonly ReadOnlyMemory<byte> _timestamps;
    private readonly byte[]? _issuer;

    /// <exception cref="ObjectDisposedException">The certificate is disposed.</exception>
    internal OwnCertificate(S2nCertificate certificate)
    {
        Handle = certificate.Handle;
        _keyOwner = certificate.KeyOwner; // which the handle keeps alive
        _timestamps = certificate.SignedCertificateTimestamps;
        _issuer = certificate.IssuerBesideChain;
        OcspResponse = certificate.OcspResponse;
    }

    internal CertificateHandle Handle { get; }

    /// <summary>What was stapled to it; empty for nothing.</summary>
    internal ReadOnlyMemory<byte> OcspResponse { get; }

    /// <summary>What its OCSP responders can be asked about; null where it names none.</summary>
    /// <exception cref="InvalidOperationException">They cannot be asked, or what they say cannot be stapled.</exception>
    internal OcspSubject? FindSubject()
    {
        List<byte[]> chain = CertificateChain.ReadEncoded(Handle);
        OcspSubject? subject = OcspSubject.Find(chain, _issuer);
        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(chain[0]);
        return subject is null || !S2nCertificate.IsMLDsa(leaf)
            ? subject
            : throw new InvalidOperationException(
                $"No OCSP response can be stapled to the certificate '{subject.Name}' while it is shown, since its key is of ML-DSA. Load it from files with one ({nameof(S2nCertificateFiles.OcspResponsePath)}).");
    }

    /// <summary>The same with another response, or none. The caller disposes it.</summary>
    internal S2nCertificate With(ReadOnlyMemory<byte> ocspResponse) => S2nCertificate.Derive(Handle, _keyOwner, ocspResponse, _timestamps);
}
