using System.Collections.Concurrent;
using S2nTls.Context;

namespace S2nTls.Translation;

/// <summary>
/// The contexts that were made from SslStream's options, with one certificate or with none: connections with equal options share one. Thread-safe.
/// </summary>
/// <remarks>
/// It is bounded, so that contexts do not accumulate if options differ for every connection. A dropped context is not disposed, because a handshake
/// may just have received it; its handle frees it when it is no longer used.
/// </remarks>
internal sealed class ContextCache
{
    internal const int Capacity = 64;

    private readonly ConcurrentDictionary<ContextSettings, Entry> _entries = [];

    /// <summary>Counts uses, to know which entry is the least recently used.</summary>
    private long _clock;

    internal int Count => _entries.Count;

    /// <summary>
    /// The context for <paramref name="settings"/>, made by <paramref name="create"/> if there is none: once, however many callers ask at the same
    /// time.
    /// </summary>
    internal S2nContext GetOrCreate(ContextSettings settings, Func<S2nContext> create)
    {
        Entry entry = _entries.GetOrAdd(settings, static (_, make) => new Entry(make), create);
        Volatile.Write(ref entry.LastUse, Interlocked.Increment(ref _clock));
        try
        {
            S2nContext context = entry.Context.Value;
            if (_entries.Count > Capacity)
            {
                DropOldest();
            }

            return context;
        }
        catch
        {
            _entries.TryRemove(KeyValuePair.Create(settings, entry)); // the next caller tries again
            throw;
        }
    }

    private void DropOldest()
    {
        KeyValuePair<ContextSettings, Entry> oldest = _entries.MinBy(pair => Volatile.Read(ref pair.Value.LastUse));
        _entries.TryRemove(oldest);
    }

    private sealed class Entry(Func<S2nContext> create)
    {
        internal readonly Lazy<S2nContext> Context = new(create);

        internal long LastUse;
    }
}
