namespace S2nTls.Benchmarks.Streams;

/// <summary>One end of a connection in memory; see <see cref="MemoryChannel"/>.</summary>
internal sealed class DuplexMemoryStream : Stream
{
    private readonly MemoryChannel _input;
    private readonly MemoryChannel _output;

    private DuplexMemoryStream(MemoryChannel input, MemoryChannel output)
    {
        _input = input;
        _output = output;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <param name="tap">Is given what the server writes.</param>
    internal static (Stream Client, Stream Server) CreatePair(Action<ReadOnlySpan<byte>>? tap = null)
    {
        var up = new MemoryChannel();
        var down = new MemoryChannel { Tap = tap };
        return (new DuplexMemoryStream(down, up), new DuplexMemoryStream(up, down));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _input.ReadAsync(buffer.AsMemory(offset, count)).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _output.Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        _output.Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    public override void Write(byte[] buffer, int offset, int count) => _output.Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => _output.Write(buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <remarks>Does not wait: there must be something.</remarks>
    public override int Read(Span<byte> buffer) => _input.Read(buffer);

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _output.End();
        }

        base.Dispose(disposing);
    }
}
