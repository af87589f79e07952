using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// A certificate chain with its private key, in s2n's memory (<c>s2n_cert_chain_and_key</c>). Immutable,
/// thread-safe, usable in any number of contexts; a context keeps what it needs alive, so the certificate
/// can be disposed once the contexts are made.
/// </summary>
public sealed class S2nCertificate : IDisposable
{
    private S2nCertificate(CertificateHandle handle, X509Certificate2 leaf)
    {
        Handle = handle;
        Leaf = leaf;
    }

    internal CertificateHandle Handle { get; }

    /// <summary>The end-entity certificate, without its private key.</summary>
    internal X509Certificate2 Leaf { get; }

    /// <summary>Makes one from PEM text.</summary>
    /// <param name="certificatePem">The chain: the end-entity certificate first, then the intermediates in order.</param>
    /// <param name="privateKeyPem">The unencrypted private key: PKCS #8, PKCS #1 (RSA) or SEC 1 (EC).</param>
    /// <exception cref="S2nException">Of type usage: the text holds no such thing, or the key does not belong to the certificate (<c>S2N_ERR_KEY_MISMATCH</c>).</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nCertificate FromPem(ReadOnlySpan<char> certificatePem, ReadOnlySpan<char> privateKeyPem)
    {
        byte[] key = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(privateKeyPem), pinned: true);
        try
        {
            Encoding.UTF8.GetBytes(privateKeyPem, key);
            return Load(Encoding.UTF8.GetBytes(certificatePem.ToArray()), key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Makes one from two PEM files; see <see cref="FromPem"/>.</summary>
    /// <exception cref="IOException">A file cannot be read; or, as <see cref="S2nException"/>, holds no such thing.</exception>
    public static S2nCertificate FromPemFiles(string certificatePath, string privateKeyPath)
    {
        byte[] certificate = File.ReadAllBytes(certificatePath);
        byte[] key = File.ReadAllBytes(privateKeyPath);
        try
        {
            return Load(certificate, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Makes one from a certificate with its private key, and the intermediates that peers need to build the chain.</summary>
    /// <param name="certificate">RSA, RSA-PSS or ECDSA, with an exportable private key.</param>
    /// <param name="intermediates">The rest of the chain, in order, without the root.</param>
    /// <exception cref="ArgumentException">There is no private key.</exception>
    /// <exception cref="NotSupportedException">The key is neither RSA nor ECDSA, or cannot be exported.</exception>
    /// <exception cref="S2nException">s2n refuses the certificate or the key.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nCertificate FromX509(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey)
        {
            throw new ArgumentException("The certificate has no private key.", nameof(certificate));
        }

        var chain = new StringBuilder(certificate.ExportCertificatePem());
        foreach (X509Certificate2 intermediate in intermediates ?? [])
        {
            chain.Append('\n').Append(intermediate.ExportCertificatePem());
        }

        char[] keyPem = ExportPrivateKey(certificate);
        try
        {
            return FromPem(chain.ToString(), keyPem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(keyPem.AsSpan()));
        }
    }

    /// <summary>Lets go of the native memory, once no context uses it any more.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        Leaf.Dispose();
    }

    private static char[] ExportPrivateKey(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key =
            (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey()
            ?? certificate.GetECDsaPrivateKey()
            ?? throw new NotSupportedException(
                $"The certificate's key is neither RSA nor ECDSA (algorithm {certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value}).");
        byte[]? pkcs8 = null;
        try
        {
            pkcs8 = key.ExportPkcs8PrivateKey();
            char[] pem = GC.AllocateUninitializedArray<char>(PemEncoding.GetEncodedSize("PRIVATE KEY".Length, pkcs8.Length), pinned: true);
            PemEncoding.TryWrite("PRIVATE KEY", pkcs8, pem, out _);
            return pem;
        }
        catch (CryptographicException e)
        {
            throw new NotSupportedException("The certificate's private key cannot be exported.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static unsafe S2nCertificate Load(byte[] certificatePem, byte[] keyPem)
    {
        S2nRuntime.EnsureStarted();
        CertificateHandle handle = CertificateHandle.Create();
        try
        {
            // s2n copies what it is given, so the pins end with the call.
            fixed (byte* certificate = certificatePem, key = keyPem)
            {
                S2nError.ThrowIf(S2n.s2n_cert_chain_and_key_load_pem_bytes(
                    handle, certificate, (uint)certificatePem.Length, key, (uint)keyPem.Length) != S2n.Success);
            }

            return new S2nCertificate(handle, CertificateChain.Read(handle)[0]);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
