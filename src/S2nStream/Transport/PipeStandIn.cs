using System.IO.Pipelines;

namespace S2nTls.Transport;

/// <summary>The <see cref="System.Net.Security.AuthenticatedStream.InnerStream"/> if there is a pipe instead of an inner stream. It moves no bytes.</summary>
internal sealed class PipeStandIn : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw Refusal();

    public override void Write(byte[] buffer, int offset, int count) => throw Refusal();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static NotSupportedException Refusal() => new($"The stream is over an {nameof(IDuplexPipe)}; there is no inner stream.");
}
