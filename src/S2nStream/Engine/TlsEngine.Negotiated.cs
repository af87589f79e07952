using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Certificates;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>What the handshake has agreed on. To be asked after it.</summary>
internal sealed unsafe partial class TlsEngine
{
    /// <summary>The first certificate that a server's context had when the connection began, DER.</summary>
    private byte[]? _ownCertificate;

    internal SslProtocols Protocol => ProtocolVersions.ToSslProtocols(S2n.s2n_connection_get_actual_protocol_version(_connection));

    internal TlsCipherSuite CipherSuite
    {
        get
        {
            S2nError.ThrowIf(S2n.s2n_connection_get_cipher_iana_value(_connection, out byte first, out byte second) != S2n.Success);
            return (TlsCipherSuite)((first << 8) | second);
        }
    }

    /// <summary>s2n's name of the group; null where none was used (RSA key exchange, a resumption without one).</summary>
    internal string? KeyExchangeGroup =>
        ReadText(static connection => S2n.s2n_connection_get_key_exchange_group(connection, out byte* name) == S2n.Success ? (nint)name : 0);

    /// <summary>s2n's name of the scheme that the server has signed with; null where it has signed nothing, as in a resumption.</summary>
    internal string? SignatureScheme =>
        ReadText(static connection => S2n.s2n_connection_get_signature_scheme(connection, out byte* name) == S2n.Success ? (nint)name : 0) is { } scheme && scheme != "none"
            ? scheme
            : null;

    internal bool IsSessionResumed => S2n.s2n_connection_is_session_resumed(_connection) == 1;

    internal bool IsClientCertificateUsed => S2n.s2n_connection_client_cert_used(_connection) == 1;

    /// <summary>Whether the settings of this side have revocation of the peer's chain checked.</summary>
    internal bool ChecksRevocation { get; private set; }

    internal SslApplicationProtocol ApplicationProtocol =>
        ReadBytes(static connection => (nint)S2n.s2n_get_application_protocol(connection)) is { } name ? new SslApplicationProtocol(name) : default;

    /// <summary>The name that the client asked for.</summary>
    internal string ServerName => ReadText(static connection => (nint)S2n.s2n_get_server_name(connection)) ?? string.Empty;

    /// <summary>The peer's certificate, or null where it showed none. The caller owns it, unless it was .NET's to judge: then its callback has it too.</summary>
    internal X509Certificate2? GetPeerCertificate()
    {
        if (_judgedCertificate is not null)
        {
            return _judgedCertificate;
        }

        if (ResumedCertificate() is { } shownBefore)
        {
            return shownBefore;
        }

        using CertificateHandle chain = CertificateHandle.Create();
        if (S2n.s2n_connection_get_peer_cert_chain(_connection, chain) != S2n.Success)
        {
            return null;
        }

        List<X509Certificate2> certificates = CertificateChain.Read(chain);
        certificates.Skip(1).ToList().ForEach(certificate => certificate.Dispose());
        return certificates.FirstOrDefault();
    }

    /// <summary>The certificate that this side has shown, without its private key; null where it showed none. The caller owns it.</summary>
    internal X509Certificate2? GetLocalCertificate()
    {
        if (_isServer ? PreSharedKeyIdentity.Length > 0 : !IsClientCertificateUsed)
        {
            return null;
        }

        bool counted = false;
        try
        {
            // The certificate belongs to the config, which the connection keeps alive, and the count the connection.
            _connection.DangerousAddRef(ref counted);
            nint selected = S2n.s2n_connection_get_selected_cert(_connection.DangerousGetHandle());
            return
                selected != 0 ? CertificateChain.ReadFirst(selected)
                : _ownCertificate is { } own ? X509CertificateLoader.LoadCertificate(own) // a resumed session has selected none, and stands for one that has
                : null;
        }
        finally
        {
            if (counted)
            {
                _connection.DangerousRelease();
            }
        }
    }

    /// <summary>Copies a text that belongs to the connection, which another thread's dispose must not free under the copy.</summary>
    private string? ReadText(Func<ConnectionHandle, nint> read) =>
        ReadBytes(read) is { } text ? Encoding.UTF8.GetString(text) : null;

    private byte[]? ReadBytes(Func<ConnectionHandle, nint> read)
    {
        bool counted = false;
        try
        {
            _connection.DangerousAddRef(ref counted);
            byte* text = (byte*)read(_connection);
            return text is null ? null : MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).ToArray();
        }
        finally
        {
            if (counted)
            {
                _connection.DangerousRelease();
            }
        }
    }
}
