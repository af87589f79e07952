using System.Buffers.Binary;
using System.Security.Cryptography;
using S2nTls.Engine.Handshake;
using S2nTls.Interop;

namespace S2nTls.Engine;

/// <summary>
/// What the two ends of a connection, and nobody else, can compute from its secrets. To be asked after the
/// handshake, from any thread, beside reads and writes: the secrets behind it do not change any more.
/// </summary>
internal sealed unsafe partial class TlsEngine
{
    private const int MasterSecretLength = 48;

    /// <summary>Until the handshake is over; then what is left of it is in <see cref="_tls12Handshake"/>.</summary>
    private HandshakeTranscript? _transcript = new();
    private Tls12Handshake? _tls12Handshake;

    /// <summary>
    /// Whether keying material may be exported: on TLS 1.3 always; on TLS 1.2 only with the extended master
    /// secret, without which somebody in the middle can have the same on two connections (RFC 7627 §5.4).
    /// </summary>
    internal bool CanExportKeyingMaterial => IsTls13 || _tls12Handshake is { HasExtendedMasterSecret: true };

    private bool IsTls13 => S2n.s2n_connection_get_actual_protocol_version(_connection) == ProtocolVersions.Tls13;

    /// <summary>Exports keying material (RFC 8446 §7.5, RFC 5705 §4). Only where <see cref="CanExportKeyingMaterial"/>.</summary>
    /// <param name="label">At most 249 bytes, which is what s2n takes.</param>
    /// <param name="context">At most 65535 bytes.</param>
    /// <param name="hasContext">On TLS 1.2 no context and an empty one are not the same; on TLS 1.3 they are.</param>
    /// <param name="destination">At least one byte, and at most 255 times the length of the suite's hash.</param>
    internal void ExportKeyingMaterial(ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, bool hasContext, Span<byte> destination)
    {
        if (_tls12Handshake is { } handshake)
        {
            ExportKeyingMaterial(handshake, label, context, hasContext, destination);
            return;
        }

        // s2n insists on a context, though it may be empty.
        ReadOnlySpan<byte> given = context.IsEmpty ? [0] : context;

        // s2n uses all three during the call only.
        fixed (byte* labelBytes = label, contextBytes = given, output = destination)
        {
            S2nError.ThrowIf(S2n.s2n_connection_tls_exporter(
                _connection, labelBytes, (uint)label.Length, contextBytes, (uint)context.Length, output, (uint)destination.Length) != S2n.Success);
        }
    }

    /// <summary>The content of the first Finished message of a TLS 1.2 handshake (RFC 5929 §3.1).</summary>
    /// <returns>False where there is none, where it is not unique, or where it cannot be told.</returns>
    internal bool TryGetFirstFinished(Span<byte> destination)
    {
        if (_tls12Handshake is not { FinishedIsUnique: true } handshake)
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

    private void ExportKeyingMaterial(
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

    private void GetMasterSecret(Span<byte> destination)
    {
        fixed (byte* output = destination)
        {
            S2nError.ThrowIf(S2n.s2n_connection_get_master_secret(_connection, output, (nuint)destination.Length) != S2n.Success);
        }
    }

    private void SummarizeHandshake()
    {
        if (S2n.s2n_connection_get_actual_protocol_version(_connection) == ProtocolVersions.Tls12)
        {
            _tls12Handshake = _transcript?.Summarize(CipherSuite, _isServer);
        }

        _transcript?.Release();
        _transcript = null;
    }
}
