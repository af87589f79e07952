namespace S2nTls.Engine;

/// <summary>The owner of an engine, through which the engine calls application code in the middle of s2n calls.</summary>
internal interface IApplication
{
    /// <summary>Whether the owner is disposed, or about to be.</summary>
    public bool IsDisposed { get; }

    /// <summary>Called when the ClientHello has been read: a callback may ask the owner for the name in it.</summary>
    public void NoteHello(S2nClientHello hello);

    /// <summary>
    /// Calls code that does not belong to this library, and that may take long or dispose the owner: without holding anything that disposal would
    /// wait for. The call must not touch the engine and its buffers.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed before or meanwhile: the caller must no longer touch the engine.</exception>
    public T Ask<TState, T>(TState state, Func<TState, T> call);
}
