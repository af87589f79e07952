using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls;

/// <content>Handshakes in .NET's original asynchronous pattern (APM), which SslStream still has.</content>
public partial class S2nStream
{
    /// <summary>Begins <see cref="AuthenticateAsClientAsync(string)"/>.</summary>
    public virtual IAsyncResult BeginAuthenticateAsClient(string targetHost, AsyncCallback? asyncCallback, object? asyncState) =>
        TaskToAsyncResult.Begin(AuthenticateAsClientAsync(targetHost), asyncCallback, asyncState);

    /// <summary>Begins <see cref="AuthenticateAsClientAsync(string, X509CertificateCollection, bool)"/>.</summary>
    public virtual IAsyncResult BeginAuthenticateAsClient(
        string targetHost, X509CertificateCollection? clientCertificates, bool checkCertificateRevocation, AsyncCallback? asyncCallback, object? asyncState) =>
        TaskToAsyncResult.Begin(AuthenticateAsClientAsync(targetHost, clientCertificates, checkCertificateRevocation), asyncCallback, asyncState);

    /// <summary>Begins <see cref="AuthenticateAsClientAsync(string, X509CertificateCollection, SslProtocols, bool)"/>.</summary>
    public virtual IAsyncResult BeginAuthenticateAsClient(
        string targetHost,
        X509CertificateCollection? clientCertificates,
        SslProtocols enabledSslProtocols,
        bool checkCertificateRevocation,
        AsyncCallback? asyncCallback,
        object? asyncState) =>
        TaskToAsyncResult.Begin(
            AuthenticateAsClientAsync(targetHost, clientCertificates, enabledSslProtocols, checkCertificateRevocation), asyncCallback, asyncState);

    /// <summary>Waits for a handshake begun with <c>BeginAuthenticateAsClient</c>.</summary>
    /// <inheritdoc cref="AuthenticateAsClientAsync(string)" path="/exception"/>
    public virtual void EndAuthenticateAsClient(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    /// <summary>Begins <see cref="AuthenticateAsServerAsync(X509Certificate)"/>.</summary>
    public virtual IAsyncResult BeginAuthenticateAsServer(X509Certificate serverCertificate, AsyncCallback? asyncCallback, object? asyncState) =>
        TaskToAsyncResult.Begin(AuthenticateAsServerAsync(serverCertificate), asyncCallback, asyncState);

    /// <summary>Begins <see cref="AuthenticateAsServerAsync(X509Certificate, bool, bool)"/>.</summary>
    public virtual IAsyncResult BeginAuthenticateAsServer(
        X509Certificate serverCertificate, bool clientCertificateRequired, bool checkCertificateRevocation, AsyncCallback? asyncCallback, object? asyncState) =>
        TaskToAsyncResult.Begin(AuthenticateAsServerAsync(serverCertificate, clientCertificateRequired, checkCertificateRevocation), asyncCallback, asyncState);

    /// <summary>Begins <see cref="AuthenticateAsServerAsync(X509Certificate, bool, SslProtocols, bool)"/>.</summary>
    public virtual IAsyncResult BeginAuthenticateAsServer(
        X509Certificate serverCertificate,
        bool clientCertificateRequired,
        SslProtocols enabledSslProtocols,
        bool checkCertificateRevocation,
        AsyncCallback? asyncCallback,
        object? asyncState) =>
        TaskToAsyncResult.Begin(
            AuthenticateAsServerAsync(serverCertificate, clientCertificateRequired, enabledSslProtocols, checkCertificateRevocation), asyncCallback, asyncState);

    /// <summary>Waits for a handshake begun with <c>BeginAuthenticateAsServer</c>.</summary>
    /// <inheritdoc cref="AuthenticateAsServerAsync(X509Certificate)" path="/exception"/>
    public virtual void EndAuthenticateAsServer(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);
}
