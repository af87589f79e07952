using S2nTls.Context;

namespace S2nTls.Certificates.Stapling;

/// <summary>A context's certificates as they were given, and as they are shown, with the current responses stapled.</summary>
/// <param name="given">As they were given.</param>
/// <param name="keeper">Has the responses; null if none are fetched.</param>
internal sealed class StapledCertificates(OwnCertificates given, StapleKeeper? keeper) : IDisposable
{
    private readonly FollowedCertificate[] _followed = keeper is null ? [] : given.Follow(keeper.Clock.GetUtcNow());

    /// <summary>Makes something from the certificates as they should be shown now. What must keep them alive adds a reference to their set.</summary>
    internal T Show<T>(Func<OwnCertificates, T> make)
    {
        if (keeper is null)
        {
            return make(given);
        }

        using OwnCertificates shown = given.With(_followed, StaplesNow(keeper));
        return make(shown);
    }

    /// <summary>Whether the stapled responses are the current ones.</summary>
    internal bool IsUpToDate(OwnCertificates shown) => keeper is null || shown.Staples.SequenceEqual(StaplesNow(keeper));

    /// <summary>The certificates are in service, or about to be: fetches and renews their responses, and no others of the context's.</summary>
    internal void FollowFor(ConfigSource source) => keeper?.Follow(source, _followed);

    public void Dispose() => given.Dispose();

    private OcspStaple?[] StaplesNow(StapleKeeper keeper) => [.. _followed.Select(certificate => certificate.StapleOf(keeper))];
}
