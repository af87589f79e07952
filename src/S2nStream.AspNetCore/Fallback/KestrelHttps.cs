using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace S2nTls.AspNetCore.Fallback;

/// <summary>
/// Gives the settings of an endpoint to Kestrel's own https, where s2n is not supported and the application allows that
/// (<see cref="S2nHttpsOptions.UseHttpsIfNotSupported"/>): the opposite direction of <c>KestrelDefaults</c>.
/// </summary>
/// <remarks>
/// Whoever is refused by s2n must be refused here. So what decides who is served is carried over exactly, or refused by name
/// (<see cref="Refusals"/>). What only makes the connection better is lost, and logged (<see cref="LostSettings"/>).
/// </remarks>
internal static class KestrelHttps
{
    /// <param name="options">The endpoint's settings.</param>
    /// <param name="https">What Kestrel will use; it has Kestrel's defaults.</param>
    /// <param name="hasServerNames">Whether Kestrel chooses among the names of an <c>Sni</c> section, some of which may ask for client certificates.</param>
    /// <exception cref="NotSupportedException">Without a setting, clients would be served that s2n refuses.</exception>
    internal static void Apply(S2nHttpsOptions options, HttpsConnectionAdapterOptions https, bool hasServerNames = false)
    {
        Refusals.Check(options, hasServerNames);
        ApplyCertificate(options, https);
        https.ClientCertificateMode = Mode(options.Tls.ClientCertificateMode);
        if (options.Tls.RemoteCertificateValidationCallback is null)
        {
            https.ClientCertificateValidation = null; // otherwise it is Kestrel's own
        }

        https.TlsClientHelloBytesCallback = options.TlsClientHelloBytesCallback;
        https.HandshakeTimeout = options.HandshakeTimeout == Timeout.InfiniteTimeSpan ? S2nHttpsOptions.Longest : options.HandshakeTimeout;
        ApplyVerification(options.Tls, https);
    }

    /// <summary>The first certificate; without any, Kestrel finds the server's default one itself.</summary>
    private static void ApplyCertificate(S2nHttpsOptions options, HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificateSelector = options.ServerCertificateSelector;
        if (options.ServerCertificate is { } certificate)
        {
            (https.ServerCertificate, https.ServerCertificateChain) = (certificate, options.ServerCertificateChain);
        }
        else if (options.CertificateFiles is [{ } files, ..])
        {
            (https.ServerCertificate, https.ServerCertificateChain) = PemCertificate.Read(files);
        }
    }

    /// <summary>What Kestrel has no option for, and SslStream does.</summary>
    private static void ApplyVerification(S2nServerOptions tls, HttpsConnectionAdapterOptions https)
    {
        X509ChainPolicy? policy = Policy(tls);
        X509RevocationMode revocation = tls.CertificateRevocationCheckMode;
        bool mayResume = tls.AllowTlsResume;
        https.OnAuthenticate = (_, ssl) =>
        {
            ssl.CertificateRevocationCheckMode = revocation;
            ssl.CertificateChainPolicy = policy?.Clone();
            if (!mayResume || ssl.ClientCertificateRequired)
            {
                // In a resumed session nobody shows a certificate: as with s2n, there is none where certificates are asked for.
                ssl.AllowTlsResume = false;
            }
        };
    }

    private static X509ChainPolicy? Policy(S2nServerOptions tls)
    {
        if (tls.CertificateChainPolicy is { } given)
        {
            X509ChainPolicy copy = given.Clone();
            copy.DisableCertificateDownloads = true;
            return copy;
        }

        if (tls.TrustedRoots is null)
        {
            return null; // the system's roots
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = tls.CertificateRevocationCheckMode,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(tls.TrustedRoots);
        return policy;
    }

    private static ClientCertificateMode Mode(S2nClientCertificateMode mode) => mode switch
    {
        S2nClientCertificateMode.None => ClientCertificateMode.NoCertificate,
        S2nClientCertificateMode.Optional => ClientCertificateMode.AllowCertificate,
        _ => ClientCertificateMode.RequireCertificate,
    };
}
