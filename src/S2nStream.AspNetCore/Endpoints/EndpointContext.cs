using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Makes the context of an endpoint from its options.</summary>
internal static class EndpointContext
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <param name="options">The options.</param>
    /// <param name="protocols">The endpoint's HTTP versions.</param>
    /// <param name="services">The application's.</param>
    internal static S2nContext Create(S2nHttpsOptions options, HttpProtocols protocols, IServiceProvider? services)
    {
        S2nServerOptions tls = options.Tls;
        if (tls.ApplicationProtocols.Count == 0)
        {
            Offer(tls, protocols);
        }

        S2nCertificate[] given = [.. tls.Certificates];
        List<S2nCertificate> own = [];
        try
        {
            AddOwn(options, own);
            int first = own.Count;
            own.AddRange(options.CertificateFiles.Select(static files => files.Load()));
            tls.Certificates.Clear();
            foreach (S2nCertificate certificate in (S2nCertificate[])[.. own[..first], .. given, .. own[first..]])
            {
                tls.Certificates.Add(certificate);
            }

            S2nContext context = S2nContext.CreateServer(tls);
            if (options.CertificateFiles.Count > 0)
            {
                FollowedFiles.Follow([.. options.CertificateFiles], loaded => Replace(context, options, given, loaded), services);
            }

            return context;
        }
        finally
        {
            own.ForEach(static certificate => certificate.Dispose());
            tls.Certificates.Clear();
            foreach (S2nCertificate certificate in given)
            {
                tls.Certificates.Add(certificate);
            }
        }
    }

    /// <summary>Those that are not in files stay what they are, and where they are.</summary>
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
            CheckUsage(certificate);
            own.Add(S2nCertificate.FromX509(certificate, Intermediates(certificate, options.ServerCertificateChain)));
        }
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

    /// <summary>A chain that Kestrel has read from a file begins with the certificate itself.</summary>
    private static X509Certificate2Collection Intermediates(X509Certificate2 certificate, X509Certificate2Collection? chain) =>
        [.. (chain ?? []).Where(other => !other.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))];

    /// <summary>As Kestrel has it (RFC 5280 §4.2.1.12).</summary>
    /// <exception cref="InvalidOperationException">The certificate is for something else.</exception>
    private static void CheckUsage(X509Certificate2 certificate)
    {
        X509EnhancedKeyUsageExtension[] usages = [.. certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()];
        if (usages.Length > 0 && !usages.Any(usage => usage.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Any(oid => oid.Value == ServerAuthentication)))
        {
            throw new InvalidOperationException($"The certificate '{certificate.Subject}' is not for servers: its extended key usage does not have server authentication.");
        }
    }
}
