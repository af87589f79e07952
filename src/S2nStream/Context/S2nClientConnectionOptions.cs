using System.Net.Security;

namespace S2nTls;

/// <summary>What one connection of a client's wants, beside the <see cref="S2nContext"/> that it shares with others. Read before the call that is given it returns.</summary>
public sealed class S2nClientConnectionOptions
{
    /// <summary>
    /// The server's name: sent as the server name (SNI, RFC 6066), and the server's certificate must bear it.
    /// An IP address is not sent, but must be in the certificate all the same.
    /// </summary>
    public required string TargetHost { get; init; }

    /// <summary>
    /// The server's port, by which sessions of servers of one name are told apart. Default: 0, for the port that the inner stream is connected to, where it is a
    /// <see cref="System.Net.Sockets.NetworkStream"/>. Say it where there is something in between, a proxy for example.
    /// </summary>
    public int TargetPort { get; init; }

    /// <summary>The application protocols to offer (ALPN, RFC 7301) in the place of the context's (<c>s2n_connection_append_protocol_preference</c>), the preferred one first. Null, the default, or none: the context's.</summary>
    public IReadOnlyList<SslApplicationProtocol>? ApplicationProtocols { get; init; }

    /// <summary>
    /// Data to send in the handshake (0-RTT, RFC 8446 §2.3) where a session that is resumed, or a pre-shared key, allows it
    /// (<c>s2n_send_early_data</c>). Default: none. <b>Whoever records it can send it again</b>: only for what may happen
    /// twice, such as reading something. It is not forward secret. docs/early-data.md has more.
    /// </summary>
    /// <remarks>
    /// It must not change before the handshake has ended. Then <see cref="S2nStream.EarlyDataStatus"/> says what has become of it: all or nothing. Unless it is
    /// <see cref="S2nEarlyDataStatus.Accepted"/>, the server's application has seen nothing, and it is for the caller to write it now. If the
    /// handshake fails, it is not known whether the server has acted on it.
    /// </remarks>
    public ReadOnlyMemory<byte> EarlyData { get; init; }
}
