using System.Runtime.InteropServices;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// What s2n calls back while one of our calls on it runs, on the same thread. The context is a weak GC
/// handle on the engine, whose caller keeps it alive for the duration; s2n's buffers are valid during the
/// callback only, and are not kept. No exception leaves a callback: it is kept and rethrown by the caller.
/// </summary>
/// <remarks>
/// <para>
/// Whatever is thrown inside a call of s2n's is the end of the connection, in both directions: s2n may have done half of what it
/// was to do. It keeps a record whose sending has failed, say, and how much of the data it stands for, and would skip that much
/// of other data the next time.
/// </para>
/// <para>
/// The application's code is called by <see cref="Ask{TState, T}"/> only. If the stream is disposed while it runs, s2n's call is
/// still on the stack when it returns: from there on every callback fails without touching anything (<c>_isLeft</c>), until that call
/// has returned too.
/// </para>
/// </remarks>
internal sealed unsafe partial class TlsEngine
{
    // Linux's numbers, the same on all its architectures that .NET runs on.
    private const int EIO = 5;
    private const int EAGAIN = 11;

    private Exception? _callbackException;

    /// <summary>Why inbound ciphertext could not be taken, or outbound ciphertext not be put away. It stays: both directions are to see it.</summary>
    private volatile S2nFault? _transportFault;

    /// <summary>Whether the stream was disposed while a call of s2n's was in the application's code: nothing here is that call's to touch any more.</summary>
    private volatile bool _isLeft;

    /// <summary>A connection's callbacks get the context directly; a config's ask their connection for it.</summary>
    private void InstallCallbacks()
    {
        nint context = _connection.CallbackContext;
        S2nError.ThrowIf(S2n.s2n_connection_set_ctx(_connection, context) != S2n.Success);
        S2nError.ThrowIf(S2n.s2n_connection_set_recv_ctx(_connection, context) != S2n.Success);
        S2nError.ThrowIf(S2n.s2n_connection_set_recv_cb(_connection, &Receive) != S2n.Success);
        S2nError.ThrowIf(S2n.s2n_connection_set_send_ctx(_connection, context) != S2n.Success);
        S2nError.ThrowIf(S2n.s2n_connection_set_send_cb(_connection, &Send) != S2n.Success);
    }

    private static TlsEngine Of(nint connection) =>
        ConnectionHandle.CallbackTarget<TlsEngine>(S2n.s2n_connection_get_ctx(connection));

    /// <returns>The bytes given, 0 at the transport's end, or −1 with errno EAGAIN: there are none now.</returns>
    [UnmanagedCallersOnly]
    private static int Receive(nint context, byte* buffer, uint length)
    {
        int errno;
        TlsEngine? engine = null;
        try
        {
            engine = ConnectionHandle.CallbackTarget<TlsEngine>(context);
            if (engine._isLeft || engine._peerSpeaksSomethingElse)
            {
                errno = EIO; // ends the handshake: see CheckFirstBytes
            }
            else
            {
                var destination = new Span<byte>(buffer, (int)length);
                int taken = engine.TakeInbound(destination);
                if (taken > 0)
                {
                    engine.Observe(destination[..taken], (int)length);
                    return taken;
                }

                if (engine._inbound.IsCompleted && engine.CertificateRequest is null)
                {
                    return 0;
                }

                errno = EAGAIN;
            }
        }
        catch (Exception e)
        {
            engine?._transportFault ??= S2nFault.NotReceived(e);
            errno = EIO;
        }

        // The last thing that this callback touches: s2n reads errno next.
        Marshal.SetLastSystemError(errno);
        return S2n.Failure;
    }

    /// <returns>All the bytes: the outbound buffer never refuses any, so s2n never holds a half-sent record.</returns>
    [UnmanagedCallersOnly]
    private static int Send(nint context, byte* buffer, uint length)
    {
        TlsEngine? engine = null;
        try
        {
            engine = ConnectionHandle.CallbackTarget<TlsEngine>(context);
            if (!engine._isLeft && engine._transportFault is not { IsAnswered: false })
            {
                var ciphertext = new ReadOnlySpan<byte>(buffer, (int)length);
                engine._outbound.Append(ciphertext);
                engine._transcript?.Sent(ciphertext);
                return (int)length;
            }
        }
        catch (Exception e)
        {
            engine?._transportFault = S2nFault.NotSent(e); // in the place of another, of which the peer might be told
        }

        Marshal.SetLastSystemError(EIO);
        return S2n.Failure;
    }

    /// <summary>Makes a call to the application's code, for which nobody waits who disposes.</summary>
    /// <exception cref="ObjectDisposedException">The stream was disposed before, or meanwhile.</exception>
    private T Ask<TState, T>(TState state, Func<TState, T> call)
    {
        if (_sender is not IApplication application)
        {
            return call(state);
        }

        try
        {
            return application.Ask(state, call);
        }
        catch (Exception) when (application.IsDisposed)
        {
            _isLeft = true;
            throw;
        }
    }

    private T Ask<T>(Func<T> call) => Ask(call, static ask => ask());

    private void ThrowIfCallbackFailed()
    {
        ObjectDisposedException.ThrowIf(_isLeft, typeof(S2nStream));
        if (_transportFault is { } fault)
        {
            _fault = fault;
            throw fault.ToException();
        }

        if (Interlocked.Exchange(ref _callbackException, null) is { } thrown)
        {
            _fault ??= _refusal ?? S2nFault.ApplicationThrew(thrown); // the peer is to hear that it is over
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
        }
    }
}
