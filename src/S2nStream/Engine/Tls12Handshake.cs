using System.Security.Cryptography;

namespace S2nTls.Engine;

/// <summary>What a TLS 1.2 handshake leaves behind for channel bindings and exporters. None of it is secret.</summary>
/// <param name="Hash">The hash of the cipher suite's PRF.</param>
/// <param name="Randoms">The client's random and the server's, 64 bytes.</param>
/// <param name="TranscriptHash">The hash of the messages before the first Finished.</param>
/// <param name="ClientFinishedFirst">Whether that Finished was the client's, as in a full handshake; in a resumed one it is the server's.</param>
/// <param name="HasExtendedMasterSecret">Whether the master secret covers the whole handshake (RFC 7627).</param>
internal sealed record Tls12Handshake(
    HashAlgorithmName Hash, byte[] Randoms, byte[] TranscriptHash, bool ClientFinishedFirst, bool HasExtendedMasterSecret)
{
    /// <summary>The length of a Finished message's content (RFC 5246 §7.4.9), for all cipher suites that s2n has.</summary>
    internal const int FinishedLength = 12;

    /// <summary>
    /// Whether no other connection can have the same first Finished. Without the extended master secret a resumed handshake proves nothing: a man
    /// in the middle can create two sessions with the same master secret, and relay the resumption from one to the other (RFC 7627 §1).
    /// </summary>
    internal bool FinishedIsUnique => HasExtendedMasterSecret || ClientFinishedFirst;

    /// <summary>Computes the content of the first Finished message (RFC 5246 §7.4.9).</summary>
    internal void ComputeFirstFinished(ReadOnlySpan<byte> masterSecret, Span<byte> destination) =>
        Tls12PseudorandomFunction.Expand(
            Hash, masterSecret, ClientFinishedFirst ? "client finished"u8 : "server finished"u8, TranscriptHash, destination[..FinishedLength]);
}
