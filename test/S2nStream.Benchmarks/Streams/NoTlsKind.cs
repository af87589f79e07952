namespace S2nTls.Benchmarks.Streams;

/// <summary>The inner stream itself.</summary>
internal sealed class NoTlsKind : StreamKind
{
    internal override Task<Stream> AsClientAsync(Stream inner) => Task.FromResult(inner);

    internal override Task<Stream> AsServerAsync(Stream inner) => Task.FromResult(inner);

    public override void Dispose() { }
}
