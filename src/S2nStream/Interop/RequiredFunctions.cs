namespace S2nTls.Interop;

/// <summary>
/// Every function declared in <see cref="S2n"/>, so that a library which lacks one is refused when it is
/// loaded and not in the middle of a handshake. A test holds the two lists together.
/// </summary>
internal static class RequiredFunctions
{
    internal static readonly string[] All =
    [
        nameof(S2n.s2n_cert_chain_and_key_free),
        nameof(S2n.s2n_cert_chain_and_key_load_pem_bytes),
        nameof(S2n.s2n_cert_chain_and_key_new),
        nameof(S2n.s2n_cert_chain_get_cert),
        nameof(S2n.s2n_cert_chain_get_length),
        nameof(S2n.s2n_cert_get_der),
        nameof(S2n.s2n_config_add_cert_chain_and_key_to_store),
        nameof(S2n.s2n_config_add_pem_to_trust_store),
        nameof(S2n.s2n_config_append_protocol_preference),
        nameof(S2n.s2n_config_free),
        nameof(S2n.s2n_config_new_minimal),
        nameof(S2n.s2n_config_set_cipher_preferences),
        nameof(S2n.s2n_config_set_client_auth_type),
        nameof(S2n.s2n_config_set_max_blinding_delay),
        nameof(S2n.s2n_config_set_verification_ca_location),
        nameof(S2n.s2n_connection_client_cert_used),
        nameof(S2n.s2n_connection_free),
        nameof(S2n.s2n_connection_get_actual_protocol_version),
        nameof(S2n.s2n_connection_get_alert),
        nameof(S2n.s2n_connection_get_cipher_iana_value),
        nameof(S2n.s2n_connection_get_delay),
        nameof(S2n.s2n_connection_get_key_exchange_group),
        nameof(S2n.s2n_connection_get_peer_cert_chain),
        nameof(S2n.s2n_connection_is_session_resumed),
        nameof(S2n.s2n_connection_new),
        nameof(S2n.s2n_connection_set_blinding),
        nameof(S2n.s2n_connection_set_config),
        nameof(S2n.s2n_connection_set_recv_cb),
        nameof(S2n.s2n_connection_set_recv_ctx),
        nameof(S2n.s2n_connection_set_send_cb),
        nameof(S2n.s2n_connection_set_send_ctx),
        nameof(S2n.s2n_connection_set_verify_host_callback),
        nameof(S2n.s2n_disable_atexit),
        nameof(S2n.s2n_errno_location),
        nameof(S2n.s2n_error_get_type),
        nameof(S2n.s2n_get_application_protocol),
        nameof(S2n.s2n_get_server_name),
        nameof(S2n.s2n_init),
        nameof(S2n.s2n_negotiate),
        nameof(S2n.s2n_peek),
        nameof(S2n.s2n_recv),
        nameof(S2n.s2n_send),
        nameof(S2n.s2n_set_server_name),
        nameof(S2n.s2n_shutdown),
        nameof(S2n.s2n_shutdown_send),
        nameof(S2n.s2n_strerror),
        nameof(S2n.s2n_strerror_name),
        nameof(S2n.s2n_strerror_source),
    ];
}
