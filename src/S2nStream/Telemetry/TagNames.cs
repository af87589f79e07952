namespace S2nTls.Telemetry;

/// <summary>The names of tags: OpenTelemetry's where it has one. docs/observability.md has their values.</summary>
internal static class TagNames
{
    internal const string ProtocolName = "tls.protocol.name";
    internal const string ProtocolVersion = "tls.protocol.version";
    internal const string Cipher = "tls.cipher";
    internal const string Curve = "tls.curve";
    internal const string Resumed = "tls.resumed";
    internal const string NextProtocol = "tls.next_protocol";
    internal const string ErrorType = "error.type";
    internal const string Direction = "network.io.direction";
    internal const string ServerAddress = "server.address";
    internal const string PeerAddress = "network.peer.address";
    internal const string PeerPort = "network.peer.port";

    internal const string Side = "s2n.side";
    internal const string Alert = "s2n.alert";
    internal const string ErrorName = "s2n.error.name";
    internal const string LastMessage = "s2n.handshake.last_message";
    internal const string EarlyDataOutcome = "s2n.early_data.outcome";
    internal const string BlindingBudget = "s2n.blinding.budget";
    internal const string BlindingOutcome = "s2n.blinding.outcome";
    internal const string TicketKeyState = "s2n.ticket_key.state";
}
