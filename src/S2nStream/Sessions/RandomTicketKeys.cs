using System.Security.Cryptography;

namespace S2nTls.Sessions;

/// <summary>
/// Keys that nobody else has: each is made at random when the ring asks for it, which is once, and known to the ring alone, which
/// wipes it when its tickets are no longer accepted. What a context has that was given no ring.
/// </summary>
internal sealed class RandomTicketKeys : S2nTicketKeyProvider
{
    public override S2nTicketKey? GetKey(long period)
    {
        Span<byte> name = stackalloc byte[S2nTicketKey.NameLength];
        Span<byte> secret = stackalloc byte[S2nTicketKey.MinSecretLength];
        try
        {
            RandomNumberGenerator.Fill(name);
            RandomNumberGenerator.Fill(secret);
            return new S2nTicketKey(name, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
