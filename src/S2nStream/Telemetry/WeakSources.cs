using System.Runtime.CompilerServices;

namespace S2nTls.Telemetry;

/// <summary>Objects that are asked when an instrument is observed. This keeps none of them alive. Thread-safe.</summary>
/// <typeparam name="T">What they answer.</typeparam>
internal sealed class WeakSources<T>
{
    private readonly ConditionalWeakTable<object, Func<object, T>> _sources = [];

    /// <summary>Adds an object, or does nothing if it is here.</summary>
    /// <param name="source">The object.</param>
    /// <param name="ask">Static, so that it does not keep the object alive. Called on any thread.</param>
    internal void Add(object source, Func<object, T> ask) => _sources.AddOrUpdate(source, ask);

    internal void Remove(object source) => _sources.Remove(source);

    internal IEnumerable<T> Ask()
    {
        foreach ((object source, Func<object, T> ask) in _sources)
        {
            yield return ask(source);
        }
    }
}
