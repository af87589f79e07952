using System.Buffers;
using System.IO.Pipelines;
using S2nTls.Engine;

namespace S2nTls.Transport;

/// <summary>Outbound ciphertext written directly into the pipe's own memory.</summary>
internal sealed class OutboundPipe(PipeWriter writer) : OutboundCiphertext
{
    private bool _isEmpty = true;

    internal override bool IsEmpty => _isEmpty;

    internal override void Append(ReadOnlySpan<byte> ciphertext)
    {
        writer.Write(ciphertext);
        _isEmpty = false;
    }

    internal void Flushing() => _isEmpty = true;
}
