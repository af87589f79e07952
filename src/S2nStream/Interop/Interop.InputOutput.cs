using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_negotiate(ConnectionHandle connection, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial nint s2n_recv(ConnectionHandle connection, byte* buffer, nint size, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial nint s2n_send(ConnectionHandle connection, byte* buffer, nint size, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial int s2n_shutdown_send(ConnectionHandle connection, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial int s2n_shutdown(ConnectionHandle connection, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial uint s2n_peek(ConnectionHandle connection);
}

/// <summary><c>s2n_blocked_status</c>: what a call waits for when the error is of type blocked.</summary>
internal enum BlockedStatus
{
    NotBlocked = 0,
    Read = 1,
    Write = 2,
    ApplicationInput = 3,
    EarlyData = 4,
}
