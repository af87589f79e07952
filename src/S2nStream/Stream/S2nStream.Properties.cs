using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Names;
using S2nTls.Engine;

namespace S2nTls;

public partial class S2nStream
{
    private bool _isServer;
    private string _targetHost = string.Empty;
    private X509Certificate2? _remoteCertificate;

    /// <summary>Whether the handshake has succeeded and the stream is not disposed.</summary>
    public override bool IsAuthenticated => CurrentStage == Stage.Authenticated && !IsDisposed;

    /// <summary>Whether both sides have shown a certificate.</summary>
    public override bool IsMutuallyAuthenticated =>
        IsAuthenticated && (_isServer ? _connection!.IsClientCertificateUsed : _connection!.IsClientCertificateUsed && RemoteCertificate is not null);

    /// <summary>Whether data is encrypted: once authenticated, always.</summary>
    public override bool IsEncrypted => IsAuthenticated;

    /// <summary>Whether data is protected against change: once authenticated, always.</summary>
    public override bool IsSigned => IsAuthenticated;

    /// <summary>Whether this is the server's side. False before a handshake has begun.</summary>
    public override bool IsServer => _isServer;

    /// <summary>The protocol version.</summary>
    /// <exception cref="InvalidOperationException">The stream is not authenticated, nor is its peer's certificate being validated by a callback.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public virtual SslProtocols SslProtocol => Negotiated().Protocol;

    /// <summary>The cipher suite.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public virtual TlsCipherSuite NegotiatedCipherSuite => Negotiated().CipherSuite;

    /// <summary>The application protocol (ALPN, RFC 7301); empty where none was agreed on.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public SslApplicationProtocol NegotiatedApplicationProtocol => Negotiated().ApplicationProtocol;

    /// <summary>
    /// The group that the keys were agreed on in, such as <see cref="TlsNamedGroup.X25519MLKEM768"/>. Null where there was none, as with RSA
    /// key exchange (<c>s2n_connection_get_key_exchange_group</c>), or where s2n has one that is not known here.
    /// </summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public TlsNamedGroup? KeyExchangeGroup => Negotiated().KeyExchangeGroup;

    /// <summary>
    /// What the server has signed the handshake with, such as <see cref="TlsSignatureScheme.EcdsaSecp256R1Sha256"/>: on TLS 1.2 that
    /// says nothing of the curve. Null where the server has signed nothing, as in a resumption (<c>s2n_connection_get_signature_scheme</c>), or
    /// with a scheme that is not known here.
    /// </summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public TlsSignatureScheme? SignatureScheme => Authenticated().SignatureScheme;

    /// <summary>Whether the handshake resumed an earlier session (<c>s2n_connection_is_session_resumed</c>).</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public bool IsSessionResumed => Authenticated().IsSessionResumed;

    /// <summary>
    /// On a client the target host that was given, on a server the name that the client asked for; empty where there is none. As with SslStream, a
    /// server is told international names in U-labels (<c>bücher.example</c>); what cannot be decoded stays as it was sent.
    /// </summary>
    public string TargetHostName =>
        _isServer && _targetHost.Length == 0 && CurrentStage == Stage.Authenticating && !IsDisposed && _connection is { TellsWhatIsNegotiated: true } connection
            ? InternationalName.ToUnicode(connection.ServerName)
            : _targetHost;

    /// <summary>The peer's certificate; null where it showed none. It belongs to the caller as much as to the stream: neither disposes it.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public virtual X509Certificate? RemoteCertificate
    {
        get
        {
            TlsConnection connection = Authenticated();
            if (Volatile.Read(ref _remoteCertificate) is null && connection.GetPeerCertificate() is { } shown)
            {
                // Everybody gets the same one.
                if (Interlocked.CompareExchange(ref _remoteCertificate, shown, null) is { } first && first != shown)
                {
                    shown.Dispose();
                }
            }

            return _remoteCertificate;
        }
    }

    /// <inheritdoc/>
    public override bool CanRead => IsAuthenticated && InnerStream.CanRead;

    /// <inheritdoc/>
    public override bool CanWrite => IsAuthenticated && !_writeTurn.IsClosed && InnerStream.CanWrite;

    /// <summary>False: a connection has no position.</summary>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanTimeout => InnerStream.CanTimeout;

    /// <summary>The inner stream's, in milliseconds. It bounds synchronous reads; one that has timed out can be tried again.</summary>
    public override int ReadTimeout
    {
        get => InnerStream.ReadTimeout;
        set => InnerStream.ReadTimeout = value;
    }

    /// <summary>The inner stream's, in milliseconds. It bounds synchronous writes; after one that has timed out no other can follow.</summary>
    public override int WriteTimeout
    {
        get => InnerStream.WriteTimeout;
        set => InnerStream.WriteTimeout = value;
    }

    /// <summary>Not supported.</summary>
    public override long Length => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Not supported.</summary>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>Not supported.</summary>
    public override void SetLength(long value) => throw new NotSupportedException();
}
