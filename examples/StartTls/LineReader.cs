using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Examples;

/// <summary>Reads lines that end in CR LF, none longer than a limit, each within a time. The stream stays open.</summary>
internal sealed class LineReader(Stream stream, int maxLength, TimeSpan timeout) : IAsyncDisposable
{
    private static readonly StreamPipeReaderOptions s_leaveOpen = new(leaveOpen: true);

    private readonly PipeReader _reader = PipeReader.Create(stream, s_leaveOpen);

    /// <summary>Whether more than the lines that were read has arrived already.</summary>
    public bool HasMore
    {
        get
        {
            if (!_reader.TryRead(out ReadResult result))
            {
                return false;
            }

            bool hasMore = !result.Buffer.IsEmpty;
            _reader.AdvanceTo(result.Buffer.Start);
            return hasMore;
        }
    }

    /// <returns>The line without its end; null at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">The line is too long, or not ended as it should.</exception>
    /// <exception cref="OperationCanceledException">It took too long, or <paramref name="stop"/> says so.</exception>
    public async Task<string?> ReadLineAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(timeout);
        while (true)
        {
            ReadResult result = await _reader.ReadAsync(limit.Token);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                ReadOnlySequence<byte> line = buffer.Slice(0, end);
                string text = Encoding.Latin1.GetString(line.Length <= maxLength ? line : throw TooLong());
                _reader.AdvanceTo(buffer.GetPosition(1, end));

                // A bare line feed is a line's end to some servers and not to others: a way to smuggle mail past a filter.
                return text.EndsWith('\r') ? text[..^1] : throw new InvalidDataException("a line ends without a carriage return");
            }

            if (buffer.Length > maxLength)
            {
                throw TooLong();
            }

            _reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }
        }
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    private InvalidDataException TooLong() => new($"a line is longer than {maxLength} bytes");
}
