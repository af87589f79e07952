using S2nTls.Interop;

namespace S2nTls.Tests.Behaviours;

/// <summary>
/// Where S2nStream intentionally differs from SslStream. Every behaviour that shows a difference names it, so this list is complete.
/// </summary>
public static class Differences
{
    public static readonly Difference FlushAfterDisposal = new(
        "Flush and FlushAsync after disposal, if the inner stream was left open",
        Ssl: "flush the inner stream",
        S2n: "throw ObjectDisposedException",
        Why: "A disposed stream does nothing more; its owner has the inner stream back.");

    public static readonly Difference LengthOfInnerStream = new(
        "Length, Position and SetLength over an inner stream that has a length",
        Ssl: "those of the inner stream",
        S2n: "throw NotSupportedException",
        Why: "The length of ciphertext says nothing about the data, and CanSeek is false.");

    public static readonly Difference CopyToBeforeAuthentication = new(
        "CopyTo and CopyToAsync before authentication",
        Ssl: "throw ObjectDisposedException, because the base class takes a stream that cannot be read for a closed one",
        S2n: "throw InvalidOperationException",
        Why: "Nothing is disposed: the message should say what is missing, as for a read.");

    public static readonly Difference InnerException = new(
        "The AuthenticationException for an untrusted certificate",
        Ssl: "has no inner exception; on .NET 11: says that the reason is inside, in another AuthenticationException",
        S2n: "says the reason, and has an S2nException inside, with s2n's name for the error",
        Why: "More information, in a place that SslStream leaves empty.");

    public static readonly Difference CancelledBeforeItBegan = new(
        "A read or write whose token is already cancelled",
        Ssl: "starts: a read returns decrypted data, a write of nothing succeeds, and other writes are encrypted and lost, after which the peer can decrypt nothing",
        S2n: "does nothing and throws OperationCanceledException",
        Why: "A call that is refused must not have had an effect.");

    public static readonly Difference CancelledWrite = new(
        "A cancelled write over an inner stream that has written part of it",
        Ssl: "tears the record: the peer can decrypt nothing more",
        S2n: "continues to be sent, and the next write follows it",
        Why: "A cancelled write must not end the connection.");

    public static readonly Difference CancelledRead = new(
        "A cancelled read over an inner stream that then loses what it has read",
        Ssl: "loses the bytes: what follows cannot be decrypted",
        S2n: "loses nothing",
        Why: "A cancelled read must not end the connection.");

    public static readonly Difference TokenOfInnerStream = new(
        "The caller's token",
        Ssl: "is passed to the inner stream's reads and writes",
        S2n: "is not passed on: the caller leaves, and the operation continues",
        Why: "So cancelled reads and writes do no harm.");

    public static readonly Difference HandshakeCancelledBeforeItBegan = new(
        "A handshake whose token is already cancelled",
        Ssl: "starts; another one waits forever",
        S2n: "does not start: another one may",
        Why: "A call that is refused must not have had an effect.");

    public static readonly Difference InnerDisposals = new(
        "A second disposal",
        Ssl: "disposes the inner stream again",
        S2n: "does nothing",
        Why: "Once is enough, and the inner stream may have another owner by then.");

    public static readonly Difference PendingAtDisposal = new(
        "A handshake, read or write in progress when the stream is disposed",
        Ssl: "throws IOException or ObjectDisposedException, depending on the inner stream and the timing",
        S2n: "throws ObjectDisposedException",
        Why: "It is the same over every inner stream, and the caller can tell it from a failed connection.");

    public static readonly Difference PendingAtDisposalLeftOpen = new(
        "A read in progress when the stream is disposed and the inner stream is left open",
        Ssl: "continues to wait, and takes the next bytes from the inner stream",
        S2n: "ends at once",
        Why: "The owner has the inner stream back: nothing else may read from it.");

    public static readonly Difference CloseNotifyAtDisposal = new(
        "Disposal of an open stream",
        Ssl: "sends nothing",
        S2n: "sends close_notify",
        Why: "The peer can tell the end from truncation (RFC 8446 §6.1).");

    public static readonly Difference SecondShutdown = new(
        "A second ShutdownAsync",
        Ssl: "throws InvalidOperationException",
        S2n: "does nothing",
        Why: "The write side is closed, as requested.");

    public static readonly Difference ShutdownBesideAWrite = new(
        "ShutdownAsync during a write",
        Ssl: "sends close_notify in the middle of the data",
        S2n: "waits for the write",
        Why: "What was written before the shutdown must come before the end.");

    public static readonly Difference Truncation = new(
        "The transport's end without close_notify",
        Ssl: "is the end of the data",
        S2n: "is an S2nException of type closed; with IgnoreUnexpectedEof it is the end",
        Why: "Someone on the path may have cut the data short (RFC 8446 §6.1).");

    public static readonly Difference WriteOfNull = new(
        "Write(byte[]) of null",
        Ssl: "throws NullReferenceException",
        S2n: "throws ArgumentNullException",
        Why: "The mistake is the caller's.");

    public static readonly Difference SecondAuthentication = new(
        "Authenticating an authenticated stream",
        Ssl: "succeeds without effect; as the other side, it waits forever",
        S2n: "throws InvalidOperationException",
        Why: "The second call's settings would be silently ignored.");

    public static readonly Difference CallsAfterAFailedHandshake = new(
        "Reads, writes and properties such as SslProtocol after a failed or cancelled handshake",
        Ssl: "throw InvalidOperationException, as if there had been no handshake",
        S2n: "throw what the handshake threw",
        Why: "The message should say why the stream is not authenticated.");

    public static readonly Difference HandshakeAfterAFailedOne = new(
        "Authenticating after a failed or cancelled handshake",
        Ssl: "continues with what is left of the first handshake, and waits forever or throws something else",
        S2n: "throws what the first handshake threw",
        Why: "A handshake cannot be resumed.");

    public static readonly Difference WriteAfterAFailedOne = new(
        "A write after one that the inner stream refused",
        Ssl: "is sent, and the peer cannot decrypt it",
        S2n: "throws what the first one threw",
        Why: "A record is missing: nothing after it can be decrypted.");

    public static readonly Difference UniqueOnTls13 = new(
        "The channel binding tls-unique on TLS 1.3",
        Ssl: "is made from a Finished message, as on TLS 1.2",
        S2n: "is null; use GetTlsExporterChannelBinding instead",
        Why: "It is not defined there (RFC 8446 appendix C.5), and no other implementation would have it.");

    public static readonly Difference EndpointOnServer = new(
        "The channel binding tls-server-end-point on a server",
        Ssl: "is that of the client's certificate; without one, it throws",
        S2n: "is that of the server's certificate",
        Why: "On both sides it is the server's (RFC 5929 §4): otherwise it binds nothing.");

    public static readonly Difference EndpointOfPss = new(
        "The channel binding tls-server-end-point for a certificate signed with RSASSA-PSS",
        Ssl: "throws ArgumentException",
        S2n: "is made with the hash in the signature's parameters",
        Why: "RFC 5929 §4.1 defines it.");

    public static readonly Difference RevocationByPolicy = new(
        "CheckCertRevocationStatus if it is the CertificateChainPolicy that requires the check",
        Ssl: "is false: it reflects only CertificateRevocationCheckMode",
        S2n: "is true",
        Why: "The policy replaces the mode, and revocation is checked.");

    public static readonly Difference LateClientCertificate = new(
        "NegotiateClientCertificateAsync on a server",
        Ssl: "asks for the certificate on the established connection",
        S2n: "throws NotSupportedException",
        Why: "s2n neither renegotiates as a server nor supports post-handshake authentication.");

    public static readonly Difference LocalCertificatesKey = new(
        "The private key in LocalCertificate",
        Ssl: "is there, as given",
        S2n: "is not",
        Why: "It is the certificate that was sent; the key is s2n's, or the caller's.");

    public static readonly Difference RecordsPerInnerWrite = new(
        "A large write",
        Ssl: "writes to the inner stream once for every record",
        S2n: "writes to the inner stream once for every four",
        Why: "Fewer system calls.");

    public static readonly Difference CertificatesWithoutKey = new(
        "ClientCertificates, without a callback, if the first has no private key",
        Ssl: "sends none",
        S2n: "sends the first that has one",
        Why: "The others are there to be used, and a server that asks would refuse a client without one.");

    public static readonly Difference OddTargetHost = new(
        "A TargetHost with an empty label, with some control characters, or of more than 255 characters",
        Ssl: "is taken; on .NET 11: so is one with half of a surrogate pair",
        S2n: "throws ArgumentException, as SslStream does for other names that are none",
        Why: "What is sent or compared would not be what the caller wrote.");

    public static readonly Difference NoOptionsChosen = new(
        "A ServerOptionsSelectionCallback that returns null",
        Ssl: "throws NullReferenceException",
        S2n: "throws an InvalidOperationException that names the callback",
        Why: "The mistake is the caller's, and should be easy to find.");

    public static readonly Difference ProtocolsOfTheHello = new(
        "SslClientHelloInfo.SslProtocols for a client that offers TLS 1.2 and 1.3",
        Ssl: "is TLS 1.0 and 1.2: the versions of the record and of the hello; on .NET 11: is TLS 1.0, 1.2 and 1.3",
        S2n: "is TLS 1.2 and 1.3",
        Why: "It is what the client offers (RFC 8446 §4.2.1).");

    public static readonly Difference CloseNotifyInsteadOfAHello = new(
        "A server that answers the client's hello with close_notify",
        Ssl: "is an AuthenticationException; on .NET 11: is waited for until the connection ends, which is an IOException",
        S2n: "is an AuthenticationException",
        Why: "Nothing can follow close_notify (RFC 8446 §6.1).");

    public static readonly Difference AskedAfterARefusal = new(
        "SslProtocol and what else was negotiated, after the client has refused the server's certificate",
        Ssl: "throw the AuthenticationException; on .NET 11: are told",
        S2n: "throw the AuthenticationException",
        Why: "There is no connection of which they could be told; in the callback they are told.");

    public static readonly Difference ZeroInApplicationProtocol = new(
        "An application protocol whose name contains a zero byte",
        Ssl: "is offered as it is",
        S2n: "is refused with a NotSupportedException that names the option",
        Why: "s2n takes a zero byte for the name's end. No registered name has one.");

    public static readonly Difference NoEncryption = new(
        "EncryptionPolicy.NoEncryption",
        Ssl: "offers suites that do not encrypt, if OpenSSL has them; usually the handshake fails",
        S2n: "is refused with a NotSupportedException that names it",
        Why: "s2n always encrypts.");

    public static readonly Difference WriteAfterThePeersEnd = new(
        "A write on TLS 1.2 after a read has met the peer's close_notify",
        Ssl: "is sent",
        S2n: "is an S2nException of type closed, which says so; ShutdownAsync still answers with close_notify",
        Why: "Before TLS 1.3 close_notify ends both directions (RFC 5246 §7.2.1), and s2n sends no data after it. What is written before a read meets it is sent.");

    public static readonly Difference ManyWarnings = new(
        "More than four warning alerts in a row",
        Ssl: "end the connection",
        S2n: "are ignored like the first four",
        Why: "s2n does not count them. They cost the peer as much as they cost this side.");

    public static readonly Difference NoRenegotiationAsWarning = new(
        "The warning alert no_renegotiation during a handshake",
        Ssl: "ends the handshake",
        S2n: "is ignored",
        Why: "s2n never asks for a renegotiation, so the alert refuses nothing.");

    public static readonly Difference AllowNoEncryption = new(
        "EncryptionPolicy.AllowNoEncryption",
        Ssl: "also offers suites that do not encrypt, if OpenSSL has them",
        S2n: "is the same as RequireEncryption",
        Why: "s2n always encrypts.");

    public static readonly Difference TrailingDot = new(
        "The dot at the end of a target host (example.com.)",
        Ssl: "is sent in the server name",
        S2n: "is not sent",
        Why: "RFC 6066 §3 defines names without it, and many servers do not know names with it.");

    public static readonly Difference NoCertificateSelected = new(
        "A ServerCertificateSelectionCallback that returns null",
        Ssl: "tells the client nothing: it sees the connection end",
        S2n: "sends the client the alert internal_error",
        Why: "The client does not have to guess. The server's own exception is an AuthenticationException on both.");

    public static readonly Difference StreamOfOptionsCallback = new(
        "The first argument of a ServerOptionsSelectionCallback",
        Ssl: "is the SslStream",
        S2n: "is null",
        Why: "Its type is SslStream.");

    public static readonly Difference ResumptionWithClientCertificate = new(
        "Resumption at a server that asks for client certificates",
        Ssl: "resumes the session, and takes the client's certificate from it",
        S2n: "performs a full handshake every time",
        Why: "s2n's sessions do not carry the certificate, so the server would not know the client.");

    public static readonly Difference SocketAfterAnError = new(
        "The inner stream after a peer's error that might be an attack",
        Ssl: "is closed by Dispose at once",
        S2n: "is closed 10 to 30 seconds later, in the background",
        Why: "s2n's defence against timing attacks. A refused certificate is not delayed; an S2nContext can change the time (MaxBlindingDelay).");

    public static readonly Difference NoSecureRenegotiation = new(
        "A TLS 1.2 server without secure renegotiation (RFC 5746)",
        Ssl: "is refused by OpenSSL 3, unless its configuration allows it",
        S2n: "is accepted",
        Why: "The attack needs a client that renegotiates, and s2n never does.");

    public static readonly Difference RuntimesTelemetry = new(
        "The event source System.Net.Security and its counters",
        Ssl: "report every handshake",
        S2n: "report nothing: the event source S2nTls does, with the same events and counters",
        Why: "They belong to the runtime, and nothing else can raise them.");

    /// <summary>All of them.</summary>
    public static IEnumerable<Difference> All => Difference.ListedIn(typeof(Differences));
}
