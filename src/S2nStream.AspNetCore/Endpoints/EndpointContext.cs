using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Makes the contexts of an endpoint from its options.</summary>
internal static class EndpointContext
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string SubjectAlternativeName = "2.5.29.17";

    /// <summary>In order of preference.</summary>
    private static readonly (HttpProtocols Protocols, SslApplicationProtocol Name)[] s_httpVersions =
    [
        (HttpProtocols.Http2, SslApplicationProtocol.Http2),
        (HttpProtocols.Http1, SslApplicationProtocol.Http11),
    ];

    /// <summary>One context for all connections, or one for each selected certificate.</summary>
    internal static IHandshake CreateHandshake(S2nHttpsOptions options, HttpProtocols protocols, IServiceProvider? services) =>
        options.ServerCertificateSelector is null
            ? new ContextHandshake(Create(options, protocols, services))
            : new SelectorHandshake(new SelectedCertificates(options, protocols, services).SelectAsync);

    /// <inheritdoc cref="CreateHandshake"/>
    internal static S2nContextSelector CreateSelector(S2nHttpsOptions options, HttpProtocols protocols, IServiceProvider? services)
    {
        if (options.ServerCertificateSelector is not null)
        {
            return new SelectedCertificates(options, protocols, services).SelectAsync;
        }

        S2nContext context = Create(options, protocols, services);
        return (_, _, _) => ValueTask.FromResult<S2nContext?>(context);
    }

    /// <summary>A context with one certificate, ignoring any others. Do not call it concurrently on the same options.</summary>
    internal static S2nContext CreateFor(X509Certificate2 certificate, S2nHttpsOptions options, HttpProtocols protocols, IServiceProvider? services)
    {
        ILogger logger = HandshakeLog.Create(services);
        using S2nCertificate own = ToS2n(certificate, options.ServerCertificateChain, logger);
        S2nOcspStapler? stapler = options.Tls.OcspStapler;
        try
        {
            options.Tls.OcspStapler = stapler == options.DefaultStapler ? null : stapler; // no fetching: a selector may make an object for each connection
            return Create(options.Tls, protocols, [own], logger);
        }
        finally
        {
            options.Tls.OcspStapler = stapler;
        }
    }

    private static S2nContext Create(S2nHttpsOptions options, HttpProtocols protocols, IServiceProvider? services)
    {
        S2nCertificate[] given = [.. options.Tls.Certificates];
        List<S2nCertificate> own = [];
        ILogger logger = HandshakeLog.Create(services);
        try
        {
            AddOwn(options, own, logger);
            int first = own.Count;
            own.AddRange(options.CertificateFiles.Select(static files => files.Load()));
            StaplingLog.Follow(options.DefaultStapler, services);
            S2nContext context = Create(options.Tls, protocols, [.. own[..first], .. given, .. own[first..]], logger);
            if (options.CertificateFiles.Count > 0)
            {
                FollowedFiles.Follow([.. options.CertificateFiles], context, (its, loaded) => Replace(its, options, given, loaded, logger), services);
            }

            return context;
        }
        finally
        {
            own.ForEach(static certificate => certificate.Dispose());
        }
    }

    private static S2nContext Create(S2nServerOptions tls, HttpProtocols protocols, IReadOnlyList<S2nCertificate> certificates, ILogger logger)
    {
        S2nCertificate[] given = [.. tls.Certificates];
        SslApplicationProtocol[] offered = [.. tls.ApplicationProtocols];
        Check(certificates, logger);
        try
        {
            Set(tls.Certificates, certificates);
            Set(tls.ApplicationProtocols, Offer(offered, protocols));
            return S2nContext.CreateServer(tls);
        }
        finally
        {
            Set(tls.Certificates, given); // the options belong to the caller
            Set(tls.ApplicationProtocols, offered);
        }
    }

    private static void Set<T>(IList<T> list, IReadOnlyList<T> items)
    {
        list.Clear();
        foreach (T item in items)
        {
            list.Add(item);
        }
    }

    /// <summary>Certificates that are not in files stay the same, in the same positions.</summary>
    private static void Replace(S2nContext context, S2nHttpsOptions options, S2nCertificate[] given, IReadOnlyList<S2nCertificate> loaded, ILogger logger)
    {
        Check(loaded, logger);
        List<S2nCertificate> own = [];
        try
        {
            AddOwn(options, own, logger);
            context.ReplaceCertificates([.. own, .. given, .. loaded]);
        }
        finally
        {
            own.ForEach(static certificate => certificate.Dispose());
        }
    }

    private static void AddOwn(S2nHttpsOptions options, List<S2nCertificate> own, ILogger logger)
    {
        if (options.ServerCertificate is { } certificate)
        {
            own.Add(ToS2n(certificate, options.ServerCertificateChain, logger));
        }
    }

    /// <exception cref="InvalidOperationException">The certificate is not for servers.</exception>
    internal static S2nCertificate ToS2n(X509Certificate2 certificate, X509Certificate2Collection? chain, ILogger logger)
    {
        CheckUsage(certificate);
        return S2nCertificate.FromX509(CertificateWithKey.Find(certificate, logger), Intermediates(certificate, chain));
    }

    /// <summary>
    /// The protocols to offer by ALPN: those in the options, otherwise all HTTP versions of the endpoint. HTTP versions that the endpoint does not
    /// speak are always left out, because the parser of another version would answer.
    /// </summary>
    private static SslApplicationProtocol[] Offer(SslApplicationProtocol[] offered, HttpProtocols protocols)
    {
        SslApplicationProtocol[] spoken =
        [
            .. s_httpVersions.Where(version => protocols.HasFlag(version.Protocols)).Select(static version => version.Name),
        ];
        SslApplicationProtocol[] left = [.. offered.Where(name => spoken.Contains(name) || !s_httpVersions.Any(version => version.Name == name))];
        return left.Length > 0 ? left : spoken;
    }

    /// <summary>A chain that Kestrel read from a file begins with the certificate itself.</summary>
    private static X509Certificate2Collection Intermediates(X509Certificate2 certificate, X509Certificate2Collection? chain) =>
        [.. (chain ?? []).Where(other => !other.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))];

    /// <summary>Like Kestrel, refuses certificates that are not for servers, and logs those without a subject alternative name.</summary>
    /// <exception cref="InvalidOperationException">The certificate is not for servers.</exception>
    private static void Check(IReadOnlyList<S2nCertificate> certificates, ILogger logger)
    {
        foreach (X509Certificate2 leaf in certificates.Select(static certificate => certificate.Leaf))
        {
            CheckUsage(leaf);
            if (!leaf.Extensions.Any(static extension => extension.Oid?.Value == SubjectAlternativeName))
            {
                HandshakeLog.NoSubjectAlternativeName(logger, leaf.Thumbprint);
            }
        }
    }

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
