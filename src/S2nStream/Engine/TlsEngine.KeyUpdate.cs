using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>New keys for a connection that goes on (RFC 8446 §4.6.3).</summary>
internal sealed unsafe partial class TlsEngine
{
    internal (byte Sent, byte Received) KeyUpdateCounts
    {
        get
        {
            S2nError.ThrowIf(S2n.s2n_connection_get_key_update_counts(_connection, out byte sent, out byte received) != S2n.Success);
            return (sent, received);
        }
    }

    /// <summary>Appends a KeyUpdate; what is encrypted afterwards has new keys.</summary>
    /// <exception cref="NotSupportedException">The connection is older than TLS 1.3.</exception>
    /// <exception cref="S2nException">The connection is closed for writing or dead.</exception>
    internal void UpdateKeys()
    {
        ThrowIfFaulted();
        if (EndsBothSides)
        {
            throw new NotSupportedException("TLS 1.2 has no KeyUpdate: only a new connection has new keys.");
        }

        bool isSent;
        lock (_sending)
        {
            // s2n only notes the wish, and sends the message before the next data; or with this call, which after
            // the handshake does nothing else.
            isSent = S2n.s2n_connection_request_key_update(_connection, 0) == S2n.Success && S2n.s2n_negotiate(_connection, out _) == S2n.Success;
        }

        if (!isSent)
        {
            throw FailWrite(LastError());
        }
    }
}
