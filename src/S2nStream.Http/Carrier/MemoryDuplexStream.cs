using System.IO.Pipelines;

namespace S2nTls.Http.Carrier;

/// <summary>One end of a connection in memory, for the handshake of a <see cref="CarrierTemplate"/>: asynchronous only.</summary>
internal sealed class MemoryDuplexStream : Stream
{
    private readonly Stream _input;
    private readonly Stream _output;

    private MemoryDuplexStream(PipeReader input, PipeWriter output)
    {
        _input = input.AsStream();
        _output = output.AsStream();
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    internal static (MemoryDuplexStream One, MemoryDuplexStream Other) CreatePair()
    {
        var there = new Pipe();
        var back = new Pipe();
        return (new MemoryDuplexStream(back.Reader, there.Writer), new MemoryDuplexStream(there.Reader, back.Writer));
    }

    /// <summary>Ends the data: the other end reads end of stream.</summary>
    internal void End() => _output.Dispose();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _output.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
