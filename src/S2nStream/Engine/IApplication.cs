namespace S2nTls.Engine;

/// <summary>Whoever owns an engine and may be disposed by the user's code that the engine calls in the middle of a handshake.</summary>
internal interface IApplication
{
    /// <summary>Makes a call to the user's code, with nothing held that a disposal inside it would wait for.</summary>
    /// <exception cref="ObjectDisposedException">The owner was disposed meanwhile.</exception>
    public T Ask<T>(Func<T> call);
}
