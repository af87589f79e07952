using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using S2nTls;
using S2nTls.AspNetCore;
using S2nTls.AspNetCore.Configuration;
using S2nTls.AspNetCore.Endpoints;
using S2nTls.AspNetCore.Fallback;
using S2nTls.AspNetCore.Handshakes;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>
/// https on a Kestrel endpoint through s2n-tls: <c>UseS2n</c> instead of <c>UseHttps</c>, with the same overloads. Configuration errors are thrown
/// by the call itself or when the server starts. HTTP/3 is not supported.
/// </summary>
public static class S2nListenOptionsExtensions
{
    /// <summary>Uses the server's default certificate: the configured one, otherwise the development certificate.</summary>
    /// <exception cref="InvalidOperationException">There is no default certificate; or <c>UseHttps</c> or <c>UseS2n</c> has already been called on the endpoint.</exception>
    public static ListenOptions UseS2n(this ListenOptions listenOptions) => listenOptions.UseS2n(static _ => { });

    /// <summary>Uses a certificate and its private key.</summary>
    /// <inheritdoc cref="UseS2n(ListenOptions, Action{S2nHttpsOptions})" path="/exception"/>
    public static ListenOptions UseS2n(this ListenOptions listenOptions, X509Certificate2 serverCertificate) =>
        listenOptions.UseS2n(serverCertificate, static _ => { });

    /// <summary>Uses a certificate with its private key, and options.</summary>
    /// <inheritdoc cref="UseS2n(ListenOptions, Action{S2nHttpsOptions})" path="/exception"/>
    public static ListenOptions UseS2n(this ListenOptions listenOptions, X509Certificate2 serverCertificate, Action<S2nHttpsOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(serverCertificate);
        ArgumentNullException.ThrowIfNull(configureOptions);
        return listenOptions.UseS2n(options =>
        {
            options.ServerCertificate = serverCertificate;
            configureOptions(options);
        });
    }

    /// <summary>Uses a PKCS #12 file, which may contain intermediates.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="fileName">The file's name, relative to the application's content root.</param>
    /// <param name="password">The file's password.</param>
    /// <param name="configureOptions">Sets options.</param>
    /// <inheritdoc cref="UseS2n(ListenOptions, Action{S2nHttpsOptions})" path="/exception"/>
    public static ListenOptions UseS2n(
        this ListenOptions listenOptions, string fileName, string? password, Action<S2nHttpsOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        return listenOptions.UseS2n(options =>
        {
            CertificateFiles.ReadPkcs12(CertificateFiles.Resolve(listenOptions, fileName), password, options);
            configureOptions?.Invoke(options);
        });
    }

    /// <summary>
    /// Uses two PEM files, or one that is given twice: the certificate, followed by its intermediates, and the unencrypted private key. They are watched
    /// while the server runs (<see cref="S2nHttpsOptions.CertificateFiles"/>).
    /// </summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="certificateFile">The certificate's file, relative to the application's content root.</param>
    /// <param name="privateKeyFile">The private key's file.</param>
    /// <param name="configureOptions">Sets options.</param>
    /// <inheritdoc cref="UseS2n(ListenOptions, Action{S2nHttpsOptions})" path="/exception"/>
    public static ListenOptions UseS2nPem(
        this ListenOptions listenOptions, string certificateFile, string privateKeyFile, Action<S2nHttpsOptions>? configureOptions = null) =>
        listenOptions.UseS2nPem(certificateFile, privateKeyFile, password: null, configureOptions);

    /// <summary>
    /// Uses two PEM files, or one given twice: the certificate, followed by its intermediates, and the private key, encrypted (PKCS #8) if there is
    /// a password. They are watched while the server runs (<see cref="S2nHttpsOptions.CertificateFiles"/>).
    /// </summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="certificateFile">The certificate's file, relative to the application's content root.</param>
    /// <param name="privateKeyFile">The private key's file.</param>
    /// <param name="password">The private key's password, which must stay the same when the files change. Null if the key is not encrypted.</param>
    /// <param name="configureOptions">Sets options.</param>
    /// <inheritdoc cref="UseS2n(ListenOptions, Action{S2nHttpsOptions})" path="/exception"/>
    public static ListenOptions UseS2nPem(
        this ListenOptions listenOptions, string certificateFile, string privateKeyFile, string? password, Action<S2nHttpsOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        return listenOptions.UseS2n(options =>
        {
            string certificate = CertificateFiles.Resolve(listenOptions, certificateFile), key = CertificateFiles.Resolve(listenOptions, privateKeyFile);
            options.CertificateFiles.Add(new S2nCertificateFiles(certificate, key) { Password = password });
            configureOptions?.Invoke(options);
        });
    }

    /// <summary>
    /// Uses options. They start from what <see cref="KestrelServerOptions.ConfigureHttpsDefaults"/> and the configuration set for all https
    /// endpoints; if no certificate is set, the server's default is used.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no certificate; or <c>UseHttps</c> or <c>UseS2n</c> has already been called on the endpoint.</exception>
    /// <exception cref="NotSupportedException">
    /// Kestrel's https defaults ask for something that s2n does not support; or, with <see cref="S2nHttpsOptions.UseHttpsIfNotSupported"/>, the options for
    /// something that <c>UseHttps</c> does not. The message names it.
    /// </exception>
    public static ListenOptions UseS2n(this ListenOptions listenOptions, Action<S2nHttpsOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        ArgumentNullException.ThrowIfNull(configureOptions);
        var options = new S2nHttpsOptions();
        SecuredEndpoint.Add(listenOptions, protocols => EndpointContext.CreateHandshake(options, protocols, listenOptions.ApplicationServices), options);
        KestrelDefaults.Configure(listenOptions, options, configureOptions);
        if (options.FallsBack)
        {
            FallbackLog.Warn(listenOptions, LostSettings.Of(options));
        }
        else if (!options.HasCertificate)
        {
            (options.ServerCertificate, options.ServerCertificateChain) = KestrelDefaults.Certificate(listenOptions);
        }

        return listenOptions;
    }

    /// <summary>
    /// Uses a context that the application owns: to share it among endpoints, or to replace its certificates while the server runs
    /// (<see cref="S2nContext.ReplaceCertificates"/>). No other settings apply, not even <c>TlsClientHelloBytesCallback</c> of the https defaults.
    /// </summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="context">
    /// A server context. Its application protocols should be those of the endpoint's HTTP versions, <c>h2</c> and <c>http/1.1</c>; without any,
    /// clients speak HTTP/1.1. It is not disposed here.
    /// </param>
    /// <param name="handshakeTimeout">How long a handshake may take. Default: 10 seconds.</param>
    /// <exception cref="ArgumentException">The context is for clients.</exception>
    /// <exception cref="InvalidOperationException"><c>UseHttps</c> or <c>UseS2n</c> has already been called on the endpoint.</exception>
    public static ListenOptions UseS2n(this ListenOptions listenOptions, S2nContext context, TimeSpan? handshakeTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        ArgumentNullException.ThrowIfNull(context);
        if (!context.IsServer)
        {
            throw new ArgumentException("The context is for clients.", nameof(context));
        }

        return Add(listenOptions, new ContextHandshake(context), handshakeTimeout);
    }

    /// <summary>
    /// Uses a context that is chosen for each connection, after the ClientHello has been read. No other settings apply; the selector sees what
    /// <c>TlsClientHelloBytesCallback</c> of the https defaults would see, and can refuse the client.
    /// </summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="selector">
    /// Chooses the context. An exception that it throws ends the connection; an <see cref="S2nClientRefusedException"/> does so quietly, with its
    /// alert.
    /// </param>
    /// <param name="handshakeTimeout">How long a handshake may take, including the choice. Default: 10 seconds.</param>
    /// <exception cref="InvalidOperationException"><c>UseHttps</c> or <c>UseS2n</c> has already been called on the endpoint.</exception>
    /// <exception cref="PlatformNotSupportedException">s2n does not run on this platform.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static ListenOptions UseS2n(this ListenOptions listenOptions, S2nContextSelector selector, TimeSpan? handshakeTimeout = null)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        ArgumentNullException.ThrowIfNull(selector);
        S2nLibrary.Load(); // otherwise each connection would fail, and nothing would say why
        return Add(listenOptions, new SelectorHandshake(selector), handshakeTimeout);
    }

    private static ListenOptions Add(ListenOptions listenOptions, IHandshake handshake, TimeSpan? handshakeTimeout)
    {
        // The same default and the same check for all overloads.
        var options = new S2nHttpsOptions();
        options.HandshakeTimeout = handshakeTimeout ?? options.HandshakeTimeout;
        SecuredEndpoint.Add(listenOptions, _ => handshake, options);
        SecuredEndpoint.MarkAsHttps(listenOptions);
        return listenOptions;
    }
}
