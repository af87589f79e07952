using System.Net;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates;
using S2nTls.Engine;

namespace S2nTls;

public partial class S2nStream
{
    private static readonly byte[] s_tlsExporterLabel = "EXPORTER-Channel-Binding"u8.ToArray(); // RFC 9266 §2
    private const int TlsExporterLength = 32;

    /// <summary>
    /// Gives channel bindings, which tie an authentication inside the connection to it (RFC 5056), so that a man in the middle cannot relay it.
    /// See docs/channel-bindings.md.
    /// </summary>
    /// <remarks>
    /// <para><see cref="ChannelBindingKind.Endpoint"/> is <c>tls-server-end-point</c> (RFC 5929 §4), the hash of the server's certificate, on both
    /// sides. <see cref="ChannelBindingKind.Unique"/> is <c>tls-unique</c> (RFC 5929 §3), the first Finished message, on TLS 1.2; it is not
    /// defined for TLS 1.3, where <see cref="GetTlsExporterChannelBinding"/> takes its place.</para>
    /// <para><see cref="TransportContext.GetChannelBinding"/> returns null for a binding that is not defined for this connection, and before
    /// authentication. After disposal it throws <see cref="ObjectDisposedException"/>. Bindings have the same layout as SslStream's, which
    /// <see cref="System.Net.Security.NegotiateAuthentication"/> accepts; each belongs to the caller. Thread-safe.</para>
    /// </remarks>
    public TransportContext TransportContext => new S2nTransportContext(this);

    /// <summary>
    /// Gives the channel binding <c>tls-exporter</c> (RFC 9266): 32 bytes that only the two ends of this connection know, in the same layout as
    /// those of <see cref="TransportContext"/>. Use it on TLS 1.3.
    /// </summary>
    /// <returns>
    /// The binding, which belongs to the caller. Null if it is not defined: on TLS 1.2 with a peer that does not support the extended master
    /// secret (RFC 7627), and before TLS 1.2.
    /// </returns>
    /// <remarks>Thread-safe.</remarks>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public ChannelBinding? GetTlsExporterChannelBinding()
    {
        TlsConnection connection = Authenticated();
        if (!connection.KeyingMaterial.CanBeExported)
        {
            return null;
        }

        Span<byte> data = stackalloc byte[TlsExporterLength];
        connection.KeyingMaterial.Export(s_tlsExporterLabel, context: [], hasContext: true, data);
        return new TlsChannelBinding("tls-exporter:"u8, data);
    }

    /// <summary>The result of the transport context.</summary>
    internal ChannelBinding? GetChannelBinding(ChannelBindingKind kind)
    {
        ThrowIfDisposed();
        if (CurrentStage != Stage.Authenticated)
        {
            return null; // like SslStream
        }

        return kind switch
        {
            ChannelBindingKind.Unique => GetUniqueBinding(_connection!),
            ChannelBindingKind.Endpoint => GetEndpointBinding(),
            _ => null,
        };
    }

    private static TlsChannelBinding? GetUniqueBinding(TlsConnection connection)
    {
        Span<byte> finished = stackalloc byte[Tls12Handshake.FinishedLength];
        return connection.KeyingMaterial.TryGetFirstFinished(finished) ? new TlsChannelBinding("tls-unique:"u8, finished) : null;
    }

    private TlsChannelBinding? GetEndpointBinding()
    {
        byte[]? certificate = (_isServer ? LocalCertificate : RemoteCertificate)?.GetRawCertData();
        return certificate is not null && CertificateSignatureHash.Of(certificate) is { } hash
            ? new TlsChannelBinding("tls-server-end-point:"u8, CryptographicOperations.HashData(hash, certificate))
            : null;
    }

    private sealed class S2nTransportContext(S2nStream stream) : TransportContext
    {
        public override ChannelBinding? GetChannelBinding(ChannelBindingKind kind) => stream.GetChannelBinding(kind);
    }
}
