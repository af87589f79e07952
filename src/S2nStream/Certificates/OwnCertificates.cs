using S2nTls.Certificates.Stapling;
using S2nTls.Interop;

namespace S2nTls.Certificates;

/// <summary>The certificates that a context sends, until they are replaced. They stay alive even if disposed meanwhile.</summary>
internal sealed class OwnCertificates : IDisposable
{
    private readonly OwnCertificate[] _all;

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
        _all = [.. all.Select(certificate => new OwnCertificate(certificate))];
        Set = new CertificateSet(_all.Select(certificate => certificate.Handle));
        First = all.FirstOrDefault()?.Leaf.RawData;
        ExpireAt = all.Min(certificate => (DateTimeOffset?)certificate.NotAfter);
    }

    private OwnCertificates(OwnCertificates given, CertificateSet set, IReadOnlyList<OcspStaple?> staples)
    {
        _all = given._all;
        Count = given.Count;
        First = given.First;
        ExpireAt = given.ExpireAt;
        Set = set;
        Staples = staples;
        StapledUntil = staples.Min(staple => staple?.Until) ?? DateTimeOffset.MaxValue;
    }

    internal int Count { get; }

    internal CertificateSet Set { get; }

    /// <summary>The first one's end-entity certificate, in DER; null if there is none.</summary>
    internal byte[]? First { get; }

    /// <summary>When the first of them expires; null if there is none.</summary>
    internal DateTimeOffset? ExpireAt { get; }

    /// <summary>What is stapled to each of them, in their order; null for nothing. Empty if nothing is fetched.</summary>
    internal IReadOnlyList<OcspStaple?> Staples { get; } = [];

    /// <summary>When the first of these responses expires.</summary>
    internal DateTimeOffset StapledUntil { get; } = DateTimeOffset.MaxValue;

    /// <summary>Looks for what is to be renewed about each of them.</summary>
    internal FollowedCertificate[] Follow(DateTimeOffset now) => [.. _all.Select(certificate => new FollowedCertificate(certificate, now))];

    /// <summary>The same with what is to be stapled to them now.</summary>
    internal OwnCertificates With(FollowedCertificate[] followed, OcspStaple?[] staples)
    {
        var made = new List<S2nCertificate>();
        try
        {
            var handles = new List<CertificateHandle>(followed.Length);
            for (int i = 0; i < followed.Length; i++)
            {
                handles.Add(followed[i].With(staples[i], out S2nCertificate? another));
                if (another is not null)
                {
                    made.Add(another);
                }
            }

            return new OwnCertificates(this, new CertificateSet(handles), staples);
        }
        finally
        {
            made.ForEach(certificate => certificate.Dispose()); // the set keeps what it needs
        }
    }

    /// <summary>Existing configs keep the certificates alive.</summary>
    public void Dispose() => Set.Dispose();
}
