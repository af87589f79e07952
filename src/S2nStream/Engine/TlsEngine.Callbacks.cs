using System.Runtime.InteropServices;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// What s2n calls back while one of our calls on it runs, on the same thread. The context is a weak GC
/// handle on the engine, whose caller keeps it alive for the duration; s2n's buffers are valid during the
/// callback only, and are not kept. No exception leaves a callback: it is kept and rethrown by the caller.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    // Linux's numbers, the same on all its architectures that .NET runs on.
    private const int EIO = 5;
    private const int EAGAIN = 11;

    private Exception? _callbackException;

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
            if (engine._peerSpeaksSomethingElse)
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
            engine?._callbackException = e;
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
            var ciphertext = new ReadOnlySpan<byte>(buffer, (int)length);
            engine._outbound.Append(ciphertext);
            engine._transcript?.Sent(ciphertext);
            return (int)length;
        }
        catch (Exception e)
        {
            engine?._callbackException = e;
        }

        Marshal.SetLastSystemError(EIO);
        return S2n.Failure;
    }
}
