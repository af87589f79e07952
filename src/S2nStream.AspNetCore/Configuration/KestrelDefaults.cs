using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using S2nTls.AspNetCore.Endpoints;

namespace S2nTls.AspNetCore.Configuration;

/// <summary>What was set for Kestrel's own https, in s2n's terms. What cannot be is refused by name, so that nothing is less secure than it was.</summary>
internal static class KestrelDefaults
{
    /// <summary>Takes what <c>ConfigureHttpsDefaults</c> and the configuration say of all https endpoints, and makes the endpoint's scheme https.</summary>
    /// <remarks>Kestrel tells its defaults only to who calls its <c>UseHttps</c>, which adds the middleware that never runs.</remarks>
    internal static HttpsConnectionAdapterOptions Take(ListenOptions endpoint)
    {
        var taken = new HttpsConnectionAdapterOptions();
        endpoint.UseHttps(defaults =>
        {
            taken.ServerCertificate = defaults.ServerCertificate;
            taken.ServerCertificateChain = defaults.ServerCertificateChain;
            taken.ServerCertificateSelector = defaults.ServerCertificateSelector;
            taken.ClientCertificateMode = defaults.ClientCertificateMode;
            taken.ClientCertificateValidation = defaults.ClientCertificateValidation;
            taken.CheckCertificateRevocation = defaults.CheckCertificateRevocation;
            taken.SslProtocols = defaults.SslProtocols;
            taken.HandshakeTimeout = defaults.HandshakeTimeout;
            taken.OnAuthenticate = defaults.OnAuthenticate;
            taken.TlsClientHelloBytesCallback = defaults.TlsClientHelloBytesCallback;
            defaults.OnAuthenticate = null;
            defaults.ServerCertificate = null;
            defaults.ServerCertificateSelector = static (_, _) => throw SecuredEndpoint.Unreachable();
        });
        return taken;
    }

    /// <summary>The certificate of endpoints that have none: the configuration's default, or else the development certificate.</summary>
    /// <exception cref="InvalidOperationException">There is none; Kestrel's message says how to get one.</exception>
    internal static (X509Certificate2 Certificate, X509Certificate2Collection? Chain) Certificate(ListenOptions endpoint)
    {
        // An endpoint of other options, which nobody binds: Kestrel tells its default certificate only to an endpoint that has none.
        var scratch = new KestrelServerOptions
        {
            ApplicationServices = endpoint.ApplicationServices,
            ConfigurationLoader = endpoint.KestrelServerOptions.ConfigurationLoader,
        };
        HttpsConnectionAdapterOptions? https = null;
        scratch.ListenLocalhost(1, nobody => nobody.UseHttps(options => https = options));
        return (https!.ServerCertificate!, https.ServerCertificateChain);
    }

    /// <summary>Lays what differs from Kestrel's own defaults over the options.</summary>
    /// <exception cref="NotSupportedException">Something was set that has no counterpart.</exception>
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
            options.ServerCertificateChain = https.ServerCertificateChain; // of a certificate that the endpoint names
        }

        options.TlsClientHelloBytesCallback = https.TlsClientHelloBytesCallback ?? options.TlsClientHelloBytesCallback;
        if (https.ClientCertificateMode != ClientCertificateMode.NoCertificate)
        {
            options.Tls.ClientCertificateMode = Mode(https.ClientCertificateMode);
        }

        if (https.ClientCertificateValidation is { } validate)
        {
            options.Tls.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                certificate is null || validate((X509Certificate2)certificate, chain, errors); // without one: as the mode says
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
    /// <exception cref="NotSupportedException">It does not.</exception>
    internal static void CheckVersions(SslProtocols allowed, S2nHttpsOptions options)
    {
        S2nSecurityPolicy policy = options.Tls.SecurityPolicy;
        RefuseIf(
            allowed != SslProtocols.None && (policy.Protocols & ~allowed) != SslProtocols.None,
            $"{nameof(HttpsConnectionAdapterOptions.SslProtocols)} {allowed}",
            $"the security policy '{policy.Name}' has {policy.Protocols}: choose one that fits (docs/security-policies.md)");
    }

    private static void RefuseIf(bool isSet, string what, string remedy)
    {
        if (isSet)
        {
            throw new NotSupportedException($"UseS2n cannot do what Kestrel's https options ask for by {what}: {remedy}.");
        }
    }
}
