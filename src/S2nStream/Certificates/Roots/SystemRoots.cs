using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Errors;

namespace S2nTls.Certificates.Roots;

/// <summary>
/// The system's trusted roots. AWS-LC's compiled-in paths need not exist on the machine, so this looks for those of the distributions;
/// <c>SSL_CERT_FILE</c> and <c>SSL_CERT_DIR</c> replace them, as in OpenSSL and .NET. Thread-safe.
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

    /// <summary>
    /// .NET's own store of roots, which on Linux exists in addition to the system's: <c>dotnet dev-certs https --trust</c> writes there.
    /// </summary>
    private static string UsersStore => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".dotnet", "corefx", "cryptography", "x509stores", "root");

    /// <summary>Changes when the roots do, as far as their paths and write times show.</summary>
    internal sealed record Version(string? File, string? Directories, DateTime LastWrite);

    internal static Version CurrentVersion()
    {
        (string? file, string? directories) = Configured();
        IEnumerable<string> places = string.IsNullOrEmpty(file) && string.IsNullOrEmpty(directories)
            ? s_bundles
            : [file ?? string.Empty, .. Split(directories)];
        return new Version(file, directories, places.Append(UsersStore).Where(Path.Exists).Select(File.GetLastWriteTimeUtc).DefaultIfEmpty().Max());
    }

    /// <summary>What was loaded last for <see cref="Latest"/>.</summary>
    private static Tuple<Version, TrustAnchors>? s_latest;

    /// <summary>What was loaded last, and the SHA-256 of its input: roots are checked when they change, not for every config.</summary>
    private static Tuple<string, TrustAnchors>? s_last;

    /// <summary>The roots as read when the files were last seen to have changed.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    internal static TrustAnchors Latest()
    {
        Version current = CurrentVersion();
        if (Volatile.Read(ref s_latest) is { } latest && latest.Item1 == current)
        {
            return latest.Item2;
        }

        TrustAnchors loaded = Load();
        Volatile.Write(ref s_latest, Tuple.Create(current, loaded));
        return loaded;
    }

    /// <summary>Reads the files again.</summary>
    /// <exception cref="InvalidOperationException">The files do not exist.</exception>
    /// <exception cref="S2nException">A named file contains no readable certificate.</exception>
    internal static TrustAnchors Load()
    {
        (string? bundle, string[] files) = Places();
        byte[]? bundled = bundle is null ? null : ReadBundle(bundle);
        List<byte[]> others = [.. files.Select(TryRead).OfType<byte[]>()];
        List<byte[]> users = [.. UsersFiles().Select(TryRead).OfType<byte[]>()];
        string read = DigestOf([bundled ?? [], .. others, [], .. users]);
        if (Volatile.Read(ref s_last) is { } last && last.Item1 == read)
        {
            return last.Item2;
        }

        var certificates = new X509Certificate2Collection();
        try
        {
            if (bundled is not null)
            {
                CertificatesIn.Bundle(bundled, certificates);
                ThrowIfNone(certificates, bundle!);
            }

            others.ForEach(file => CertificatesIn.Bundle(file, certificates));
            users.ForEach(file => CertificatesIn.Store(file, certificates));
            var anchors = new TrustAnchors(certificates);
            Volatile.Write(ref s_last, Tuple.Create(read, anchors));
            return anchors;
        }
        finally
        {
            foreach (X509Certificate2 certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }

    private static (string? Bundle, string[] Files) Places()
    {
        (string? file, string? directories) = Configured();
        if (string.IsNullOrEmpty(file) && string.IsNullOrEmpty(directories))
        {
            return (
                Array.Find(s_bundles, File.Exists) ?? throw new InvalidOperationException(
                    "The system's trusted roots were not found in any of the usual places " +
                    $"({string.Join(", ", s_bundles)}). Install the distribution's ca-certificates package, or set SSL_CERT_FILE or TrustedRoots."),
                []);
        }

        // All files in a directory, whatever their names: OpenSSL's lookup would need hashed links.
        return (string.IsNullOrEmpty(file) ? null : file, [.. Split(directories).Where(Directory.Exists).SelectMany(Directory.EnumerateFiles)]);
    }

    private static byte[] ReadBundle(string file) =>
        File.Exists(file)
            ? File.ReadAllBytes(file)
            : throw new InvalidOperationException($"The system's trusted roots cannot be loaded: SSL_CERT_FILE names {file}, which does not exist.");

    private static void ThrowIfNone(X509Certificate2Collection certificates, string file)
    {
        if (certificates.Count == 0)
        {
            throw new S2nFault(
                S2nErrorType.Usage,
                "S2N_ERR_NO_CERTIFICATE_IN_PEM",
                $"The system's trusted roots cannot be loaded from {file} (SSL_CERT_FILE, or the distribution's bundle): it contains no certificate, or the first one cannot be read (S2N_ERR_NO_CERTIFICATE_IN_PEM).").ToException();
        }
    }

    private static string[] UsersFiles() => Directory.Exists(UsersStore) ? Directory.GetFiles(UsersStore, "*.pfx") : [];

    /// <returns>Null if it has disappeared or may not be read: a directory of roots may contain other files too.</returns>
    private static byte[]? TryRead(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return null;
        }
    }

    private static string DigestOf(List<byte[]> contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] content in contents)
        {
            hash.AppendData(BitConverter.GetBytes(content.Length));
            hash.AppendData(content);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>The paths set in the environment; if none, the distribution's bundle applies.</summary>
    private static (string? File, string? Directories) Configured() =>
        (Environment.GetEnvironmentVariable("SSL_CERT_FILE"), Environment.GetEnvironmentVariable("SSL_CERT_DIR"));

    private static string[] Split(string? directories) => directories?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
