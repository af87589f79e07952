namespace S2nTls.Tests.EarlyData;

/// <summary>Gives a few bytes a read.</summary>
internal sealed class CuttingStream(Stream inner, int most) : WrappedStream(inner)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
}
