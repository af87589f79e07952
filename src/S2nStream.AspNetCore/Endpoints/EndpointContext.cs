using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Makes the contexts of an endpoint from its options.</summary>
internal static class EndpointContext
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>One context for all connections, or one for each selected certificate.</summary>
    internal static IHandshake CreateHandshake(S2nHttpsOptions options, HttpProtocols protocols, IServiceProvider? services) =>
        options.ServerCertificateSelector is null
            ? new ContextHandshake(Create(options, protocols, services))
            : new SelectorHandshake(new SelectedCertificates(options, protocols).SelectAsync);

    /// <inheritdoc cref="CreateHandshake"/>
    internal static S2nContextSelector CreateSelector(S2nHttpsOptions options, HttpProtocols protocols, IServiceProvider? services)
    {
        if (options.ServerCertificateSelector is not null)
        {
            return new SelectedCertificates(options, protocols).SelectAsync;
        }

        S2nContext context = Create(options, protocols, services);
        return (_, _, _) => ValueTask.FromResult<S2nContext?>(context);
    }

    /// <summary>A context with one certificate, ignoring any others. Do not call it concurrently on the same options.</summary>
    internal static S2nContext CreateFor(X509Certificate2 certificate, S2nHttpsOptions options, HttpProtocols protocols)
    {
        using S2nCertificate own = ToS2n(certificate, options.ServerCertificateChain);
        return Create(options.Tls, protocols, [own]);
    }

    private static S2nContext Create(S2nHttpsOptions options, HttpProtocols protocols, IServiceProvider? services)
    {
        S2nCertificate[] given = [.. options.Tls.Certificates];
        List<S2nCertificate> own = [];
        try
        {
            AddOwn(options, own);
            int first = own.Count;
            own.AddRange(options.CertificateFiles.Select(static files => files.Load()));
            S2nContext context = Create(options.Tls, protocols, [.. own[..first], .. given, .. own[first..]]);
            if (options.CertificateFiles.Count > 0)
            {
                FollowedFiles.Follow([.. options.CertificateFiles], context, (its, loaded) => Replace(its, options, given, loaded), services);
            }

            return context;
        }
        finally
        {
            own.ForEach(static certificate => certificate.Dispose());
        }
    }

    private static S2nContext Create(S2nServerOptions tls, HttpProtocols protocols, IReadOnlyList<S2nCertificate> certificates)
    {
        S2nCertificate[] given = [.. tls.Certificates];
        bool offers = tls.ApplicationProtocols.Count > 0;
        try
        {
            Set(tls, certificates);
            if (!offers)
            {
                Offer(tls, protocols);
            }

            return S2nContext.CreateServer(tls);
        }
        finally
        {
            Set(tls, given); // the options belong to the caller
            if (!offers)
            {
                tls.ApplicationProtocols.Clear();
            }
        }
    }

    private static void Set(S2nServerOptions tls, IReadOnlyList<S2nCertificate> certificates)
    {
        tls.Certificates.Clear();
        foreach (S2nCertificate certificate in certificates)
        {
            tls.Certificates.Add(certificate);
        }
    }

    /// <summary>Certificates that are not in files stay the same, in the same positions.</summary>
    private static void Replace(S2nContext context, S2nHttpsOptions options, S2nCertificate[] given, IReadOnlyList<S2nCertificate> loaded)
    {
        List<S2nCertificate> own = [];
        try
        {
            AddOwn(options, own);
            context.ReplaceCertificates([.. own, .. given, .. loaded]);
        }
        finally
        {
            own.ForEach(static certificate => certificate.Dispose());
        }
    }

    private static void AddOwn(S2nHttpsOptions options, List<S2nCertificate> own)
    {
        if (options.ServerCertificate is { } certificate)
        {
            own.Add(ToS2n(certificate, options.ServerCertificateChain));
        }
    }

    /// <exception cref="InvalidOperationException">The certificate is not for servers.</exception>
    internal static S2nCertificate ToS2n(X509Certificate2 certificate, X509Certificate2Collection? chain)
    {
        CheckUsage(certificate);
        return S2nCertificate.FromX509(certificate, Intermediates(certificate, chain));
    }

    private static void Offer(S2nServerOptions tls, HttpProtocols protocols)
    {
        if (protocols.HasFlag(HttpProtocols.Http2))
        {
            tls.ApplicationProtocols.Add(SslApplicationProtocol.Http2);
        }

        if (protocols.HasFlag(HttpProtocols.Http1))
        {
            tls.ApplicationProtocols.Add(SslApplicationProtocol.Http11);
        }
    }

    /// <summary>A chain that Kestrel read from a file begins with the certificate itself.</summary>
    private static X509Certificate2Collection Intermediates(X509Certificate2 certificate, X509Certificate2Collection? chain) =>
        [.. (chain ?? []).Where(other => !other.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))];

    /// <summary>The same check as Kestrel's (RFC 5280 §4.2.1.12).</summary>
    /// <exception cref="InvalidOperationException">The certificate is not for servers.</exception>
    private static void CheckUsage(X509Certificate2 certificate)
    {
        X509EnhancedKeyUsageExtension[] usages = [.. certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()];
        if (usages.Length > 0 && !usages.Any(usage => usage.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Any(oid => oid.Value == ServerAuthentication)))
        {
            throw new InvalidOperationException($"The certificate '{certificate.Subject}' is not for servers: its extended key usage does not include server authentication.");
        }
    }
}
