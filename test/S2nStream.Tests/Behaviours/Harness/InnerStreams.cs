namespace S2nTls.Tests.Behaviours;

/// <summary>Counts the calls that reach it.</summary>
internal sealed class CountingStream(Stream inner) : WrappedStream(inner)
{
    public int Reads { get; private set; }

    public int AsyncReads { get; private set; }

    public int Writes { get; private set; }

    public int AsyncWrites { get; private set; }

    public long BytesWritten { get; private set; }

    public int Flushes { get; private set; }

    public int AsyncFlushes { get; private set; }

    public int AsyncDisposals { get; private set; }

    /// <summary>The last token that came with an asynchronous call.</summary>
    public CancellationToken Token { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        Reads++;
        return base.Read(buffer);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        AsyncReads++;
        Token = cancellationToken;
        return base.ReadAsync(buffer, cancellationToken);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Writes++;
        BytesWritten += buffer.Length;
        base.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        AsyncWrites++;
        BytesWritten += buffer.Length;
        Token = cancellationToken;
        return base.WriteAsync(buffer, cancellationToken);
    }

    public override void Flush()
    {
        Flushes++;
        base.Flush();
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        AsyncFlushes++;
        Token = cancellationToken;
        return base.FlushAsync(cancellationToken);
    }

    public override ValueTask DisposeAsync()
    {
        AsyncDisposals++;
        return base.DisposeAsync();
    }
}

/// <summary>Gives one byte at a time.</summary>
internal sealed class DrippingStream(Stream inner) : WrappedStream(inner)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
}

/// <summary>Never completes an asynchronous call at once.</summary>
internal sealed class YieldingStream(Stream inner) : WrappedStream(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        return await base.ReadAsync(buffer, cancellationToken);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        await base.WriteAsync(buffer, cancellationToken);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        await base.FlushAsync(cancellationToken);
    }
}

/// <summary>Completes every asynchronous call before it returns, by blocking.</summary>
internal sealed class BlockingStream(Stream inner) : WrappedStream(inner)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Inner.Read(buffer.Span));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Inner.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Inner.Flush();
        return Task.CompletedTask;
    }
}

/// <summary>Fails on demand: each time while the property is set.</summary>
internal sealed class FailingStream(Stream inner) : WrappedStream(inner)
{
    public Exception? OnRead { get; set; }

    public Exception? OnWrite { get; set; }

    public Exception? OnFlush { get; set; }

    public Exception? OnDispose { get; set; }

    public override int Read(Span<byte> buffer) => OnRead is null ? base.Read(buffer) : throw OnRead;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        OnRead is null ? base.ReadAsync(buffer, cancellationToken) : throw OnRead;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (OnWrite is not null)
        {
            throw OnWrite;
        }

        base.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        OnWrite is null ? base.WriteAsync(buffer, cancellationToken) : throw OnWrite;

    public override void Flush()
    {
        if (OnFlush is not null)
        {
            throw OnFlush;
        }

        base.Flush();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        OnFlush is null ? base.FlushAsync(cancellationToken) : throw OnFlush;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (OnDispose is not null)
        {
            throw OnDispose;
        }
    }
}
