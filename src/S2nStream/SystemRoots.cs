using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// The system's trusted roots. AWS-LC's compiled-in paths need not exist on the machine, so the
/// distributions' own are looked for; <c>SSL_CERT_FILE</c> and <c>SSL_CERT_DIR</c> replace them, as they
/// do for OpenSSL and .NET.
/// </summary>
internal static class SystemRoots
{
    private static readonly string[] s_bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Alpine, Arch
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL, Amazon Linux
        "/etc/pki/tls/certs/ca-bundle.crt",                  // older Fedora and RHEL
        "/etc/ssl/ca-bundle.pem",                            // SUSE
        "/etc/ssl/cert.pem",                                 // Alpine, OpenBSD's layout
    ];

    internal static void AddTo(ConfigHandle config)
    {
        string? file = Environment.GetEnvironmentVariable("SSL_CERT_FILE");
        string? directories = Environment.GetEnvironmentVariable("SSL_CERT_DIR");
        if (string.IsNullOrEmpty(file) && string.IsNullOrEmpty(directories))
        {
            file = Array.Find(s_bundles, File.Exists) ?? throw new InvalidOperationException(
                "The system's trusted roots were not found in any of the usual places " +
                $"({string.Join(", ", s_bundles)}). Install the distribution's package ca-certificates, set SSL_CERT_FILE, or give TrustedRoots.");
        }

        if (!string.IsNullOrEmpty(file))
        {
            S2nError.ThrowIf(S2n.s2n_config_set_verification_ca_location(config, file, null) != S2n.Success);
        }

        foreach (string directory in directories?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            AddDirectory(config, directory);
        }
    }

    /// <summary>Adds every certificate in a directory, under whatever name: OpenSSL's lookup would want hashed links.</summary>
    private static void AddDirectory(ConfigHandle config, string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (string file in Directory.EnumerateFiles(directory))
        {
            try
            {
                var certificates = new X509Certificate2Collection();
                certificates.ImportFromPemFile(file);
                foreach (X509Certificate2 certificate in certificates)
                {
                    S2nContext.AddRoot(config, certificate.ExportCertificatePem());
                    certificate.Dispose();
                }
            }
            catch (Exception e) when (e is CryptographicException or UnauthorizedAccessException or (IOException and not S2nException))
            {
                // A directory of roots may hold other files too; what is not a certificate is not a root.
            }
        }
    }
}
