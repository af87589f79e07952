using System.Diagnostics.Metrics;

namespace S2nTls.Telemetry;

/// <summary>The ages of the ticket keys that are held, in all rings that a context uses.</summary>
internal static class TicketKeyAges
{
    /// <summary>Answers the ages of one ring's keys.</summary>
    internal static WeakSources<TicketKeyReport> Rings { get; } = new();

    /// <summary>How many keys there are, by what they are used for.</summary>
    internal static IEnumerable<Measurement<long>> ObserveCounts()
    {
        TicketKeyReport all = Rings.Ask().Aggregate(new TicketKeyReport(), static (sum, ring) => new TicketKeyReport(
            sum.Upcoming + ring.Upcoming, sum.Encrypting + ring.Encrypting, sum.Accepted + ring.Accepted, null));
        return
        [
            new(all.Upcoming, new KeyValuePair<string, object?>(TagNames.TicketKeyState, "upcoming")),
            new(all.Encrypting, new KeyValuePair<string, object?>(TagNames.TicketKeyState, "encrypting")),
            new(all.Accepted, new KeyValuePair<string, object?>(TagNames.TicketKeyState, "accepted")),
        ];
    }

    /// <summary>The age of the newest key in use, of the ring where it is oldest: it grows beyond a period if a provider fails.</summary>
    internal static IEnumerable<Measurement<double>> ObserveAge() =>
        Rings.Ask().Max(static ring => ring.NewestAge) is { } age ? [new(age.TotalSeconds)] : [];
}

/// <summary>A ring's keys at one moment.</summary>
/// <param name="Upcoming">Keys whose period has not begun.</param>
/// <param name="Encrypting">Keys that encrypt tickets.</param>
/// <param name="Accepted">Keys that only decrypt older tickets.</param>
/// <param name="NewestAge">How long ago the newest key's period began; null if no key's has.</param>
internal readonly record struct TicketKeyReport(int Upcoming, int Encrypting, int Accepted, TimeSpan? NewestAge);
