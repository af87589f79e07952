using Nito.AsyncEx;

namespace S2nTls.Tests.EarlyData;

/// <summary>Lets the first writes pass, and holds the others until it is told to go on. What was written is kept.</summary>
internal sealed class HeldStream(Stream inner, int passed) : WrappedStream(inner)
{
    private readonly AsyncManualResetEvent _open = new();
    private int _writes;

    public List<byte[]> Written { get; } = [];

    public void Release() => _open.Set();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_writes++ >= passed)
        {
            await _open.WaitAsync(CancellationToken.None).WithDeadline();
        }

        Written.Add(buffer.ToArray());
        await base.WriteAsync(buffer, cancellationToken);
    }
}
