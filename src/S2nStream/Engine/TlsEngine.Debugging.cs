using S2nTls.Context;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine;

/// <summary>What helps to find out what a connection does.</summary>
internal sealed unsafe partial class TlsEngine
{
    private KeyLogFile? _keyLog;

    internal long WireBytesReceived => (long)S2n.s2n_connection_get_wire_bytes_in(_connection);

    internal long WireBytesSent => (long)S2n.s2n_connection_get_wire_bytes_out(_connection);

    internal string HandshakeType => ReadText(static connection => (nint)S2n.s2n_connection_get_handshake_type_name(connection)) ?? string.Empty;

    /// <summary>Writes a line to the key log, if there is one: a file, which may be a pipe that nobody empties, or on a server that does not answer.</summary>
    /// <param name="line">Valid for the call.</param>
    /// <param name="length">Its length.</param>
    private void Log(byte* line, int length)
    {
        if (_keyLog is { } log)
        {
            Ask((log, line: (nint)line, length), static written =>
            {
                written.log.Append(new ReadOnlySpan<byte>((byte*)written.line, written.length));
                return true;
            });
        }
    }

    /// <summary>The handshake's message that s2n was at last; null where it was at none.</summary>
    private string? LastMessage => ReadText(static connection => (nint)S2n.s2n_connection_get_last_message_name(connection));
}
