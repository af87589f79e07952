namespace S2nTls.Engine;

/// <summary>Whoever owns an engine, and knows whose code it calls in the middle of s2n's.</summary>
internal interface IApplication
{
    /// <summary>Whether the owner is disposed, or about to be.</summary>
    public bool IsDisposed { get; }

    /// <summary>The client's hello has been read: a callback may ask the owner for the name in it.</summary>
    public void NoteHello(S2nClientHello hello);

    /// <summary>
    /// Makes a call to code that is not this library's, and may take its time, or dispose the owner: with nothing
    /// held that a disposal would wait for. The engine and its buffers must not be touched by the call.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed before, or meanwhile: the engine is no longer the caller's to touch.</exception>
    public T Ask<TState, T>(TState state, Func<TState, T> call);
}
