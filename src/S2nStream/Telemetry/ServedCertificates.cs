using System.Diagnostics.Metrics;

namespace S2nTls.Telemetry;

/// <summary>When the certificates that servers show will expire.</summary>
internal static class ServedCertificates
{
    /// <summary>Answers when the first of one context's certificates expires; null if it has none.</summary>
    internal static WeakSources<DateTimeOffset?> Contexts { get; } = new();

    /// <summary>The days until the first expires; negative if one has.</summary>
    internal static IEnumerable<Measurement<double>> Observe() =>
        Contexts.Ask().Min() is { } first ? [new((first - DateTimeOffset.UtcNow).TotalDays)] : [];
}
