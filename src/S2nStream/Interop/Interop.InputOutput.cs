using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_negotiate(ConnectionHandle connection, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial nint s2n_recv(ConnectionHandle connection, Span<byte> buffer, nint size, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial nint s2n_send(ConnectionHandle connection, ReadOnlySpan<byte> buffer, nint size, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial nint s2n_sendv_with_offset(
        ConnectionHandle connection, IoVector* pieces, nint count, nint offset, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial int s2n_shutdown_send(ConnectionHandle connection, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial int s2n_shutdown(ConnectionHandle connection, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial uint s2n_peek(ConnectionHandle connection);

    /// <param name="connection">The connection.</param>
    /// <param name="peerRequest">0: s2n does not ask the peer for new keys.</param>
    [LibraryImport(Library)]
    internal static partial int s2n_connection_request_key_update(ConnectionHandle connection, int peerRequest);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_key_update_counts(ConnectionHandle connection, out byte sent, out byte received);
}

/// <summary><c>s2n_blocked_status</c>: what a call waits for if the error is of type blocked.</summary>
internal enum BlockedStatus
{
    NotBlocked = 0,
    Read = 1,
    Write = 2,
    ApplicationInput = 3,
    EarlyData = 4,
}

/// <summary><c>struct iovec</c> (POSIX): a piece of memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    internal void* Start;
    internal nuint Length;
}
