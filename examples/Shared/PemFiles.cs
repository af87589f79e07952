using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls;

namespace Examples;

/// <summary>Reads PEM files that the command line names; a failure says which file it was.</summary>
internal static class PemFiles
{
    public static X509Certificate2Collection ReadRoots(FileInfo file)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPemFile(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"{file}: {e.Message}", e);
        }

        return roots.Count > 0 ? roots : throw new UsageException($"{file}: there is no PEM certificate in it.");
    }

    public static S2nCertificate ReadCertificate(FileInfo certificate, FileInfo key)
    {
        try
        {
            return S2nCertificate.FromPemFiles(certificate.FullName, key.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{certificate} with {key}: {e.Message}", e);
        }
    }
}
