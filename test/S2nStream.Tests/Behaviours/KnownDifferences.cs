namespace S2nTls.Tests.Behaviours;

/// <summary>
/// Where S2nStream differs from SslStream and nobody has decided that it should. Whoever makes it do the same
/// deletes the entry: the behaviours that name it then say where to expect SslStream's outcome of both.
/// Whoever decides that it should stay moves the entry to <see cref="Differences"/>.
/// </summary>
public static class KnownDifferences
{
    public static readonly Difference EndAfterDisposal = new(
        "EndRead after disposal, for a read that was over before",
        Ssl: "throws ObjectDisposedException",
        S2n: "gives the result",
        Why: "EndRead and EndWrite do not look at the stage.");

    public static readonly Difference EndBeforeAuthentication = new(
        "EndRead and EndWrite before authentication, with a foreign result",
        Ssl: "throw InvalidOperationException",
        S2n: "throw ArgumentException",
        Why: "EndRead and EndWrite do not look at the stage.");

    public static readonly Difference SideWhileAuthenticating = new(
        "IsServer while a server authenticates, or after it failed to",
        Ssl: "is true",
        S2n: "is false until the handshake has succeeded",
        Why: "The side is noted after the handshake.");

    public static readonly Difference AuthenticatedAfterDisposal = new(
        "IsAuthenticated, IsEncrypted and IsSigned after disposal",
        Ssl: "are false",
        S2n: "stay true",
        Why: "Disposal does not change the stage.");

    public static readonly Difference TargetHostAfterDisposal = new(
        "TargetHostName after disposal",
        Ssl: "is the target host",
        S2n: "throws ObjectDisposedException",
        Why: "It is treated as a property of the connection.");

    public static readonly Difference PeerClosesInHandshake = new(
        "A peer that closes the connection in the handshake",
        Ssl: "is an IOException",
        S2n: "is an AuthenticationException with an S2nException of type closed inside",
        Why: "Every S2nException of a handshake is wrapped.");

    public static readonly Difference EmptyWriteBesideAWrite = new(
        "A write of nothing while another write is going on",
        Ssl: "succeeds",
        S2n: "throws NotSupportedException",
        Why: "The turn is taken before the length is looked at.");

    public static readonly Difference ArgumentsBeforeStage = new(
        "Reads and writes with arguments that are refused, on a stream that is not authenticated or is disposed",
        Ssl: "throw InvalidOperationException or ObjectDisposedException",
        S2n: "throw ArgumentException",
        Why: "The arguments are checked before the stage.");

    public static readonly Difference UnusualFailureOfInnerStream = new(
        "A read or write whose inner stream throws something else than an IOException",
        Ssl: "throws an IOException with that inside",
        S2n: "throws it as it is",
        Why: "Nothing is wrapped.");

    /// <summary>All of them.</summary>
    public static IEnumerable<Difference> All => Difference.ListedIn(typeof(KnownDifferences));
}
