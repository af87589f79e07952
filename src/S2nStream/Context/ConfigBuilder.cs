using System.Net.Security;
using S2nTls.Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Certificates.Verification;
using S2nTls.Interop;
using S2nTls.Sessions;

namespace S2nTls.Context;

/// <summary>Makes configs from settings: any number, all alike except for the current certificates and ticket keys.</summary>
/// <param name="settings">The settings of the configs.</param>
/// <param name="verification">How peers are verified; null if none are.</param>
/// <param name="ring">Knows the lifetime of ticket keys; null if there are none.</param>
internal sealed unsafe class ConfigBuilder(ContextSettings settings, PeerVerification? verification, S2nTicketKeyRing? ring)
{
    /// <summary>The config keeps the certificates alive.</summary>
    /// <param name="certificates">The certificates to send.</param>
    /// <param name="keys">The ticket keys, held by the caller.</param>
    internal (ConfigHandle Config, TrustAnchors? Trust) Build(OwnCertificates certificates, TicketKeySet? keys)
    {
        ConfigHandle config = ConfigHandle.Create();
        try
        {
            S2nError.Check(S2n.s2n_config_set_cipher_preferences(config, settings.SecurityPolicy.Name));
            SetApplicationProtocols(config);
            SetBlindingDelay(config);
            SetRecordRules(config);
            settings.TicketRules.ApplyTo(config);
            Show(config, certificates.Set);
            FollowSecrets(config);
            TrustAnchors? trust = verification?.Apply(config);
            if (settings.IsServer)
            {
                Serve(config, keys);
            }
            else
            {
                AskForStaples(config);
                TakeTickets(config);
            }

            return (config, trust);
        }
        catch
        {
            config.Dispose();
            throw;
        }
    }

    /// <summary>Sets the certificates, and sends private-key operations to the signers of those whose key s2n does not have.</summary>
    /// <remarks>
    /// s2n checks each signature of an outside key with the certificate's public key before it is sent (strict validation). The wrong key, or a
    /// bug in an adapter, is then reported by name on this side; and a faulty RSA signature, from which a peer could compute the private key,
    /// never leaves the machine. A borrowed key is equivalent to s2n's own.
    /// </remarks>
    private static void Show(ConfigHandle config, CertificateSet certificates)
    {
        config.AddCertificates(certificates);
        if (certificates.Certificates.Any(certificate => certificate.HasSigner))
        {
            bool isOutside = certificates.Certificates.Any(certificate => certificate.SignsOutside);
            S2nError.Check(S2n.s2n_config_set_async_pkey_callback(config, Callbacks.PrivateKeyOperation));
            S2nError.Check(S2n.s2n_config_set_async_pkey_validation_mode(config, isOutside ? PrivateKeyValidation.Strict : PrivateKeyValidation.Fast));
        }
    }

    private void SetApplicationProtocols(ConfigHandle config)
    {
        foreach (SslApplicationProtocol protocol in settings.ApplicationProtocols)
        {
            ReadOnlySpan<byte> name = protocol.Protocol.Span;

            // SslApplicationProtocol allows at most 255 bytes, like the wire format.
            S2nError.Check(S2n.s2n_config_append_protocol_preference(config, name, (byte)name.Length));
        }
    }

    private void SetBlindingDelay(ConfigHandle config)
    {
        if (settings.MaxBlindingDelay is { } max)
        {
            S2nError.Check(S2n.s2n_config_set_max_blinding_delay(config, (uint)Math.Ceiling(max.TotalSeconds)));
        }
    }

    private void SetRecordRules(ConfigHandle config)
    {
        if (settings.IgnoresWarningAlerts)
        {
            S2nError.Check(S2n.s2n_config_set_alert_behavior(config, 1));
        }

        if (settings.AcceptsMaxFragmentLength)
        {
            S2nError.Check(S2n.s2n_config_accept_max_fragment_length(config));
        }

        if (settings.MaxFragmentLengthCode != 0)
        {
            S2nError.Check(S2n.s2n_config_send_max_fragment_length(config, settings.MaxFragmentLengthCode));
        }
    }

    /// <summary>Makes s2n report each connection's secrets: with those of the handshake a client can read what the server sent, and a key log needs all.</summary>
    private void FollowSecrets(ConfigHandle config)
    {
        bool clientReads = !settings.IsServer &&
            (settings.SelectsCertificateLater || settings.Verification is { IsLeftToNet: true } or { RevocationLists: not null });
        if (clientReads || settings.KeyLog is not null)
        {
            S2nError.Check(S2n.s2n_config_set_key_log_cb(config, Callbacks.KeyLog, 0));
        }
    }

    private void Serve(ConfigHandle config, TicketKeySet? keys)
    {
        if (settings.PausesAtClientHello)
        {
            S2nError.Check(S2n.s2n_config_set_client_hello_cb(config, Callbacks.PauseAtClientHello, 0));
            S2nError.Check(S2n.s2n_config_set_client_hello_cb_mode(config, ClientHelloCallbackMode.NonBlocking));
        }
        else if (settings.ApplicationProtocols.Count > 0)
        {
            S2nError.Check(S2n.s2n_config_set_client_hello_cb(config, Callbacks.ClientHello, 0));
        }

        if (settings.AsksForClientCertificate)
        {
            S2nError.Check(S2n.s2n_config_set_client_auth_type(config, (CertAuthType)settings.ClientCertificateMode));
        }

        if (ring is not null && keys is not null)
        {
            IssueTickets(config, ring, keys);
        }

        if (settings.EarlyDataGuard is not null)
        {
            S2nError.Check(S2n.s2n_config_set_server_max_early_data_size(config, (uint)settings.MaxEarlyDataSize));
            S2nError.Check(S2n.s2n_config_set_early_data_cb(config, Callbacks.EarlyData));
        }
    }

    /// <summary>Issues tickets with the current keys; without any, no tickets.</summary>
    private static void IssueTickets(ConfigHandle config, S2nTicketKeyRing ring, TicketKeySet keys)
    {
        if (keys.Periods.Count == 0)
        {
            return;
        }

        S2nError.Check(S2n.s2n_config_set_session_tickets_onoff(config, 1));
        S2nError.Check(S2n.s2n_config_set_ticket_encrypt_decrypt_key_lifetime(config, (ulong)(2 * ring.Rotation).TotalSeconds));
        S2nError.Check(S2n.s2n_config_set_ticket_decrypt_key_lifetime(config, (ulong)ring.Acceptance.TotalSeconds));
        foreach (long period in keys.Periods)
        {
            // s2n copies both.
            ReadOnlySpan<byte> name = keys.NameOf(period), secret = keys.SecretOf(period);
            S2nError.Check(S2n.s2n_config_add_ticket_crypto_key(
                config, name, (uint)name.Length, secret, (uint)secret.Length, (ulong)ring.IntroductionOf(period)));
        }
    }

    /// <summary>Asks servers for what they may send with their certificate, and makes s2n verify an OCSP response.</summary>
    private void AskForStaples(ConfigHandle config)
    {
        // Always set: by default s2n asks if roots are loaded from a file, but not if they are given in memory.
        bool asks = settings.OcspStapling != S2nOcspStapling.None;
        S2nError.Check(S2n.s2n_config_set_status_request_type(config, asks ? 1 : 0));
        if (asks)
        {
            S2nError.Check(S2n.s2n_config_set_check_stapled_ocsp_response(config, 1));
        }

        if (settings.AsksForTimestamps)
        {
            S2nError.Check(S2n.s2n_config_set_ct_support_level(config, 1));
        }
    }

    private void TakeTickets(ConfigHandle config)
    {
        if (settings.KeepsSessions)
        {
            S2nError.Check(S2n.s2n_config_set_session_tickets_onoff(config, 1));
            S2nError.Check(S2n.s2n_config_set_session_ticket_cb(config, Callbacks.SessionTicket, 0));
        }
    }
}
