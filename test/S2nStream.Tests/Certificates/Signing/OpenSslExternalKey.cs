using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace S2nTls.Tests.Certificates;

/// <summary>
/// An OpenSSL RSA key whose private half OpenSSL does not have: it calls back for every private operation, as it
/// does for keys behind an engine. So it signs, and cannot be exported.
/// </summary>
internal static unsafe partial class OpenSslExternalKey
{
    private const string LibCrypto = "libcrypto.so.3";
    private const int ExternalKeyFlag = 0x20; // RSA_FLAG_EXT_PKEY
    private const int Pkcs1Padding = 1;

    private static RSAParameters s_key;
    private static int s_uses;

    /// <summary>How often a private operation was asked for.</summary>
    public static int Uses => Volatile.Read(ref s_uses);

    /// <summary>Makes one that stands for <paramref name="key"/>; there is one such key a process.</summary>
    public static RSAOpenSsl Create(RSA key)
    {
        s_key = key.ExportParameters(true);
        nint method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
        Check(RSA_meth_set_flags(method, ExternalKeyFlag));
        Check(RSA_meth_set_priv_enc(method, &PrivateOperation));
        nint rsa = RSA_new();
        Check(RSA_set0_key(rsa, ToNative(s_key.Modulus!), ToNative(s_key.Exponent!), 0));
        Check(RSA_set_method(rsa, method));
        nint pkey = EVP_PKEY_new();
        Check(EVP_PKEY_set1_RSA(pkey, rsa)); // counts a reference of its own
        RSA_free(rsa);
        using var handle = new SafeEvpPKeyHandle(pkey, ownsHandle: true);
        return new RSAOpenSsl(handle);
    }

    [UnmanagedCallersOnly]
    private static int PrivateOperation(int length, byte* from, byte* to, nint rsa, int padding)
    {
        Interlocked.Increment(ref s_uses);
        int size = s_key.Modulus!.Length;
        byte[] block = new byte[size];
        new ReadOnlySpan<byte>(from, length).CopyTo(block.AsSpan(size - length));
        if (padding == Pkcs1Padding)
        {
            // RFC 8017 §9.2: 00 01 FF … FF 00, then the digest's description.
            block.AsSpan(2, size - length - 3).Fill(0xFF);
            block[1] = 1;
        }

        byte[] signature = BigInteger.ModPow(Number(block), Number(s_key.D!), Number(s_key.Modulus)).ToByteArray(isUnsigned: true, isBigEndian: true);
        var destination = new Span<byte>(to, size);
        destination.Clear();
        signature.CopyTo(destination[(size - signature.Length)..]);
        return size;
    }

    private static BigInteger Number(byte[] bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);

    private static nint ToNative(byte[] number)
    {
        fixed (byte* bytes = number)
        {
            return BN_bin2bn(bytes, number.Length, 0);
        }
    }

    private static void Check(int result) => Assert.Equal(1, result);

    [LibraryImport(LibCrypto)]
    private static partial nint RSA_new();

    [LibraryImport(LibCrypto)]
    private static partial void RSA_free(nint rsa);

    [LibraryImport(LibCrypto)]
    private static partial nint RSA_PKCS1_OpenSSL();

    [LibraryImport(LibCrypto)]
    private static partial nint RSA_meth_dup(nint method);

    [LibraryImport(LibCrypto)]
    private static partial int RSA_meth_set_flags(nint method, int flags);

    [LibraryImport(LibCrypto)]
    private static partial int RSA_meth_set_priv_enc(nint method, delegate* unmanaged<int, byte*, byte*, nint, int, int> operation);

    [LibraryImport(LibCrypto)]
    private static partial int RSA_set0_key(nint rsa, nint n, nint e, nint d);

    [LibraryImport(LibCrypto)]
    private static partial int RSA_set_method(nint rsa, nint method);

    [LibraryImport(LibCrypto)]
    private static partial nint EVP_PKEY_new();

    [LibraryImport(LibCrypto)]
    private static partial int EVP_PKEY_set1_RSA(nint pkey, nint rsa);

    [LibraryImport(LibCrypto)]
    private static partial nint BN_bin2bn(byte* bytes, int length, nint result);
}
