using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using S2nTls.AspNetCore.Endpoints;
using S2nTls.AspNetCore.Fallback;

namespace S2nTls.AspNetCore.Configuration;

/// <summary>
/// Translates the settings of Kestrel's own https to s2n's. Unsupported ones are refused by name, so that nothing becomes less secure than it was.
/// </summary>
internal static class KestrelDefaults
{
    /// <summary>
    /// Sets the options: first what <c>ConfigureHttpsDefaults</c> and the configuration say for all https endpoints, then what the code says. Makes the
    /// endpoint's scheme https.
    /// </summary>
    /// <remarks>
    /// Kestrel reveals its defaults only to callers of its <c>UseHttps</c>, which adds middleware: it never runs, unless the options say that it is to be
    /// used instead of s2n (<see cref="S2nHttpsOptions.FallsBack"/>).
    /// </remarks>
    internal static void Configure(ListenOptions endpoint, S2nHttpsOptions options, Action<S2nHttpsOptions> configure) => endpoint.UseHttps(https =>
    {
        Apply(https, options);
        configure(options);
        if (options.FallsBack)
        {
            KestrelHttps.Apply(options, https);
            return;
        }

        CheckVersions(https.SslProtocols, options);
        https.OnAuthenticate = null;
        https.ServerCertificate = null;
        https.ServerCertificateSelector = static (_, _) => throw SecuredEndpoint.Unreachable();
    });

    /// <summary>The certificate for endpoints without one: the configured default, otherwise the development certificate.</summary>
    /// <exception cref="InvalidOperationException">There is no certificate; Kestrel's message says how to get one.</exception>
    internal static (X509Certificate2 Certificate, X509Certificate2Collection? Chain) Certificate(ListenOptions endpoint)
    {
        // An endpoint of separate options, never bound: Kestrel gives its default certificate only to an endpoint that has none.
        var scratch = new KestrelServerOptions
        {
            ApplicationServices = endpoint.ApplicationServices,
            ConfigurationLoader = endpoint.KestrelServerOptions.ConfigurationLoader,
        };
        HttpsConnectionAdapterOptions? https = null;
        scratch.ListenLocalhost(1, nobody => nobody.UseHttps(options => https = options));
        return (https!.ServerCertificate!, https.ServerCertificateChain);
    }

    /// <summary>Applies the settings that differ from Kestrel's own defaults.</summary>
    /// <exception cref="NotSupportedException">A setting has no counterpart.</exception>
    internal static void Apply(HttpsConnectionAdapterOptions https, S2nHttpsOptions options, bool withCertificate = true)
    {
        RefuseIf(https.OnAuthenticate is not null, nameof(https.OnAuthenticate), "set S2nHttpsOptions.Tls, or choose a context for each connection with an S2nContextSelector");
        RefuseIf(https.ClientCertificateMode == ClientCertificateMode.DelayCertificate, $"{nameof(ClientCertificateMode)}.{nameof(ClientCertificateMode.DelayCertificate)}", "s2n asks for client certificates in the handshake or never: allow or require them");

        options.ServerCertificateSelector = https.ServerCertificateSelector ?? options.ServerCertificateSelector;
        if (https.ServerCertificate is not null && withCertificate)
        {
            options.ServerCertificate = https.ServerCertificate;
            options.ServerCertificateChain = https.ServerCertificateChain;
        }
        else if (https.ServerCertificateChain is not null && withCertificate)
        {
            options.ServerCertificateChain = https.ServerCertificateChain; // for the endpoint's own certificate
        }

        options.TlsClientHelloBytesCallback = https.TlsClientHelloBytesCallback ?? options.TlsClientHelloBytesCallback;
        if (https.ClientCertificateMode != ClientCertificateMode.NoCertificate)
        {
            options.Tls.ClientCertificateMode = Mode(https.ClientCertificateMode);
        }

        if (https.ClientCertificateValidation is { } validate)
        {
            options.Tls.RemoteCertificateValidationCallback = options.KestrelsValidation = (_, certificate, chain, errors) =>
                certificate is null || validate((X509Certificate2)certificate, chain, errors); // without a certificate, the mode decides
        }

        if (https.CheckCertificateRevocation)
        {
            options.Tls.CertificateRevocationCheckMode = X509RevocationMode.Online;
        }

        if (https.HandshakeTimeout != new HttpsConnectionAdapterOptions().HandshakeTimeout)
        {
            options.HandshakeTimeout = https.HandshakeTimeout == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : https.HandshakeTimeout;
        }
    }

    internal static S2nClientCertificateMode Mode(ClientCertificateMode mode) => mode switch
    {
        ClientCertificateMode.NoCertificate => S2nClientCertificateMode.None,
        ClientCertificateMode.RequireCertificate => S2nClientCertificateMode.Required,
        _ => S2nClientCertificateMode.Optional,
    };

    /// <summary>Kestrel's choice of protocol versions is a limit that the security policy must keep to.</summary>
    /// <exception cref="NotSupportedException">The policy allows other versions.</exception>
    internal static void CheckVersions(SslProtocols allowed, S2nHttpsOptions options)
    {
        S2nSecurityPolicy policy = options.Tls.SecurityPolicy;
        RefuseIf(
            allowed != SslProtocols.None && (policy.Protocols & ~allowed) != SslProtocols.None,
            $"{nameof(HttpsConnectionAdapterOptions.SslProtocols)} {allowed}",
            $"the security policy '{policy.Name}' allows {policy.Protocols}: choose one that fits (docs/security-policies.md)");
    }

    private static void RefuseIf(bool isSet, string what, string remedy)
    {
        if (isSet)
        {
            throw new NotSupportedException($"UseS2n cannot honour {what} in Kestrel's https options: {remedy}.");
        }
    }
}
