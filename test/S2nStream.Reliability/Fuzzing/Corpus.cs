namespace S2nTls.Reliability.Fuzzing;

/// <summary>First flights of real implementations: a client's, and a server's in answer to this library's client.</summary>
internal sealed record Corpus(IReadOnlyList<byte[]> ClientFlights, IReadOnlyList<byte[]> ServerFlights);
