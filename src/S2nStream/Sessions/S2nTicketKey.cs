using System.Security.Cryptography;

namespace S2nTls;

/// <summary>
/// A key that encrypts session tickets during one period of a <see cref="S2nTicketKeyRing"/>. It can be given to a ring once, which wipes it after
/// use. Dispose a key that is not given to a ring; that wipes it.
/// </summary>
public sealed class S2nTicketKey : IDisposable
{
    internal const int NameLength = 16;
    internal const int MinSecretLength = 32;

    private byte[]? _secret;

    /// <summary>Makes a key. The bytes are copied.</summary>
    /// <param name="name">1 to 16 bytes that name the key, in the clear, in every ticket. No two keys of a ring may have the same name.</param>
    /// <param name="secret">
    /// At least 32 bytes, from a good source of randomness or derived from such bytes. s2n derives the ticket's own key from it.
    /// </param>
    /// <exception cref="ArgumentException">A length is out of range.</exception>
    public S2nTicketKey(ReadOnlySpan<byte> name, ReadOnlySpan<byte> secret)
    {
        if (name.Length is 0 or > NameLength)
        {
            throw new ArgumentException($"A ticket key's name must have 1 to {NameLength} bytes.", nameof(name));
        }

        if (secret.Length < MinSecretLength)
        {
            throw new ArgumentException($"A ticket key's secret must have at least {MinSecretLength} bytes.", nameof(secret));
        }

        Name = name.ToArray();
        _secret = GC.AllocateUninitializedArray<byte>(secret.Length, pinned: true); // never moved, so wiping it leaves no copy
        secret.CopyTo(_secret);
    }

    internal byte[] Name { get; }

    internal byte[] Secret => _secret ?? throw GivenBefore();

    /// <summary>Wipes the secret, unless a ring has taken it. Can be called any number of times.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(Interlocked.Exchange(ref _secret, null));

    /// <summary>Takes the secret, which the caller now owns and must wipe.</summary>
    /// <exception cref="InvalidOperationException">It was already taken or wiped: if it was wiped, a key of zeros would encrypt tickets.</exception>
    internal byte[] TakeSecret() => Interlocked.Exchange(ref _secret, null) ?? throw GivenBefore();

    private static InvalidOperationException GivenBefore() =>
        new($"The provider of ticket keys returned an {nameof(S2nTicketKey)} that it had returned before or that was disposed. A ring wipes a key after use: return a new object each time.");
}
