using System.Buffers.Binary;
using System.Security.Cryptography;

namespace S2nTls;

/// <summary>
/// Derives ticket keys from a secret and the clock (HKDF, RFC 5869), so that all servers with the secret have the same keys at the same time,
/// without communicating. Thread-safe.
/// </summary>
/// <remarks>
/// Anyone who learns the secret learns the keys of all periods, past and future. Replace it from time to time: give new servers another, or write
/// an <see cref="S2nTicketKeyProvider"/> that knows from which period on each secret is used.
/// </remarks>
public sealed class S2nSharedSecretTicketKeys : S2nTicketKeyProvider, IDisposable
{
    private const int MinSecretLength = 32;

    private readonly Lock _lock = new(); // between deriving and wiping: half a secret would make keys that no other server has

    private byte[]? _secret;

    /// <summary>Makes a provider. The secret is copied.</summary>
    /// <param name="secret">At least 32 bytes from a good source of randomness.</param>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public S2nSharedSecretTicketKeys(ReadOnlySpan<byte> secret)
    {
        if (secret.Length < MinSecretLength)
        {
            throw new ArgumentException($"The secret must have at least {MinSecretLength} bytes.", nameof(secret));
        }

        _secret = GC.AllocateUninitializedArray<byte>(secret.Length, pinned: true);
        secret.CopyTo(_secret);
    }

    /// <inheritdoc/>
    public override S2nTicketKey? GetKey(long period)
    {
        Span<byte> name = stackalloc byte[S2nTicketKey.NameLength];
        Span<byte> secret = stackalloc byte[S2nTicketKey.MinSecretLength];
        try
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_secret is null, this);
                Derive(_secret, "S2nStream ticket key name"u8, period, name);
                Derive(_secret, "S2nStream ticket key"u8, period, secret);
            }

            return new S2nTicketKey(name, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>
    /// Wipes the secret. Rings that still ask get an <see cref="ObjectDisposedException"/>, which they treat like any failure, and continue with the
    /// keys that they have: so dispose it when no context uses the rings any more.
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            CryptographicOperations.ZeroMemory(_secret);
            _secret = null;
        }
    }

    private static void Derive(byte[] master, ReadOnlySpan<byte> label, long period, Span<byte> output)
    {
        Span<byte> info = stackalloc byte[64];
        label.CopyTo(info);
        BinaryPrimitives.WriteInt64BigEndian(info[label.Length..], period);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, output, salt: [], info[..(label.Length + sizeof(long))]);
    }
}
