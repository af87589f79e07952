using System.Collections.Frozen;
using System.Text;
using S2nTls.Engine;

namespace S2nTls;

public partial class S2nStream
{
    /// <summary>What RFC 8446 §7.1 allows for SHA-256, the shortest hash; the same for all suites, so that what works does not depend on the negotiation.</summary>
    private const int MaxKeyingMaterial = 255 * 32;

    /// <summary>The room for the label in s2n's HKDF; nearly all of what RFC 8446 §7.1 allows.</summary>
    private const int MaxExporterLabel = 249;

    /// <summary>TLS's own labels: on TLS 1.2 some would export the connection's own secrets (RFC 5705 §4, RFC 7627 §6).</summary>
    private static readonly FrozenSet<string> s_reservedLabels = FrozenSet.ToFrozenSet(
        ["client finished", "server finished", "master secret", "extended master secret", "key expansion"], StringComparer.Ordinal);

    /// <summary>
    /// Exports keying material: bytes that both ends of this connection, and nobody else, get for the same label, context and length (RFC 8446
    /// §7.5, <c>s2n_connection_tls_exporter</c>; RFC 5705 on TLS 1.2). For protocols that derive keys from the connection or bind something to it.
    /// </summary>
    /// <param name="label">
    /// What the bytes are for: 1 to 249 ASCII characters. It should be in IANA's registry of exporter labels, or begin with <c>EXPERIMENTAL</c>.
    /// </param>
    /// <param name="length">How many bytes: 1 to 8160.</param>
    /// <returns>The bytes. They are secret: wipe them after use.</returns>
    /// <remarks>
    /// Without a context. TLS 1.3 treats that as an empty context; on TLS 1.2 the two give different bytes (RFC 5705 §4), so both ends must call
    /// the same overload. Thread-safe, also during reads and writes.
    /// </remarks>
    /// <exception cref="ArgumentException">The label is empty, too long, not ASCII, or one of TLS's own.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is out of range.</exception>
    /// <exception cref="InvalidOperationException">The stream is not authenticated.</exception>
    /// <exception cref="NotSupportedException">
    /// The connection uses TLS 1.2 and the peer does not support the extended master secret, without which nothing may be exported (RFC 7627
    /// §5.4); or it uses an older version.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public byte[] ExportKeyingMaterial(string label, int length) => ExportKeyingMaterial(label, context: [], hasContext: false, length);

    /// <summary><inheritdoc cref="ExportKeyingMaterial(string, int)" path="/summary/node()"/></summary>
    /// <param name="label"><inheritdoc cref="ExportKeyingMaterial(string, int)" path="/param[@name='label']"/></param>
    /// <param name="context">The context, known to both ends: at most 65535 bytes. An empty one is a context too.</param>
    /// <param name="length"><inheritdoc cref="ExportKeyingMaterial(string, int)" path="/param[@name='length']"/></param>
    /// <remarks>Thread-safe, also during reads and writes.</remarks>
    /// <exception cref="ArgumentException">The label is empty, too long, not ASCII, or one of TLS's own; or the context is too long.</exception>
    /// <inheritdoc cref="ExportKeyingMaterial(string, int)" path="/returns|/exception[not(@cref='T:System.ArgumentException')]"/>
    public byte[] ExportKeyingMaterial(string label, ReadOnlySpan<byte> context, int length) =>
        ExportKeyingMaterial(label, context, hasContext: true, length);

    /// <inheritdoc cref="ExportKeyingMaterial(string, int)" path="/summary|/remarks|/exception[not(@cref='T:System.ArgumentException') and not(@cref='T:System.ArgumentOutOfRangeException')]"/>
    /// <param name="label"><inheritdoc cref="ExportKeyingMaterial(string, int)" path="/param[@name='label']"/></param>
    /// <param name="destination">Receives 1 to 8160 bytes. They are secret: wipe them after use.</param>
    /// <exception cref="ArgumentException">The label is empty, too long, not ASCII, or one of TLS's own; or the destination is empty or too long.</exception>
    public void ExportKeyingMaterial(string label, Span<byte> destination) =>
        ExportKeyingMaterial(label, context: [], hasContext: false, destination);

    /// <inheritdoc cref="ExportKeyingMaterial(string, Span{byte})" path="/summary|/exception[not(@cref='T:System.ArgumentException')]"/>
    /// <param name="label"><inheritdoc cref="ExportKeyingMaterial(string, int)" path="/param[@name='label']"/></param>
    /// <param name="context"><inheritdoc cref="ExportKeyingMaterial(string, ReadOnlySpan{byte}, int)" path="/param[@name='context']"/></param>
    /// <param name="destination"><inheritdoc cref="ExportKeyingMaterial(string, Span{byte})" path="/param[@name='destination']"/></param>
    /// <remarks>Thread-safe, also during reads and writes.</remarks>
    /// <exception cref="ArgumentException">
    /// The label is empty, too long, not ASCII, or one of TLS's own; or the length of the context or the destination is out of range.
    /// </exception>
    public void ExportKeyingMaterial(string label, ReadOnlySpan<byte> context, Span<byte> destination) =>
        ExportKeyingMaterial(label, context, hasContext: true, destination);

    private byte[] ExportKeyingMaterial(string label, ReadOnlySpan<byte> context, bool hasContext, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxKeyingMaterial);
        byte[] material = new byte[length];
        ExportKeyingMaterial(label, context, hasContext, material);
        return material;
    }

    private void ExportKeyingMaterial(string label, ReadOnlySpan<byte> context, bool hasContext, Span<byte> destination)
    {
        CheckLabel(label);
        if (context.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"The context has more than {ushort.MaxValue} bytes.", nameof(context));
        }

        if (destination.IsEmpty || destination.Length > MaxKeyingMaterial)
        {
            throw new ArgumentException($"The destination must have 1 to {MaxKeyingMaterial} bytes.", nameof(destination));
        }

        TlsConnection connection = Authenticated();
        if (!connection.KeyingMaterial.CanBeExported)
        {
            throw new NotSupportedException(
                "This connection has no keying material to export: its TLS version is older than 1.2, or it is 1.2 and the peer does not support the extended master secret (RFC 7627), without which an exporter is not safe.");
        }

        connection.KeyingMaterial.Export(Encoding.ASCII.GetBytes(label), context, hasContext, destination);
    }

    private static void CheckLabel(string label)
    {
        ArgumentException.ThrowIfNullOrEmpty(label);
        if (label.Length > MaxExporterLabel || !Ascii.IsValid(label))
        {
            throw new ArgumentException($"The label must have 1 to {MaxExporterLabel} ASCII characters.", nameof(label));
        }

        if (s_reservedLabels.Contains(label))
        {
            throw new ArgumentException($"The label \"{label}\" is reserved for TLS itself.", nameof(label));
        }
    }
}
