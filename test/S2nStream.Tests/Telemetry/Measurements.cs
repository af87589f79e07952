using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using S2nTls.Telemetry;

namespace S2nTls.Tests.Telemetry;

/// <summary>What the meter measures while this listens. Every measurement is held to docs/observability.md.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measured> _all = [];
    private readonly ConcurrentDictionary<string, Measured> _kinds = [];

    public Measurements()
    {
        S2nMeter.Start();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "S2nTls")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IEnumerable<Measured> All => _all;

    /// <summary>What was measured so far by one instrument.</summary>
    /// <param name="instrument">Its name, without the prefix.</param>
    /// <param name="tags">The tags that a measurement has at least, as <c>name=value</c>.</param>
    public Measured[] Of(string instrument, params string[] tags) =>
        [.. _all.Where(measured => measured.Instrument == $"s2n.tls.{instrument}" && tags.All(measured.Tags.Contains))];

    /// <summary>The sum of a counter's measurements since this listens.</summary>
    public double Sum(string instrument, params string[] tags) => Of(instrument, tags).Sum(measured => measured.Value);

    /// <summary>What an observable instrument says now, summed over the tags that are not given; null if it says nothing.</summary>
    public double? Observe(string instrument, params string[] tags)
    {
        _all.Clear();
        _listener.RecordObservableInstruments();
        Measured[] observed = Of(instrument, tags);
        return observed.Length == 0 ? null : observed.Sum(measured => measured.Value);
    }

    public void Dispose()
    {
        _listener.Dispose();
        Assert.All(_kinds.Values, ObservabilityPage.AssertHas);
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var measured = new Measured(instrument.Name, value, [.. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]);
        _all.Enqueue(measured);
        _kinds.TryAdd($"{instrument.Name} {string.Join(' ', measured.Tags)}", measured);
    }
}

/// <summary>One measurement, its tags as <c>name=value</c>.</summary>
internal sealed record Measured(string Instrument, double Value, string[] Tags);
