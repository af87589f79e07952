using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Certificates;
using S2nTls.Certificates.Signing;
using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// A certificate chain in s2n's memory (<c>s2n_cert_chain_and_key</c>) and its private key: either also in s2n's memory, or a .NET object that
/// signs the handshakes. Immutable, thread-safe, usable in any number of contexts; a context keeps what it needs alive, so the certificate can be
/// disposed once the contexts are made.
/// </summary>
/// <remarks>A chain of more than 64 KiB in total is sent like any other, but peers that use s2n do not accept it; SslStream and OpenSSL have other limits.</remarks>
[SupportedOSPlatform("linux")]
public sealed partial class S2nCertificate : IDisposable
{
    private readonly CertificateHandle _handle;
    private volatile bool _isDisposed;

    private S2nCertificate(CertificateHandle handle, X509Certificate2 leaf)
    {
        _handle = handle;
        Leaf = leaf;
    }

    /// <exception cref="ObjectDisposedException">The certificate is disposed, though contexts may still keep the handle alive.</exception>
    internal CertificateHandle Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _handle;
        }
    }

    /// <summary>The end-entity certificate, without its private key. Disposed with this object.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>When the end-entity certificate becomes valid.</summary>
    /// <inheritdoc cref="NotAfter" path="/exception"/>
    public DateTimeOffset NotBefore => Leaf.NotBefore;

    /// <summary>When the end-entity certificate expires: the last moment of its validity.</summary>
    /// <exception cref="CryptographicException">The certificate is disposed.</exception>
    public DateTimeOffset NotAfter => Leaf.NotAfter;

    /// <summary>
    /// Makes a certificate from an X509Certificate2 with its private key, and the intermediates that peers need to build the chain.
    /// </summary>
    /// <param name="certificate">
    /// RSA or ECDSA, with a private key. An exportable key is copied into s2n, which is faster; one that cannot be exported (behind an OpenSSL
    /// provider or engine, say) stays where it is and signs there, as with
    /// <see cref="FromX509(X509Certificate2, AsymmetricAlgorithm, X509Certificate2Collection, bool)"/>. Not needed afterwards.
    /// </param>
    /// <param name="intermediates">The rest of the chain, in order, without the root.</param>
    /// <exception cref="ArgumentException">There is no private key.</exception>
    /// <exception cref="NotSupportedException">The key is neither RSA nor ECDSA.</exception>
    /// <exception cref="S2nException">s2n refuses the certificate or the key.</exception>
    /// <exception cref="PlatformNotSupportedException">s2n does not run on this platform (<see cref="S2nStream.IsSupported"/>).</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    [OverloadResolutionPriority(1)] // FromX509(certificate, null) means this one
    public static S2nCertificate FromX509(X509Certificate2 certificate, X509Certificate2Collection? intermediates = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey)
        {
            throw new ArgumentException("The certificate has no private key.", nameof(certificate));
        }

        string chain = ToPem(certificate, intermediates);
        AsymmetricAlgorithm key =
            (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey()
            ?? certificate.GetECDsaPrivateKey()
            ?? throw new NotSupportedException(
                $"The certificate's key is neither RSA nor ECDSA (algorithm {certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value}).");
        if (!TryExport(key, out char[]? keyPem))
        {
            return Load(Encoding.UTF8.GetBytes(chain), new PrivateKeySigner(key, ownsKey: true, concurrent: false));
        }

        key.Dispose();
        try
        {
            return FromPem(chain, keyPem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(keyPem.AsSpan()));
        }
    }

    /// <summary>Releases the native memory, and the private key if it is outside s2n, once no context and no connection uses them.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _handle.Dispose();
        Leaf.Dispose();
    }

    private static string ToPem(X509Certificate2 certificate, X509Certificate2Collection? intermediates)
    {
        var chain = new StringBuilder(certificate.ExportCertificatePem());
        foreach (X509Certificate2 intermediate in intermediates ?? [])
        {
            chain.Append('\n').Append(intermediate.ExportCertificatePem());
        }

        return chain.ToString();
    }

    private static bool TryExport(AsymmetricAlgorithm key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out char[]? pem)
    {
        byte[]? pkcs8 = null;
        try
        {
            pkcs8 = key.ExportPkcs8PrivateKey();
            pem = GC.AllocateUninitializedArray<char>(PemEncoding.GetEncodedSize("PRIVATE KEY".Length, pkcs8.Length), pinned: true);
            PemEncoding.TryWrite("PRIVATE KEY", pkcs8, pem, out _);
            return true;
        }
        catch (CryptographicException)
        {
            pem = null; // not an error: the key signs where it is
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static unsafe S2nCertificate Load(byte[] certificatePem, byte[] keyPem) => Load(handle =>
    {
        ThrowIfEmpty(certificatePem, "certificate");
        ThrowIfEmpty(keyPem, "private key");

        // s2n copies its input.
        S2nError.Check(S2n.s2n_cert_chain_and_key_load_pem_bytes(
            handle, certificatePem, (uint)certificatePem.Length, keyPem, (uint)keyPem.Length));
    });

    /// <summary>s2n's own error would be about a null pointer.</summary>
    private static void ThrowIfEmpty(byte[] pem, string what)
    {
        if (pem.Length == 0)
        {
            throw new S2nFault(S2nErrorType.Usage, "S2N_ERR_INVALID_PEM", $"The PEM text of the {what} is empty (S2N_ERR_INVALID_PEM).").ToException();
        }
    }

    private static S2nCertificate Load(Action<CertificateHandle> fill)
    {
        S2nRuntime.EnsureStarted();
        CertificateHandle handle = CertificateHandle.Create();
        try
        {
            fill(handle);
            return new S2nCertificate(handle, CertificateChain.Read(handle)[0]);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
