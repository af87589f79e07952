namespace S2nTls.Tests.Faults;

/// <summary>Something goes wrong with one of its reads or writes, and with none other.</summary>
/// <param name="inner">What it passes everything on to.</param>
/// <param name="kind">What goes wrong.</param>
/// <param name="at">With which read or write, counted from 0 in the order in which they begin.</param>
/// <param name="random">For where something is split.</param>
internal sealed class FaultyStream(Stream inner, FaultKind kind, int at, Random random) : WrappedStream(inner)
{
    private readonly CancellationTokenSource _cancellation = new();
    private int _steps;
    private volatile bool _isOver;

    /// <summary>How many reads and writes there were.</summary>
    public int Steps => Volatile.Read(ref _steps);

    /// <summary>What is cancelled where something is.</summary>
    public CancellationToken Token => _cancellation.Token;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FaultKind fault = Next();
        if (fault == FaultKind.Delay)
        {
            await Task.Delay(1, cancellationToken);
        }

        return Before(fault) ? 0 : await base.ReadAsync(buffer[..Part(fault, buffer.Length)], cancellationToken);
    }

    public override int Read(Span<byte> buffer)
    {
        FaultKind fault = Next();
        if (fault == FaultKind.Delay)
        {
            Thread.Sleep(1);
        }

        return Before(fault) ? 0 : base.Read(buffer[..Part(fault, buffer.Length)]);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FaultKind fault = Next();
        if (fault == FaultKind.Delay)
        {
            await Task.Delay(1, cancellationToken);
        }

        ThrowIfOver(Before(fault));
        int part = Part(fault, buffer.Length);
        await base.WriteAsync(buffer[..part], cancellationToken);
        if (part < buffer.Length)
        {
            await Task.Yield();
            await base.WriteAsync(buffer[part..], cancellationToken);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        FaultKind fault = Next();
        if (fault == FaultKind.Delay)
        {
            Thread.Sleep(1);
        }

        ThrowIfOver(Before(fault));
        int part = Part(fault, buffer.Length);
        base.Write(buffer[..part]);
        base.Write(buffer[part..]);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _cancellation.Dispose();
    }

    private FaultKind Next() => Interlocked.Increment(ref _steps) - 1 == at ? kind : FaultKind.None;

    /// <returns>Whether the connection is over.</returns>
    private bool Before(FaultKind fault)
    {
        switch (fault)
        {
            case FaultKind.Fail:
                throw new IOException("injected");
            case FaultKind.End:
                _isOver = true;
                break;
            case FaultKind.Cancel:
                _cancellation.Cancel();
                break;
            default:
                break;
        }

        return _isOver;
    }

    private int Part(FaultKind fault, int length)
    {
        lock (random)
        {
            return fault == FaultKind.Split && length > 1 ? random.Next(1, Math.Min(length, 300)) : length;
        }
    }

    private static void ThrowIfOver(bool isOver)
    {
        if (isOver)
        {
            throw new IOException("injected: the connection is over");
        }
    }
}
