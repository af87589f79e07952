using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Makes the context of an endpoint from its options.</summary>
internal static class EndpointContext
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    internal static S2nContext Create(S2nHttpsOptions options, HttpProtocols protocols)
    {
        S2nServerOptions tls = options.Tls;
        if (tls.ApplicationProtocols.Count == 0)
        {
            Offer(tls, protocols);
        }

        if (options.ServerCertificate is not { } certificate)
        {
            return S2nContext.CreateServer(tls);
        }

        CheckUsage(certificate);
        using S2nCertificate own = S2nCertificate.FromX509(certificate, Intermediates(certificate, options.ServerCertificateChain));
        tls.Certificates.Insert(0, own);
        try
        {
            return S2nContext.CreateServer(tls);
        }
        finally
        {
            tls.Certificates.RemoveAt(0);
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
