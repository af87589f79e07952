using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Keeps what the instruments of one host measure, by their names.</summary>
internal sealed class MeasurementKeeper(params string[] names) : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(Instrument Instrument, double Value, IReadOnlyDictionary<string, object?> Tags)> _measured = new();

    public void Start(IServiceProvider services)
    {
        // Tests run beside each other, each with a meter factory of its own, which is its meters' scope.
        IMeterFactory meters = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (names.Contains(instrument.Name) && instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    public double Sum(string name) => _measured.Where(one => one.Instrument.Name == name).Sum(one => one.Value);

    public int Count(string name) => _measured.Count(one => one.Instrument.Name == name);

    public IReadOnlyList<Instrument> Instruments(string name) => [.. _measured.Where(one => one.Instrument.Name == name).Select(one => one.Instrument)];

    public async Task<IReadOnlyDictionary<string, object?>> WaitForAsync(string name, Func<IReadOnlyDictionary<string, object?>, bool> isIt)
    {
        for (long start = Environment.TickCount64; Environment.TickCount64 - start < Deadline.Default.TotalMilliseconds;)
        {
            if (_measured.FirstOrDefault(one => one.Instrument.Name == name && isIt(one.Tags)).Tags is { } tags)
            {
                return tags;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"{name} was not measured as expected.");
    }

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument, value, tags.ToArray().ToDictionary()));
}
