using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <content>What the handshake negotiated, and diagnostics. For use after the handshake.</content>
internal sealed partial class TlsConnection
{
    /// <summary>The first certificate that a server's context had when the connection began, in DER.</summary>
    internal byte[]? OwnCertificate { get; set; }

    /// <summary>Whether enough is agreed on to be told: from the moment the peer's certificate is validated.</summary>
    internal bool TellsWhatIsNegotiated { get; set; }

    /// <summary>The certificate that .NET validated: its callback has it too.</summary>
    internal X509Certificate2? JudgedCertificate { get; set; }

    /// <summary>Whether this side's settings require a revocation check of the peer's chain.</summary>
    internal bool ChecksRevocation { get; set; }

    /// <summary>Whether external pre-shared keys were available.</summary>
    internal bool HasPreSharedKeys { get; set; }

    /// <summary>The OCSP response that a server sent with its certificate, if it was asked for.</summary>
    internal ReadOnlyMemory<byte> OcspResponse { get; set; }

    /// <inheritdoc cref="OcspResponse"/>
    internal ReadOnlyMemory<byte> SignedCertificateTimestamps { get; set; }

    /// <summary>Exports keying material, and computes channel bindings.</summary>
    internal KeyingMaterial KeyingMaterial => new(_handle, Tls12Handshake);

    /// <summary>What a TLS 1.2 handshake left behind for that.</summary>
    internal Tls12Handshake? Tls12Handshake { get; set; }

    internal SslProtocols Protocol => ProtocolVersions.ToSslProtocols(S2n.s2n_connection_get_actual_protocol_version(_handle));

    /// <summary>Counts the connection as open until it is freed.</summary>
    internal void CountAsOpen(SslProtocols protocol) => _handle.CountAsOpen(protocol);

    internal TlsCipherSuite CipherSuite
    {
        get
        {
            S2nError.Check(S2n.s2n_connection_get_cipher_iana_value(_handle, out byte first, out byte second));
            return (TlsCipherSuite)((first << 8) | second);
        }
    }

    /// <summary>The key-exchange group; null if there was none (RSA key exchange, a resumption without one).</summary>
    internal unsafe TlsNamedGroup? KeyExchangeGroup => NegotiatedNames.NamedGroup(_handle.ReadText(static connection =>
        S2n.s2n_connection_get_key_exchange_group(connection, out byte* name) == S2n.Success ? (nint)name : 0));

    /// <summary>The scheme with which the server signed; null if it signed nothing, as in a resumption.</summary>
    internal unsafe TlsSignatureScheme? SignatureScheme => NegotiatedNames.SignatureScheme(_handle.ReadText(static connection =>
        S2n.s2n_connection_get_signature_scheme(connection, out byte* name) == S2n.Success ? (nint)name : 0));

    internal bool IsSessionResumed => S2n.s2n_connection_is_session_resumed(_handle) == 1;

    internal bool IsClientCertificateUsed => S2n.s2n_connection_client_cert_used(_handle) == 1;

    internal bool IsOcspStapled => S2n.s2n_connection_is_ocsp_stapled(_handle) == 1;

    internal unsafe SslApplicationProtocol ApplicationProtocol =>
        _handle.ReadBytes(static connection => (nint)S2n.s2n_get_application_protocol(connection)) is { } name ? new SslApplicationProtocol(name) : default;

    /// <summary>The name that the client asked for.</summary>
    internal unsafe string ServerName => _handle.ReadText(static connection => (nint)S2n.s2n_get_server_name(connection)) ?? string.Empty;

    /// <summary>The identity of the external key that both sides used; empty if there was none.</summary>
    internal byte[] PreSharedKeyIdentity => HasPreSharedKeys ? _handle.Use(NegotiatedIdentity.Read) : [];

    /// <summary>What became of early data.</summary>
    internal S2nEarlyDataStatus EarlyDataStatus
    {
        get
        {
            S2nError.Check(S2n.s2n_connection_get_early_data_status(_handle, out NativeEarlyDataStatus status));
            return status switch
            {
                NativeEarlyDataStatus.End => S2nEarlyDataStatus.Accepted,
                NativeEarlyDataStatus.Rejected => S2nEarlyDataStatus.Rejected,
                _ => S2nEarlyDataStatus.NotOffered,
            };
        }
    }

    internal S2nKeyUpdateCounts KeyUpdateCounts
    {
        get
        {
            S2nError.Check(S2n.s2n_connection_get_key_update_counts(_handle, out byte sent, out byte received));
            return new S2nKeyUpdateCounts { Sent = sent, Received = received };
        }
    }

    internal long WireBytesReceived => (long)S2n.s2n_connection_get_wire_bytes_in(_handle);

    internal long WireBytesSent => (long)S2n.s2n_connection_get_wire_bytes_out(_handle);

    internal unsafe S2nHandshakeTypes HandshakeTypes => NegotiatedNames.HandshakeTypes(
        _handle.ReadText(static connection => (nint)S2n.s2n_connection_get_handshake_type_name(connection)) ?? string.Empty);

    /// <summary>The peer's certificate, or null if it sent none. The caller owns it, unless .NET validated it: then .NET's callback has it too.</summary>
    internal X509Certificate2? GetPeerCertificate()
    {
        if (JudgedCertificate is not null)
        {
            return JudgedCertificate;
        }

        if (Sessions?.Resumed is { PeerCertificates: [byte[] shownBefore, ..] })
        {
            return X509CertificateLoader.LoadCertificate(shownBefore);
        }

        using CertificateHandle chain = CertificateHandle.Create();
        if (S2n.s2n_connection_get_peer_cert_chain(_handle, chain) != S2n.Success)
        {
            return null;
        }

        List<X509Certificate2> certificates = CertificateChain.Read(chain);
        certificates.Skip(1).ToList().ForEach(certificate => certificate.Dispose());
        return certificates.FirstOrDefault();
    }

    /// <summary>The certificate that this side sent, without its private key; null if it sent none. The caller owns it.</summary>
    internal X509Certificate2? GetLocalCertificate()
    {
        if (IsServer ? PreSharedKeyIdentity.Length > 0 : !IsClientCertificateUsed)
        {
            return null;
        }

        // The certificate belongs to the config, which the connection keeps alive.
        return _handle.Use(OwnCertificate, static (connection, own) =>
            S2n.s2n_connection_get_selected_cert(connection) is not 0 and var selected ? CertificateChain.ReadFirst(selected)
            : own is not null ? X509CertificateLoader.LoadCertificate(own) // a resumed session has selected none, but represents one that has
            : null);
    }
}
