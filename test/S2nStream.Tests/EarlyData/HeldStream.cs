namespace S2nTls.Tests.EarlyData;

/// <summary>Lets the first writes pass, and holds the others until it is told to go on. What was written is kept.</summary>
internal sealed class HeldStream(Stream inner, int passed) : WrappedStream(inner)
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writes;

    public List<byte[]> Written { get; } = [];

    public void Release() => _open.TrySetResult();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_writes++ >= passed)
        {
            await _open.Task.WithDeadline();
        }

        Written.Add(buffer.ToArray());
        await base.WriteAsync(buffer, cancellationToken);
    }
}
