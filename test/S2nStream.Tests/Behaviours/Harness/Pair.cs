namespace S2nTls.Tests.Behaviours;

/// <summary>Who talks to whom. The one named first is the one whose behaviour is looked at.</summary>
public enum Pair
{
    SslStreamAsClientOfSslStream,
    S2nStreamAsClientOfS2nStream,
    S2nStreamAsClientOfSslStream,
    S2nStreamAsServerOfSslStream,
}

public static class PairExtensions
{
    public static StreamKind Subject(this Pair pair) => StreamKind.Of(pair == Pair.SslStreamAsClientOfSslStream ? Kind.SslStream : Kind.S2nStream);

    public static StreamKind Peer(this Pair pair) => StreamKind.Of(pair == Pair.S2nStreamAsClientOfS2nStream ? Kind.S2nStream : Kind.SslStream);

    public static StreamKind Client(this Pair pair) => pair.SubjectIsServer() ? pair.Peer() : pair.Subject();

    public static StreamKind Server(this Pair pair) => pair.SubjectIsServer() ? pair.Subject() : pair.Peer();

    public static bool SubjectIsServer(this Pair pair) => pair == Pair.S2nStreamAsServerOfSslStream;
}
