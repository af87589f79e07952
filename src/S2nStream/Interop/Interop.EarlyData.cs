using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <remarks>
/// An offer, <c>s2n_offered_early_data</c>, is part of its connection: it is valid as long as the connection, and is answered once, in the
/// callback or later.
/// </remarks>
internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_config_set_server_max_early_data_size(ConfigHandle config, uint size);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_early_data_cb(ConfigHandle config, delegate* unmanaged<nint, nint, int> callback);

    /// <remarks>s2n copies the context.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_server_early_data_context(ConnectionHandle connection, ReadOnlySpan<byte> context, ushort length);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_early_data_status(ConnectionHandle connection, out NativeEarlyDataStatus status);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_get_max_early_data_size(ConnectionHandle connection, out uint size);

    /// <param name="connection">The connection.</param>
    /// <param name="data">Used only during the call.</param>
    /// <param name="length">Its length.</param>
    /// <param name="sent">How many bytes were taken; also set if the call fails because it is blocked.</param>
    /// <param name="blocked">What the handshake waits for.</param>
    [LibraryImport(Library)]
    internal static partial int s2n_send_early_data(
        ConnectionHandle connection, ReadOnlySpan<byte> data, nint length, out nint sent, out BlockedStatus blocked);

    /// <param name="connection">The connection.</param>
    /// <param name="data">Used only during the call.</param>
    /// <param name="maxLength">Its length.</param>
    /// <param name="received">How many bytes were written; also set if the call fails because it is blocked.</param>
    /// <param name="blocked">What the handshake waits for.</param>
    [LibraryImport(Library)]
    internal static partial int s2n_recv_early_data(
        ConnectionHandle connection, Span<byte> data, nint maxLength, out nint received, out BlockedStatus blocked);

    [LibraryImport(Library)]
    internal static partial int s2n_offered_early_data_get_context_length(nint offer, out ushort length);

    [LibraryImport(Library)]
    internal static partial int s2n_offered_early_data_get_context(nint offer, Span<byte> context, ushort maxLength);

    [LibraryImport(Library)]
    internal static partial int s2n_offered_early_data_accept(nint offer);

    [LibraryImport(Library)]
    internal static partial int s2n_offered_early_data_reject(nint offer);
}

/// <summary><c>s2n_early_data_status_t</c></summary>
internal enum NativeEarlyDataStatus
{
    /// <summary>Not decided yet, or in progress.</summary>
    Undecided = 0,
    NotRequested = 1,
    Rejected = 2,

    /// <summary>Accepted and complete.</summary>
    End = 3,
}
