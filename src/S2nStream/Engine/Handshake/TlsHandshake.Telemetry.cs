using S2nTls.Interop;
using S2nTls.Telemetry;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <content>What is reported of a successful handshake while s2n still has its messages.</content>
internal sealed partial class TlsHandshake
{
    private void TellSession()
    {
        if (SessionReport.IsWanted)
        {
            SessionReport.Tell(Connection.IsServer, Connection.Protocol, IsSessionOffered(), Connection.IsSessionResumed);
        }

        if (S2nMeter.EarlyData.Enabled && Connection.EarlyDataStatus is not S2nEarlyDataStatus.NotOffered and var status)
        {
            SessionReport.TellEarlyData(Connection.IsServer, status == S2nEarlyDataStatus.Accepted);
        }
    }

    /// <summary>A client's ticket is in its hello: on TLS 1.3 as a pre-shared key (RFC 8446 §4.2.11), before that in an extension of its own (RFC 5077).</summary>
    private bool IsSessionOffered() => Connection.IsServer
        ? _handle.Use(Connection.HasPreSharedKeys, static (connection, hasPreSharedKeys) =>
            NativeClientHello.Of(connection) is var hello &&
            (hello.HasExtension(ExtensionType.SessionTicket) || (!hasPreSharedKeys && hello.HasExtension(ExtensionType.PreSharedKey))))
        : Connection.Sessions is { HasOffered: true };
}
