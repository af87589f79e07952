using S2nTls.Interop;

namespace S2nTls.Certificates;

/// <summary>The certificates that a context sends, until they are replaced. They stay alive even if disposed meanwhile.</summary>
internal sealed class OwnCertificates : IDisposable
{
    /// <exception cref="ArgumentException">One of them is null.</exception>
    /// <exception cref="ObjectDisposedException">One of them is disposed.</exception>
    internal OwnCertificates(IEnumerable<S2nCertificate> certificates)
    {
        S2nCertificate[] all = [.. certificates];
        if (all.Contains(null))
        {
            throw new ArgumentException("A certificate is null.", nameof(certificates));
        }

        Count = all.Length;
        Set = new CertificateSet(all.Select(certificate => certificate.Handle));
        First = all.FirstOrDefault()?.Leaf.RawData;
    }

    internal int Count { get; }

    internal CertificateSet Set { get; }

    /// <summary>The first one's end-entity certificate, in DER; null if there is none.</summary>
    internal byte[]? First { get; }

    /// <summary>Existing configs keep the certificates alive.</summary>
    public void Dispose() => Set.Dispose();
}
