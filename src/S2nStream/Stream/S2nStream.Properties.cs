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

    /// <summary>Whether both sides have sent a certificate.</summary>
    public override bool IsMutuallyAuthenticated =>
        IsAuthenticated && (_isServer ? _connection!.IsClientCertificateUsed : _connection!.IsClientCertificateUsed && RemoteCertificate is not null);

    /// <summary>Whether data is encrypted: always, once authenticated.</summary>
    public override bool IsEncrypted => IsAuthenticated;

    /// <summary>Whether data is protected against modification: always, once authenticated.</summary>
    public override bool IsSigned => IsAuthenticated;

    /// <summary>Whether this is the server's side. False before a handshake begins.</summary>
    public override bool IsServer => _isServer;

    /// <summary>The protocol version.</summary>
    /// <exception cref="InvalidOperationException">The stream is not authenticated, and no callback is validating its peer's certificate.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public virtual SslProtocols SslProtocol => Negotiated().Protocol;

    /// <summary>The cipher suite.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public virtual TlsCipherSuite NegotiatedCipherSuite => Negotiated().CipherSuite;

    /// <summary>The application protocol (ALPN, RFC 7301); empty if none was agreed on.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public SslApplicationProtocol NegotiatedApplicationProtocol => Negotiated().ApplicationProtocol;

    /// <summary>
    /// The group of the key exchange, such as <see cref="TlsNamedGroup.X25519MLKEM768"/>. Null if there was none, as with RSA key exchange
    /// (<c>s2n_connection_get_key_exchange_group</c>), or if this library does not know s2n's group.
    /// </summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    public TlsNamedGroup? KeyExchangeGroup => Negotiated().KeyExchangeGroup;

    /// <summary>
    /// The scheme of the server's signature in the handshake, such as <see cref="TlsSignatureScheme.EcdsaSecp256R1Sha256"/>, which on TLS 1.2 says
    /// nothing about the curve. Null if the server signed nothing, as in a resumption (<c>s2n_connection_get_signature_scheme</c>), or if this library
    /// does not know the scheme.
    /// </summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public TlsSignatureScheme? SignatureScheme => Authenticated().SignatureScheme;

    /// <summary>Whether the handshake resumed an earlier session (<c>s2n_connection_is_session_resumed</c>).</summary>
    /// <exception cref="InvalidOperationException">The stream is not authenticated.</exception>
    /// <exception cref="ObjectDisposedException">The stream is disposed.</exception>
    public bool IsSessionResumed => Authenticated().IsSessionResumed;

    /// <summary>
    /// On a client, the target host that was given; on a server, the name that the client asked for; empty if there is none. As with SslStream, a
    /// server sees international names in U-labels (<c>bücher.example</c>); a name that cannot be decoded stays as it was sent.
    /// </summary>
    public string TargetHostName =>
        _isServer && _targetHost.Length == 0 && CurrentStage == Stage.Authenticating && !IsDisposed && _connection is { TellsWhatIsNegotiated: true } connection
            ? InternationalName.ToUnicode(connection.ServerName)
            : _targetHost;

    /// <summary>The peer's certificate; null if it sent none. The caller and the stream share it: neither disposes it.</summary>
    /// <inheritdoc cref="IsSessionResumed" path="/exception"/>
    public virtual X509Certificate? RemoteCertificate
    {
        get
        {
            TlsConnection connection = Authenticated();
            if (Volatile.Read(ref _remoteCertificate) is null && connection.GetPeerCertificate() is { } shown)
            {
                // All callers get the same one.
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

    /// <summary>The inner stream's timeout, in milliseconds. It applies to synchronous reads; a read that timed out can be repeated.</summary>
    public override int ReadTimeout
    {
        get => InnerStream.ReadTimeout;
        set => InnerStream.ReadTimeout = value;
    }

    /// <summary>The inner stream's timeout, in milliseconds. It applies to synchronous writes; no other write can follow one that timed out.</summary>
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
