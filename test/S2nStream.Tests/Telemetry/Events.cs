using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using S2nTls.Telemetry;

namespace S2nTls.Tests.Telemetry;

/// <summary>What the event source writes while this listens.</summary>
internal sealed class Events : EventListener
{
    private readonly ConcurrentQueue<Written> _all = [];
    private readonly ConcurrentDictionary<string, double> _counters = [];

    /// <param name="counters">Whether the counters are read, ten times a second.</param>
    public Events(bool counters = false) => EnableEvents(
        S2nEventSource.Log, EventLevel.Verbose, EventKeywords.All, counters ? new Dictionary<string, string?> { ["EventCounterIntervalSec"] = "0.1" } : null);

    public Written[] All => [.. _all];

    /// <summary>The counters' last values: a mean, or an increment.</summary>
    public IReadOnlyDictionary<string, double> Counters => _counters;

    public Written[] Of(string name) => [.. _all.Where(written => written.Name == name)];

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource != S2nEventSource.Log)
        {
            return;
        }

        if (eventData is { EventName: "EventCounters", Payload: [IDictionary<string, object> counter] })
        {
            _counters[(string)counter["Name"]] = (double)(counter.TryGetValue("Mean", out object? mean) ? mean : counter["Increment"]);
            return;
        }

        _all.Enqueue(new Written(eventData.EventId, eventData.EventName!, eventData.PayloadNames!.Zip(eventData.Payload!).ToDictionary(pair => pair.First, pair => pair.Second)));
    }
}

internal sealed record Written(int Id, string Name, Dictionary<string, object?> Payload);
