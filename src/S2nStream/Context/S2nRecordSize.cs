namespace S2nTls;

/// <summary>
/// The size of the records in which data is sent (RFC 8446 §5.1). A peer can decrypt a record only when all of it has arrived: large records cost
/// less, small ones arrive sooner. Immutable.
/// </summary>
public sealed class S2nRecordSize
{
    private const int MaxThreshold = 8 * 1024 * 1024;

    private S2nRecordSize()
    {
    }

    /// <summary>Records of 16 KiB (<c>s2n_connection_prefer_throughput</c>). The default.</summary>
    public static S2nRecordSize Throughput { get; } = new();

    /// <summary>Records that fit in one Ethernet frame (<c>s2n_connection_prefer_low_latency</c>).</summary>
    public static S2nRecordSize LowLatency { get; } = new() { IsSmall = true };

    internal bool IsSmall { get; private init; }

    /// <summary>How many bytes are sent in small records; 0 if all are, or none.</summary>
    internal uint Threshold { get; private init; }

    internal ushort IdleSeconds { get; private init; }

    /// <summary>
    /// Small records at first, so that the most urgent data arrives soonest, then large ones; small ones again after a pause
    /// (<c>s2n_connection_set_dynamic_record_threshold</c>).
    /// </summary>
    /// <param name="bytes">How many bytes are sent in small records: 1 to 8 MiB.</param>
    /// <param name="pause">After how long without sending records are small again: 1 to 65535 whole seconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static S2nRecordSize Growing(int bytes, TimeSpan pause)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MaxThreshold);
        ArgumentOutOfRangeException.ThrowIfLessThan(pause, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pause, TimeSpan.FromSeconds(ushort.MaxValue));
        return new() { Threshold = (uint)bytes, IdleSeconds = (ushort)pause.TotalSeconds };
    }
}
