using System.Net.Security;

namespace S2nTls;

/// <summary>The settings of one client connection, in addition to the <see cref="S2nContext"/> that it shares with others. Read before the authenticating call returns.</summary>
public sealed class S2nClientConnectionOptions
{
    /// <summary>
    /// The server's name: sent as the server name (SNI, RFC 6066), and the server's certificate must contain it. An IP address is not sent, but
    /// the certificate must still contain it.
    /// </summary>
    public required string TargetHost { get; init; }

    /// <summary>
    /// The server's port, which distinguishes the sessions of servers with the same name. Default: 0, for the port that the inner stream is
    /// connected to if it is a <see cref="System.Net.Sockets.NetworkStream"/>. Set it if something is in between, such as a proxy.
    /// </summary>
    public int TargetPort { get; init; }

    /// <summary>The application protocols to offer (ALPN, RFC 7301) instead of the context's (<c>s2n_connection_append_protocol_preference</c>), the preferred one first. Null, the default, or empty: the context's.</summary>
    public IReadOnlyList<SslApplicationProtocol>? ApplicationProtocols { get; init; }

    /// <summary>
    /// Data to send during the handshake (0-RTT, RFC 8446 §2.3) if a resumed session or a pre-shared key allows it (<c>s2n_send_early_data</c>).
    /// Default: none. <b>Anyone who records it can send it again</b>: use it only for what may happen twice, such as a read. It is not forward
    /// secret. See docs/early-data.md.
    /// </summary>
    /// <remarks>
    /// The memory must not change before the handshake has ended. Then <see cref="S2nStream.EarlyDataStatus"/> says what became of it: all or
    /// nothing. Unless it is <see cref="S2nEarlyDataStatus.Accepted"/>, the server's application has seen nothing, and the caller should write it
    /// now. If the handshake fails, it is not known whether the server has acted on it.
    /// </remarks>
    public ReadOnlyMemory<byte> EarlyData { get; init; }
}
