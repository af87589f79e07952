using System.CommandLine;
using System.Security.Cryptography.X509Certificates;

namespace Examples;

/// <summary>A server's certificate that is made on the spot, for those who have none of their own.</summary>
internal static class SelfMadeCertificate
{
    public static Option<FileInfo> WriteCaOption() => new("--write-ca")
    {
        Description = "Write the root of the certificate made on the spot, PEM, for clients to trust.",
        HelpName = "file",
    };

    /// <param name="name">The name of the root.</param>
    /// <param name="caFile">Where the root is written to.</param>
    public static X509Certificate2 ForLocalhost(string name, FileInfo? caFile)
    {
        using var authority = new SelfMadeAuthority(name);
        if (caFile is not null)
        {
            try
            {
                File.WriteAllText(caFile.FullName, authority.Root.ExportCertificatePem() + "\n");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"--write-ca: {e.Message}", e);
            }
        }

        return authority.IssueForLocalhost();
    }

    /// <summary>Only what is made on the spot has a root to be written.</summary>
    public static void RefuseWriteCaWith(this Command command, Option<FileInfo> certificate, Option<FileInfo> writeCa) =>
        command.Validators.Add(result =>
        {
            if (result.GetResult(certificate) is not null && result.GetResult(writeCa) is not null)
            {
                result.AddError("--write-ca is for the certificate made on the spot, not for one that is given.");
            }
        });
}
