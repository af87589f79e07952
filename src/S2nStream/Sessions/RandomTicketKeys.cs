using System.Security.Cryptography;

namespace S2nTls.Sessions;

/// <summary>
/// Random keys: each is made when the ring asks for it, which it does once, and only the ring knows it, which wipes it when its tickets are no
/// longer accepted. For contexts without a ring in their options.
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
