using System.Globalization;

namespace S2nTls.Tests.Peers;

/// <summary>The body of an HTTP/1.1 message in chunks (RFC 9112 §7.1), as curl sends it when it does not know its length.</summary>
internal sealed class ChunkedBody(Stream stream) : WrappedStream(stream)
{
    private int _left;
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 && !_ended)
        {
            _left = int.Parse(await HttpHead.ReadLineAsync(Inner), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            _ended = _left == 0;
            if (_ended)
            {
                await EndChunkAsync();
            }
        }

        if (_ended)
        {
            return 0;
        }

        int count = await Inner.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
        _left -= count;
        if (_left == 0)
        {
            await EndChunkAsync();
        }

        return count > 0 ? count : throw new EndOfStreamException("The body was cut short.");
    }

    private async Task EndChunkAsync() => Assert.Empty(await HttpHead.ReadLineAsync(Inner));
}
