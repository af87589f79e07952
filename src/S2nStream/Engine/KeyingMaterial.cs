using System.Buffers.Binary;
using System.Security.Cryptography;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// What only the two ends of a connection can compute from its secrets. Use it after the handshake, from any thread, also during reads and writes:
/// the secrets behind it no longer change.
/// </summary>
/// <param name="connection">Has the secrets.</param>
/// <param name="tls12">What a TLS 1.2 handshake left behind; null on other versions, and if it cannot be determined.</param>
internal readonly struct KeyingMaterial(ConnectionHandle connection, Tls12Handshake? tls12)
{
    private const int MasterSecretLength = 48;

    /// <summary>
    /// Whether keying material may be exported: on TLS 1.3 always; on TLS 1.2 only with the extended master secret, without which a man in the
    /// middle can have the same on two connections (RFC 7627 §5.4).
    /// </summary>
    internal bool CanBeExported =>
        S2n.s2n_connection_get_actual_protocol_version(connection) == ProtocolVersions.Tls13 || tls12 is { HasExtendedMasterSecret: true };

    /// <summary>Exports keying material (RFC 8446 §7.5, RFC 5705 §4). Only if <see cref="CanBeExported"/>.</summary>
    /// <param name="label">At most 249 bytes, s2n's limit.</param>
    /// <param name="context">At most 65535 bytes.</param>
    /// <param name="hasContext">On TLS 1.2 no context and an empty one differ; on TLS 1.3 they are the same.</param>
    /// <param name="destination">At least one byte, and at most 255 times the length of the suite's hash.</param>
    internal void Export(ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, bool hasContext, Span<byte> destination)
    {
        if (tls12 is { } handshake)
        {
            Export(handshake, label, context, hasContext, destination);
            return;
        }

        // s2n requires a context, though it may be empty.
        ReadOnlySpan<byte> given = context.IsEmpty ? [0] : context;
        S2nError.Check(S2n.s2n_connection_tls_exporter(
            connection, label, (uint)label.Length, given, (uint)context.Length, destination, (uint)destination.Length));
    }

    /// <summary>The content of the first Finished message of a TLS 1.2 handshake (RFC 5929 §3.1).</summary>
    /// <returns>False if there is none, it is not unique, or it cannot be determined.</returns>
    internal bool TryGetFirstFinished(Span<byte> destination)
    {
        if (tls12 is not { FinishedIsUnique: true } handshake)
        {
            return false;
        }

        Span<byte> masterSecret = stackalloc byte[MasterSecretLength];
        try
        {
            GetMasterSecret(masterSecret);
            handshake.ComputeFirstFinished(masterSecret, destination);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(masterSecret);
        }
    }

    private void Export(
        Tls12Handshake handshake, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, bool hasContext, Span<byte> destination)
    {
        byte[] seed = new byte[handshake.Randoms.Length + (hasContext ? 2 + context.Length : 0)];
        handshake.Randoms.CopyTo(seed, 0);
        if (hasContext)
        {
            BinaryPrimitives.WriteUInt16BigEndian(seed.AsSpan(handshake.Randoms.Length), (ushort)context.Length);
            context.CopyTo(seed.AsSpan(handshake.Randoms.Length + 2));
        }

        Span<byte> masterSecret = stackalloc byte[MasterSecretLength];
        try
        {
            GetMasterSecret(masterSecret);
            Tls12PseudorandomFunction.Expand(handshake.Hash, masterSecret, label, seed, destination);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(masterSecret);
        }
    }

    private void GetMasterSecret(Span<byte> destination) =>
        S2nError.Check(S2n.s2n_connection_get_master_secret(connection, destination, (nuint)destination.Length));
}
