using System.Net.Security;
using System.Text;
using S2nTls.Certificates.Roots;
using S2nTls.Interop;
using S2nTls.Sessions;

namespace S2nTls.Context;

/// <summary>Makes configs of options that were read once: any number of them, all alike.</summary>
internal sealed unsafe class ConfigBuilder
{
    private readonly S2nSecurityPolicy _policy;
    private readonly SslApplicationProtocol[] _protocols;
    private readonly TimeSpan? _maxBlindingDelay;
    private readonly bool _ignoresWarnings;
    private readonly bool _acceptsMaxFragmentLength;
    private readonly int _maxFragmentLengthCode;
    private readonly TicketRules _ticketRules;
    private readonly bool _isServer;

    internal ConfigBuilder(S2nContextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.SecurityPolicy, nameof(options));
        _policy = options.SecurityPolicy;
        _protocols = [.. options.ApplicationProtocols];
        ApplicationProtocolNames.Check(_protocols, nameof(options));
        KeyLog = options.AllowKeyLogFile ? KeyLogFile.FromEnvironment() : null;
        _maxBlindingDelay = options.MaxBlindingDelay;
        _ignoresWarnings = options.IgnoreWarningAlerts;
        _acceptsMaxFragmentLength = options is S2nServerOptions { AcceptMaxFragmentLength: true };
        _maxFragmentLengthCode = CodeOf((options as S2nClientOptions)?.MaxFragmentLength);
        _ticketRules = new TicketRules(options);
        _isServer = options is S2nServerOptions;
    }

    internal KeyLogFile? KeyLog { get; }

    /// <summary>The config keeps the certificates alive.</summary>
    internal (ConfigHandle Config, TrustAnchors? Trust) Build(CertificateSet certificates, Func<ConfigHandle, TrustAnchors?> complete)
    {
        ConfigHandle config = ConfigHandle.Create();
        try
        {
            S2nError.Check(S2n.s2n_config_set_cipher_preferences(config, _policy.Name));
            SetApplicationProtocols(config);
            SetBlindingDelay(config);
            SetRecordRules(config);
            _ticketRules.ApplyTo(config);
            config.AddCertificates(certificates);
            if (certificates.Certificates.Any(certificate => certificate.HasSigner))
            {
                UseSigners(config, certificates.Certificates.Any(certificate => certificate.SignsOutside));
            }

            if (_isServer && _protocols.Length > 0)
            {
                S2nError.Check(S2n.s2n_config_set_client_hello_cb(config, Callbacks.ClientHello, 0));
            }

            if (KeyLog is not null)
            {
                FollowSecrets(config);
            }

            return (config, complete(config));
        }
        catch
        {
            config.Dispose();
            throw;
        }
    }

    /// <summary>Issues tickets, with the keys at hand; without any, no tickets.</summary>
    /// <param name="config">What is being made.</param>
    /// <param name="ring">Says how long keys are good.</param>
    /// <param name="keys">Held by the caller.</param>
    internal static void IssueTickets(ConfigHandle config, TicketKeyRing ring, TicketKeySet keys)
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

    /// <summary>Lets tickets allow early data, and asks the connection's owner about every offer of it.</summary>
    internal static void TakeEarlyData(ConfigHandle config, int? maxSize)
    {
        if (maxSize is { } size)
        {
            S2nError.Check(S2n.s2n_config_set_server_max_early_data_size(config, (uint)size));
            S2nError.Check(S2n.s2n_config_set_early_data_cb(config, Callbacks.EarlyData));
        }
    }

    /// <summary>Takes tickets, and gives them to the connection's owner.</summary>
    internal static void TakeTickets(ConfigHandle config)
    {
        S2nError.Check(S2n.s2n_config_set_session_tickets_onoff(config, 1));
        S2nError.Check(S2n.s2n_config_set_session_ticket_cb(config, Callbacks.SessionTicket, 0));
    }

    internal static void AddRoot(ConfigHandle config, string pem) =>
        S2nError.Check(S2n.s2n_config_add_pem_to_trust_store(config, Encoding.UTF8.GetBytes(pem + "\0")));

    /// <summary>Has s2n ask each connection's owner for lists of revoked certificates; a client must see the certificates for that.</summary>
    internal static void LookUpRevocation(ConfigHandle config, bool isServer)
    {
        S2nError.Check(S2n.s2n_config_set_crl_lookup_cb(config, Callbacks.RevocationLookup, 0));
        if (!isServer)
        {
            FollowSecrets(config);
        }
    }

    /// <summary>Asks servers for what they may send along with their certificate, and has s2n verify an OCSP response.</summary>
    internal static void AskForStaples(ConfigHandle config, S2nOcspStapling ocsp, bool timestamps)
    {
        // Said in any case: s2n would ask by itself where roots are loaded from a file, and not where they are given.
        bool asks = ocsp != S2nOcspStapling.None;
        S2nError.Check(S2n.s2n_config_set_status_request_type(config, asks ? 1 : 0));
        if (asks)
        {
            S2nError.Check(S2n.s2n_config_set_check_stapled_ocsp_response(config, 1));
        }

        if (timestamps)
        {
            S2nError.Check(S2n.s2n_config_set_ct_support_level(config, 1));
        }
    }

    /// <summary>Has .NET judge peers, in the callback that s2n makes when it has their certificates.</summary>
    internal static void LeaveVerification(ConfigHandle config, bool isServer)
    {
        S2nError.Check(S2n.s2n_config_disable_x509_verification(config));
        S2nError.Check(S2n.s2n_config_set_cert_validation_cb(config, Callbacks.CertificateValidation, 0));
        if (!isServer)
        {
            FollowSecrets(config);
        }
    }

    /// <summary>Has what s2n does not look at demanded of each chain that it has verified, before anything is sent in answer.</summary>
    internal static void DemandMore(ConfigHandle config) =>
        S2nError.Check(S2n.s2n_config_set_cert_validation_cb(config, Callbacks.CertificateValidation, 0));

    /// <summary>Has s2n tell each connection's secrets: with the handshake's a client can see what the server has sent, and a key log wants all.</summary>
    internal static void FollowSecrets(ConfigHandle config) =>
        S2nError.Check(S2n.s2n_config_set_key_log_cb(config, Callbacks.KeyLog, 0));

    /// <summary>Sends private-key operations to the signers of the config's certificates.</summary>
    /// <param name="config">The config.</param>
    /// <param name="isOutside">Whether there is a key that is not in s2n: a borrowed one is as good as s2n's own.</param>
    /// <remarks>
    /// s2n checks each signature of a key outside with the certificate's public key before it goes out (strict validation).
    /// A key that belongs elsewhere, or an adapter with a mistake, is then reported on this side, by name; and
    /// a faulty RSA signature, from which a peer could compute the private key, never leaves the machine.
    /// </remarks>
    private static void UseSigners(ConfigHandle config, bool isOutside)
    {
        S2nError.Check(S2n.s2n_config_set_async_pkey_callback(config, Callbacks.PrivateKeyOperation));
        S2nError.Check(S2n.s2n_config_set_async_pkey_validation_mode(config, isOutside ? PrivateKeyValidation.Strict : PrivateKeyValidation.Fast));
    }

    private void SetApplicationProtocols(ConfigHandle config)
    {
        foreach (SslApplicationProtocol protocol in _protocols)
        {
            ReadOnlySpan<byte> name = protocol.Protocol.Span;

            // SslApplicationProtocol admits 255 bytes at most, as the wire does.
            S2nError.Check(S2n.s2n_config_append_protocol_preference(config, name, (byte)name.Length));
        }
    }

    /// <summary>RFC 6066 §4: the lengths are 2^9 to 2^12, and go by their number.</summary>
    private static int CodeOf(int? maxFragmentLength) => maxFragmentLength switch
    {
        null => 0,
        512 => 1,
        1024 => 2,
        2048 => 3,
        4096 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(maxFragmentLength), maxFragmentLength, "A maximum fragment length is 512, 1024, 2048 or 4096 bytes."),
    };

    private void SetRecordRules(ConfigHandle config)
    {
        if (_ignoresWarnings)
        {
            S2nError.Check(S2n.s2n_config_set_alert_behavior(config, 1));
        }

        if (_acceptsMaxFragmentLength)
        {
            S2nError.Check(S2n.s2n_config_accept_max_fragment_length(config));
        }

        if (_maxFragmentLengthCode != 0)
        {
            S2nError.Check(S2n.s2n_config_send_max_fragment_length(config, _maxFragmentLengthCode));
        }
    }

    private void SetBlindingDelay(ConfigHandle config)
    {
        if (_maxBlindingDelay is not { } max)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(max, TimeSpan.Zero, nameof(S2nContextOptions.MaxBlindingDelay));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, TimeSpan.FromHours(1), nameof(S2nContextOptions.MaxBlindingDelay));
        S2nError.Check(S2n.s2n_config_set_max_blinding_delay(config, (uint)Math.Ceiling(max.TotalSeconds)));
    }
}
