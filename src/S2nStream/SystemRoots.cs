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

    private static readonly string s_usersStore = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "corefx", "cryptography", "x509stores", "root");

    /// <summary>Changes when the roots do, as far as the places themselves tell.</summary>
    internal sealed record Version(string? File, string? Directories, DateTime LastWrite);

    internal static Version CurrentVersion()
    {
        (string? file, string? directories) = Configured();
        IEnumerable<string> places = string.IsNullOrEmpty(file) && string.IsNullOrEmpty(directories)
            ? s_bundles
            : [file ?? string.Empty, .. Split(directories)];
        return new Version(file, directories, places.Append(s_usersStore).Where(Path.Exists).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max());
    }

    internal static void AddTo(ConfigHandle config)
    {
        (string? file, string? directories) = Configured();
        if (string.IsNullOrEmpty(file) && string.IsNullOrEmpty(directories))
        {
            file = Array.Find(s_bundles, File.Exists) ?? throw new InvalidOperationException(
                "The system's trusted roots were not found in any of the usual places " +
                $"({string.Join(", ", s_bundles)}). Install the distribution's package ca-certificates, set SSL_CERT_FILE, or give TrustedRoots.");
        }

        if (!string.IsNullOrEmpty(file))
        {
            AddBundle(config, file);
        }

        foreach (string directory in Split(directories))
        {
            AddDirectory(config, directory);
        }

        AddUsersStore(config);
    }

    private static void AddBundle(ConfigHandle config, string file)
    {
        if (!File.Exists(file))
        {
            throw new InvalidOperationException($"The system's trusted roots cannot be loaded: SSL_CERT_FILE names {file}, and there is no such file.");
        }

        try
        {
            S2nError.ThrowIf(S2n.s2n_config_set_verification_ca_location(config, file, null) != S2n.Success);
        }
        catch (S2nException e)
        {
            throw new S2nException($"The system's trusted roots cannot be loaded from {file} (SSL_CERT_FILE, or the distribution's bundle)", e);
        }
    }

    /// <summary>What the environment says; where it says nothing, the distribution's bundle is meant.</summary>
    private static (string? File, string? Directories) Configured() =>
        (Environment.GetEnvironmentVariable("SSL_CERT_FILE"), Environment.GetEnvironmentVariable("SSL_CERT_DIR"));

    private static string[] Split(string? directories) => directories?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>.NET's own store of roots, which on Linux is beside the system's: <c>dotnet dev-certs https --trust</c> writes there.</summary>
    private static void AddUsersStore(ConfigHandle config)
    {
        if (!Directory.Exists(s_usersStore))
        {
            return;
        }

        using var store = new X509Store(StoreName.Root, StoreLocation.CurrentUser, OpenFlags.ReadOnly);
        foreach (X509Certificate2 root in store.Certificates)
        {
            ConfigBuilder.AddRoot(config, root.ExportCertificatePem());
            root.Dispose();
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
                    ConfigBuilder.AddRoot(config, certificate.ExportCertificatePem());
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
