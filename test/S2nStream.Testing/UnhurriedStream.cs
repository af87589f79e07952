namespace S2nTls.Testing;

/// <summary>Waits a little before every read, so that more comes together: for a writer that writes byte by byte, and would wake the reader for each.</summary>
public sealed class UnhurriedStream(Stream inner) : WrappedStream(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(10, cancellationToken);
        return await base.ReadAsync(buffer, cancellationToken);
    }
}
