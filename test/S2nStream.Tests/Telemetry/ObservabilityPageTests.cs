using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Reflection;
using S2nTls.Telemetry;

namespace S2nTls.Tests.Telemetry;

/// <summary>docs/observability.md has every instrument, event and counter, and no other.</summary>
[Collection(nameof(Alone))]
public class ObservabilityPageTests
{
    [Fact]
    public void It_has_every_instrument_with_its_kind_and_unit()
    {
        S2nMeter.Start();
        var published = new List<string>();
        using (var listener = new MeterListener())
        {
            listener.InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "S2nTls")
                {
                    published.Add($"{instrument.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Unit}");
                }
            };
            listener.Start();
        }

        Assert.Equal(
            published.Order(StringComparer.Ordinal),
            ObservabilityPage.Instruments.Select(row => $"{row.Key} {row.Value.Kind} {row.Value.Unit}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_has_the_values_of_every_tag() => Assert.Equal(
        ObservabilityPage.Instruments.SelectMany(row => row.Value.Tags).Distinct().Order(StringComparer.Ordinal),
        ObservabilityPage.Tags.Order(StringComparer.Ordinal));

    [Fact]
    public void It_has_every_event_with_its_id_level_and_payload() => Assert.Equal(
        typeof(S2nEventSource).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(method => method.GetCustomAttribute<EventAttribute>() is not null)
            .OrderBy(method => method.GetCustomAttribute<EventAttribute>()!.EventId)
            .Select(method => $"{method.GetCustomAttribute<EventAttribute>()!.EventId} {method.Name} {method.GetCustomAttribute<EventAttribute>()!.Level} {string.Join(' ', method.GetParameters().Select(parameter => parameter.Name))}"),
        ObservabilityPage.Events);

    [Fact]
    public void The_events_manifest_is_valid() =>
        Assert.NotNull(EventSource.GenerateManifest(typeof(S2nEventSource), null, EventManifestOptions.Strict));

    [Fact]
    public async Task It_has_every_counter()
    {
        using var events = new Events(counters: true);
        await using (await TlsPair.InMemoryAsync())
        {
            await Eventually.TrueAsync(() => ObservabilityPage.Counters.All(events.Counters.ContainsKey));
        }

        Assert.Equal(ObservabilityPage.Counters.Order(StringComparer.Ordinal), events.Counters.Keys.Order(StringComparer.Ordinal));
    }
}
