using System.Buffers.Binary;
using System.Security.Cryptography;

namespace S2nTls;

/// <summary>
/// Derives ticket keys from one secret and the clock (HKDF, RFC 5869), so that all servers that have the
/// secret have the same keys at the same time, without talking to each other. Thread-safe.
/// </summary>
/// <remarks>
/// Whoever learns the secret learns the keys of all periods, past and future. Replace it now and then: give
/// the new servers another, or write an <see cref="ITicketKeyProvider"/> that knows from which period on it holds.
/// </remarks>
public sealed class SharedSecretTicketKeys : ITicketKeyProvider
{
    private const int MinSecretLength = 32;

    private readonly byte[] _secret;

    /// <summary>Makes a provider. The secret is copied.</summary>
    /// <param name="secret">At least 32 bytes from a good source of randomness.</param>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public SharedSecretTicketKeys(ReadOnlySpan<byte> secret)
    {
        if (secret.Length < MinSecretLength)
        {
            throw new ArgumentException($"The secret has at least {MinSecretLength} bytes.", nameof(secret));
        }

        _secret = GC.AllocateUninitializedArray<byte>(secret.Length, pinned: true);
        secret.CopyTo(_secret);
    }

    /// <inheritdoc/>
    public TicketKey? GetKey(long period)
    {
        Span<byte> name = stackalloc byte[TicketKey.NameLength];
        Span<byte> secret = stackalloc byte[TicketKey.MinSecretLength];
        try
        {
            Derive("S2nStream ticket key name"u8, period, name);
            Derive("S2nStream ticket key"u8, period, secret);
            return new TicketKey(name, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private void Derive(ReadOnlySpan<byte> label, long period, Span<byte> output)
    {
        Span<byte> info = stackalloc byte[64];
        label.CopyTo(info);
        BinaryPrimitives.WriteInt64BigEndian(info[label.Length..], period);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, output, salt: [], info[..(label.Length + sizeof(long))]);
    }
}
