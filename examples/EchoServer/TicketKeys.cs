using S2nTls;

namespace Examples;

/// <summary>The ticket keys of a fleet: every server that reads the same secret has the same ones.</summary>
internal static class TicketKeys
{
    public static TicketKeyRing FromFile(FileInfo file, TimeSpan rotation)
    {
        try
        {
            #region snippet ticket-keys
            var keys = new SharedSecretTicketKeys(File.ReadAllBytes(file.FullName));
            return new TicketKeyRing(keys, rotation, acceptance: 10 * rotation);
            #endregion
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{file}: {e.Message}", e);
        }
    }
}
