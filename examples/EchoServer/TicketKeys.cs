using S2nTls;

namespace Examples;

/// <summary>The ticket keys of a fleet: every server that reads the same secret has the same ones.</summary>
internal static class TicketKeys
{
    public static S2nTicketKeyRing FromFile(FileInfo file, TimeSpan rotation)
    {
        try
        {
            #region snippet ticket-keys
            var keys = new S2nSharedSecretTicketKeys(File.ReadAllBytes(file.FullName));
            return new S2nTicketKeyRing(keys, rotation, acceptance: 10 * rotation);
            #endregion
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{file}: {e.Message}", e);
        }
    }
}
