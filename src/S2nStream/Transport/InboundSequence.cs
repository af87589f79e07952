using System.Buffers;
using System.IO.Pipelines;
using S2nTls.Engine;

namespace S2nTls.Transport;

/// <summary>Inbound ciphertext that stays in the pipe's own memory until s2n takes it.</summary>
internal sealed class InboundSequence(PipeReader reader) : InboundCiphertext
{
    private ReadOnlySequence<byte> _rest;
    private bool _holdsResult;

    internal override bool IsEmpty => _rest.IsEmpty;

    internal override byte First => _rest.FirstSpan is [byte first, ..] ? first : _rest.Slice(0, 1).ToArray()[0]; // a first piece may be empty

    internal void Hold(ReadOnlySequence<byte> buffer)
    {
        _rest = buffer;
        _holdsResult = true;
    }

    internal override int Take(Span<byte> destination)
    {
        int count = (int)Math.Min(destination.Length, _rest.Length);
        if (count > 0)
        {
            _rest.Slice(0, count).CopyTo(destination);
            _rest = _rest.Slice(count);
        }

        return count;
    }

    internal override void ReleaseIfEmpty()
    {
        if (_holdsResult && _rest.IsEmpty)
        {
            Return();
        }
    }

    /// <summary>Tells the pipe what was consumed; the rest stays there.</summary>
    internal void Return()
    {
        if (_holdsResult)
        {
            _holdsResult = false;
            SequencePosition taken = _rest.Start;
            _rest = default;
            reader.AdvanceTo(taken);
        }
    }
}
