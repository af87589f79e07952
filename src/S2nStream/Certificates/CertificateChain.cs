using System.Security.Cryptography.X509Certificates;
using S2nTls.Interop;

namespace S2nTls.Certificates;

/// <summary>Converts a chain in s2n's memory to .NET certificates.</summary>
internal static class CertificateChain
{
    /// <returns>The certificates, the end-entity's first. The caller owns them.</returns>
    internal static List<X509Certificate2> Read(CertificateHandle chain) => ReadEncoded(chain).ConvertAll(X509CertificateLoader.LoadCertificate);

    /// <returns>The certificates' DER, the end-entity's first.</returns>
    internal static unsafe List<byte[]> ReadEncoded(CertificateHandle chain)
    {
        S2nError.Check(S2n.s2n_cert_chain_get_length(chain, out uint length));
        var certificates = new List<byte[]>((int)length);
        for (uint i = 0; i < length; i++)
        {
            S2nError.Check(S2n.s2n_cert_chain_get_cert(chain, out nint certificate, i));

            // The bytes belong to the chain, which the handle keeps alive for the duration of the copy.
            S2nError.Check(S2n.s2n_cert_get_der(certificate, out byte* der, out uint size));
            certificates.Add(new ReadOnlySpan<byte>(der, (int)size).ToArray());
        }

        GC.KeepAlive(chain);
        return certificates;
    }

    /// <param name="chain">The caller must keep it alive during the call.</param>
    /// <returns>The end-entity's certificate. The caller owns it.</returns>
    internal static unsafe X509Certificate2 ReadFirst(nint chain)
    {
        S2nError.Check(S2n.s2n_cert_chain_get_cert(chain, out nint certificate, 0));
        S2nError.Check(S2n.s2n_cert_get_der(certificate, out byte* der, out uint size));
        return X509CertificateLoader.LoadCertificate(new ReadOnlySpan<byte>(der, (int)size));
    }
}
