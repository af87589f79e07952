namespace S2nTls.Testing;

/// <summary>Something failed while a <see cref="PeerProgram"/> was at the other end: the message tells what that has said.</summary>
public sealed class PeerProgramException(string message, Exception cause) : Exception(message, cause);
