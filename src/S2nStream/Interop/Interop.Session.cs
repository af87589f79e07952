using System.Runtime.InteropServices;

namespace S2nTls.Interop;

internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial int s2n_config_set_session_tickets_onoff(ConfigHandle config, byte enabled);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_session_ticket_cb(
        ConfigHandle config, delegate* unmanaged<nint, nint, nint, int> callback, nint context);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_ticket_encrypt_decrypt_key_lifetime(ConfigHandle config, ulong seconds);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_ticket_decrypt_key_lifetime(ConfigHandle config, ulong seconds);

    [LibraryImport(Library)]
    internal static partial int s2n_config_add_ticket_crypto_key(
        ConfigHandle config, ReadOnlySpan<byte> name, uint nameLength, ReadOnlySpan<byte> key, uint keyLength, ulong introductionInSecondsFromEpoch);

    [LibraryImport(Library)]
    internal static partial int s2n_config_require_ticket_forward_secrecy(ConfigHandle config, byte enabled);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_initial_ticket_count(ConfigHandle config, byte count);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_session_state_lifetime(ConfigHandle config, ulong seconds);

    [LibraryImport(Library)]
    internal static partial int s2n_connection_set_session(ConnectionHandle connection, ReadOnlySpan<byte> session, nuint length);

    /// <remarks>A ticket is valid until its callback returns.</remarks>
    [LibraryImport(Library)]
    internal static partial int s2n_session_ticket_get_data_len(nint ticket, out nuint length);

    /// <inheritdoc cref="s2n_session_ticket_get_data_len"/>
    [LibraryImport(Library)]
    internal static partial int s2n_session_ticket_get_data(nint ticket, nuint maxLength, Span<byte> data);

    /// <inheritdoc cref="s2n_session_ticket_get_data_len"/>
    [LibraryImport(Library)]
    internal static partial int s2n_session_ticket_get_lifetime(nint ticket, out uint seconds);
}
