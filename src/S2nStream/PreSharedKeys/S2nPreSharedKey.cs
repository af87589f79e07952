using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// A key that both sides were given beforehand (external PSK, RFC 8446 §4.2.11): it replaces certificates, on TLS 1.3. s2n holds the secret; this
/// object holds no copy. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Use a key for one client and one server, in these roles (RFC 9257 §5). The identity is sent in the clear. A secret that people can remember can
/// be guessed: use random bytes.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed class S2nPreSharedKey : IDisposable
{
    /// <summary>RFC 9257 §6: at least 128 bits of entropy.</summary>
    private const int MinSecretLength = 16;

    /// <summary>Makes a key.</summary>
    /// <param name="identity">Its name, 1 to 1024 bytes. It is copied.</param>
    /// <param name="secret">At least 16 random bytes. They are copied into s2n's memory and wiped there: wipe your own copy.</param>
    /// <param name="hashAlgorithm">The key's hash, which restricts the cipher suites: SHA-256, the default, or SHA-384. Both sides must agree on it.</param>
    /// <param name="maxEarlyDataSize">How many bytes of early data may be sent with the key. Default: none. Both sides must agree on it; a server also needs a guard (<see cref="S2nServerOptions.EarlyData"/>).</param>
    /// <param name="earlyDataCipherSuite">The cipher suite of early data and of connections that accept it. Default: AES-128-GCM for SHA-256, AES-256-GCM for SHA-384.</param>
    /// <exception cref="ArgumentException">A length is out of range, the secret is all zeros, or the hash is neither of the two.</exception>
    /// <exception cref="S2nException">The cipher suite is not one of TLS 1.3 with this hash.</exception>
    public S2nPreSharedKey(
        ReadOnlySpan<byte> identity, ReadOnlySpan<byte> secret, HashAlgorithmName? hashAlgorithm = null,
        int maxEarlyDataSize = 0, TlsCipherSuite? earlyDataCipherSuite = null)
    {
        HashAlgorithm = hashAlgorithm ?? HashAlgorithmName.SHA256;
        bool isSha384 = HashAlgorithm == HashAlgorithmName.SHA384;
        CheckLengths(identity, secret);
        ArgumentOutOfRangeException.ThrowIfNegative(maxEarlyDataSize);
        if (!isSha384 && HashAlgorithm != HashAlgorithmName.SHA256)
        {
            throw new ArgumentException($"A pre-shared key needs SHA-256 or SHA-384, not {HashAlgorithm}.", nameof(hashAlgorithm));
        }

        S2nRuntime.EnsureStarted();
        Identity = identity.ToArray();
        MaxEarlyDataSize = maxEarlyDataSize;
        Handle = PreSharedKeyHandle.Create();
        try
        {
            Fill(identity, secret, isSha384);
            if (maxEarlyDataSize > 0)
            {
                AllowEarlyData(earlyDataCipherSuite ?? (isSha384 ? TlsCipherSuite.TLS_AES_256_GCM_SHA384 : TlsCipherSuite.TLS_AES_128_GCM_SHA256));
            }
        }
        catch
        {
            Handle.Dispose();
            throw;
        }
    }

    /// <summary>The key's name.</summary>
    public ReadOnlyMemory<byte> Identity { get; }

    /// <summary>The key's hash.</summary>
    public HashAlgorithmName HashAlgorithm { get; }

    /// <summary>How many bytes of early data may be sent with the key.</summary>
    public int MaxEarlyDataSize { get; }

    internal PreSharedKeyHandle Handle { get; }

    /// <summary>Wipes the secret. Handshakes in progress keep a copy until they end; no other connection can use the key, whichever context has it.</summary>
    public void Dispose() => Handle.Dispose();

    private static void CheckLengths(ReadOnlySpan<byte> identity, ReadOnlySpan<byte> secret)
    {
        if (identity.Length is 0 or > 1024)
        {
            throw new ArgumentException("An identity must have 1 to 1024 bytes.", nameof(identity));
        }

        if (secret.Length is < MinSecretLength or > ushort.MaxValue)
        {
            throw new ArgumentException($"A secret must have at least {MinSecretLength} bytes.", nameof(secret));
        }

        if (!secret.ContainsAnyExcept((byte)0))
        {
            throw new ArgumentException("The secret is all zeros: it was never filled in.", nameof(secret));
        }
    }

    private unsafe void Fill(ReadOnlySpan<byte> identity, ReadOnlySpan<byte> secret, bool isSha384)
    {
        S2nError.Check(S2n.s2n_psk_set_identity(Handle, identity, (ushort)identity.Length));
        S2nError.Check(S2n.s2n_psk_set_secret(Handle, secret, (ushort)secret.Length));
        S2nError.Check(S2n.s2n_psk_set_hmac(Handle, isSha384 ? PreSharedKeyHash.Sha384 : PreSharedKeyHash.Sha256));
    }

    private void AllowEarlyData(TlsCipherSuite suite) =>
        S2nError.Check(S2n.s2n_psk_configure_early_data(Handle, (uint)MaxEarlyDataSize, (byte)((int)suite >> 8), (byte)suite));
}
