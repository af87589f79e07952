using System.Runtime.InteropServices;
using S2nTls.Certificates.Verification;

namespace S2nTls.Interop;

/// <summary>
/// Where s2n enters managed code: all of its callbacks, each on behalf of the connection's owner. They are set on configs and connections, which
/// do not know the owner.
/// </summary>
/// <remarks>
/// <para>
/// Lifetime of the pointers: a connection's context is a weak GC handle on the owner (<see cref="ConnectionHandle"/>), which the caller keeps
/// alive while a call on the connection runs; s2n's own objects and buffers are valid until the callback returns, and are not kept here.
/// </para>
/// <para>
/// No exception leaves a callback, because nothing on s2n's stack can catch it: the owner keeps it, and s2n's call fails.
/// </para>
/// </remarks>
internal static unsafe class Callbacks
{
    // Linux's numbers, the same on all architectures that .NET supports.
    internal const int EIO = 5;
    internal const int EAGAIN = 11;

    internal static delegate* unmanaged<nint, byte*, uint, int> Receive => &OnReceive;

    internal static delegate* unmanaged<nint, byte*, uint, int> Send => &OnSend;

    internal static delegate* unmanaged<byte*, nuint, nint, byte> VerifyHost => &OnVerifyHost;

    internal static delegate* unmanaged<nint, nint, int> ClientHello => &OnClientHello;

    /// <summary>Pauses a handshake at the ClientHello, in a config whose callback mode is non-blocking.</summary>
    internal static delegate* unmanaged<nint, nint, int> PauseAtClientHello => &OnClientHelloToPause;

    internal static delegate* unmanaged<nint, nint, nint, int> CertificateValidation => &OnCertificateValidation;

    internal static delegate* unmanaged<nint, nint, byte*, nuint, int> KeyLog => &OnKeyLog;

    internal static delegate* unmanaged<nint, nint, nint, int> SessionTicket => &OnSessionTicket;

    internal static delegate* unmanaged<nint, nint, int> PrivateKeyOperation => &OnPrivateKeyOperation;

    internal static delegate* unmanaged<nint, nint, int> EarlyData => &OnEarlyData;

    internal static delegate* unmanaged<nint, nint, int> RevocationLookup => &OnRevocationLookup;

    /// <returns>The number of bytes, 0 at the transport's end, or −1 with errno EAGAIN if there are none now.</returns>
    [UnmanagedCallersOnly]
    private static int OnReceive(nint context, byte* buffer, uint length)
    {
        ConnectionOwner? owner = null;
        int received;
        try
        {
            owner = ConnectionHandle.OwnerOf(context);
            received = owner.Receive(new Span<byte>(buffer, (int)length));
        }
        catch (Exception e)
        {
            owner?.ReceiveThrew(e);
            received = -EIO;
        }

        return received >= 0 ? received : Fail(-received);
    }

    /// <returns>All the bytes, or −1.</returns>
    [UnmanagedCallersOnly]
    private static int OnSend(nint context, byte* buffer, uint length)
    {
        ConnectionOwner? owner = null;
        try
        {
            owner = ConnectionHandle.OwnerOf(context);
            if (owner.Send(new ReadOnlySpan<byte>(buffer, (int)length)))
            {
                return (int)length;
            }
        }
        catch (Exception e)
        {
            owner?.SendThrew(e);
        }

        return Fail(EIO);
    }

    /// <summary>Must be the last step of a callback: s2n reads errno next.</summary>
    private static int Fail(int errno)
    {
        Marshal.SetLastSystemError(errno);
        return S2n.Failure;
    }

    /// <returns>1 to accept. A name that cannot be checked is not accepted.</returns>
    [UnmanagedCallersOnly]
    private static byte OnVerifyHost(byte* name, nuint length, nint context)
    {
        try
        {
            return ConnectionHandle.OwnerOf(context).AcceptsName(new ReadOnlySpan<byte>(name, (int)length)) ? (byte)1 : (byte)0;
        }
        catch (Exception)
        {
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    private static int OnClientHello(nint connection, nint configContext) =>
        Ask(connection, connection, static (owner, connection) => owner.TakeClientHello(connection));

    /// <returns>0, without <c>s2n_client_hello_cb_done</c>: s2n waits.</returns>
    [UnmanagedCallersOnly]
    private static int OnClientHelloToPause(nint connection, nint configContext) => S2n.Success;

    [UnmanagedCallersOnly]
    private static int OnCertificateValidation(nint connection, nint info, nint configContext) =>
        Ask(connection, (connection, info), static (owner, its) => owner.JudgeCertificate(its.connection, its.info));

    [UnmanagedCallersOnly]
    private static int OnKeyLog(nint configContext, nint connection, byte* line, nuint length) =>
        Ask(connection, (line: (nint)line, length), static (owner, its) => owner.TakeSecret(new ReadOnlySpan<byte>((byte*)its.line, (int)its.length)));

    [UnmanagedCallersOnly]
    private static int OnSessionTicket(nint connection, nint configContext, nint ticket) =>
        Ask(connection, ticket, static (owner, ticket) => owner.TakeSessionTicket(ticket));

    [UnmanagedCallersOnly]
    private static int OnPrivateKeyOperation(nint connection, nint operation) =>
        Ask(connection, (connection, operation), static (owner, its) => owner.TakePrivateKeyOperation(its.connection, PrivateKeyOperationHandle.Own(its.operation)));

    [UnmanagedCallersOnly]
    private static int OnEarlyData(nint connection, nint offer) =>
        Ask(connection, (connection, offer), static (owner, its) => owner.TakeEarlyDataOffer(its.connection, its.offer));

    /// <summary>s2n passes no connection here: the thread knows it.</summary>
    [UnmanagedCallersOnly]
    private static int OnRevocationLookup(nint lookup, nint configContext) =>
        Ask(ConnectionOwner.Negotiating, lookup, static (owner, lookup) => owner.TakeRevocationLookup(lookup));

    private static int Ask<T>(nint connection, T argument, Func<ConnectionOwner, T, bool> ask) =>
        Ask(OwnerOf(connection), argument, ask);

    private static int Ask<T>(ConnectionOwner? owner, T argument, Func<ConnectionOwner, T, bool> ask)
    {
        try
        {
            return owner is not null && ask(owner, argument) ? S2n.Success : S2n.Failure;
        }
        catch (Exception e)
        {
            owner!.CallbackThrew(e);
            return S2n.Failure;
        }
    }

    /// <returns>Null if it cannot be determined, which never happens: the caller of s2n keeps the owner alive.</returns>
    private static ConnectionOwner? OwnerOf(nint connection)
    {
        nint context = S2n.s2n_connection_get_ctx(connection);
        return context == 0 ? null : ConnectionHandle.OwnerOf(context);
    }
}
