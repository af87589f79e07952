using S2nTls.Context;

namespace S2nTls.Certificates.Stapling;

/// <summary>A context's certificates as they were given, and as they are shown with what is stapled to them by now.</summary>
/// <param name="given">As they were given.</param>
/// <param name="keeper">Has the responses; null where nothing is fetched.</param>
internal sealed class StapledCertificates(OwnCertificates given, StapleKeeper? keeper) : IDisposable
{
    private readonly FollowedCertificate[] _followed = keeper is null ? [] : given.Follow(keeper.Clock.GetUtcNow());

    /// <summary>Makes something of them as they are to be shown now. Whoever is to keep them alive counts their set.</summary>
    internal T Show<T>(Func<OwnCertificates, T> make)
    {
        if (keeper is null)
        {
            return make(given);
        }

        using OwnCertificates shown = given.With(_followed, StaplesNow(keeper));
        return make(shown);
    }

    /// <summary>Whether there is nothing else to be stapled than what is.</summary>
    internal bool IsUpToDate(OwnCertificates shown) => keeper is null || shown.Staples.SequenceEqual(StaplesNow(keeper));

    /// <summary>They are, or are about to be, in service: has their responses fetched and renewed, and no others of the context's.</summary>
    internal void FollowFor(ConfigSource source) => keeper?.Follow(source, _followed);

    public void Dispose() => given.Dispose();

    private OcspStaple?[] StaplesNow(StapleKeeper keeper) => [.. _followed.Select(certificate => certificate.StapleOf(keeper))];
}
