using System.Buffers;
using System.IO.Pipelines;

namespace S2nTls.AspNetCore.Pipes;

/// <summary>The two directions of plaintext, as a server's transport.</summary>
internal sealed class S2nDuplexPipe(S2nStream stream, IDuplexPipe transport, MemoryPool<byte> pool) : IDuplexPipe
{
    public PipeReader Input { get; } = new S2nPipeReader(stream, transport.Input, pool);

    public PipeWriter Output { get; } = new S2nPipeWriter(stream, pool);

    /// <summary>Sends data that was written but not flushed, and releases the memory.</summary>
    internal async ValueTask CompleteAsync()
    {
        await Input.CompleteAsync().ConfigureAwait(false);
        await Output.CompleteAsync().ConfigureAwait(false);
    }
}
