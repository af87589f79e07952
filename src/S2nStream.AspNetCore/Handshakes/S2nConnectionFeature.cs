using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>What was negotiated. Requests end before their connection, so the stream can be queried; what every request needs is cached.</summary>
internal sealed class S2nConnectionFeature(S2nStream stream)
    : IS2nConnectionFeature, ITlsConnectionFeature, ITlsHandshakeFeature, ITlsApplicationProtocolFeature
{
    private X509Certificate2? _replacement;
    private bool _isReplaced;

    public S2nStream Stream { get; } = stream;

    public TlsNamedGroup? KeyExchangeGroup => Stream.KeyExchangeGroup;

    public bool IsSessionResumed => Stream.IsSessionResumed;

    public S2nHandshakeTypes HandshakeTypes => Stream.HandshakeTypes;

    public SslProtocols Protocol { get; } = stream.SslProtocol;

    public TlsCipherSuite? NegotiatedCipherSuite => Stream.NegotiatedCipherSuite;

    public ReadOnlyMemory<byte> ApplicationProtocol { get; } = stream.NegotiatedApplicationProtocol.Protocol;

    public string HostName => Stream.TargetHostName;

    public X509Certificate2? ClientCertificate
    {
        get => _isReplaced ? _replacement : (X509Certificate2?)Stream.RemoteCertificate;
        set
        {
            _replacement = value;
            _isReplaced = true;
        }
    }

    /// <summary>s2n asks for a certificate during the handshake or never.</summary>
    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);

#pragma warning disable SYSLIB0058 // the interface has them
    public CipherAlgorithmType CipherAlgorithm => Stream.CipherAlgorithm;

    public int CipherStrength => Stream.CipherStrength;

    public HashAlgorithmType HashAlgorithm => Stream.HashAlgorithm;

    public int HashStrength => Stream.HashStrength;

    public ExchangeAlgorithmType KeyExchangeAlgorithm => Stream.KeyExchangeAlgorithm;

    public int KeyExchangeStrength => Stream.KeyExchangeStrength;
#pragma warning restore SYSLIB0058
}
