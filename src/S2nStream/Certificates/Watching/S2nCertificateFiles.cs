using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using S2nTls.Certificates;
using S2nTls.Certificates.Pem;
using S2nTls.Certificates.Stapling;

namespace S2nTls;

/// <summary>The PEM files of a certificate, as certbot and Kubernetes write them. Immutable.</summary>
public sealed record S2nCertificateFiles
{
    /// <summary>Names the two required files.</summary>
    /// <param name="certificatePath">The chain: the end-entity certificate first, then the intermediates in order.</param>
    /// <param name="privateKeyPath">The private key. It may be in the same file.</param>
    public S2nCertificateFiles(string certificatePath, string privateKeyPath)
    {
        ArgumentNullException.ThrowIfNull(certificatePath);
        ArgumentNullException.ThrowIfNull(privateKeyPath);
        CertificatePath = certificatePath;
        PrivateKeyPath = privateKeyPath;
    }

    /// <summary>The chain: the end-entity certificate first, then the intermediates in order.</summary>
    public string CertificatePath { get; }

    /// <summary>The private key. It may be in the same file.</summary>
    public string PrivateKeyPath { get; }

    /// <summary>
    /// The password of an encrypted private key
    /// (<see cref="S2nCertificate.FromPem(ReadOnlySpan{char}, ReadOnlySpan{char}, ReadOnlySpan{char})"/>). Null, the default, if the key is not
    /// encrypted. <c>ToString</c> does not show it.
    /// </summary>
    public string? Password { get; init; }

    /// <summary>An OCSP response to staple, DER, if another program keeps one up to date (<see cref="S2nCertificate.WithOcspResponse"/>). Null, the default, for none.</summary>
    public string? OcspResponsePath { get; init; }

    /// <summary>Each file once.</summary>
    internal IEnumerable<string> Paths =>
        new[] { CertificatePath, PrivateKeyPath, OcspResponsePath }.OfType<string>().DistinctBy(Path.GetFullPath, StringComparer.Ordinal);

    /// <summary>Loads the certificate from the files' current content.</summary>
    /// <exception cref="InvalidDataException">
    /// The certificate file ends in the middle of a certificate, or the OCSP response is not one; the message names the file.
    /// </exception>
    /// <inheritdoc cref="S2nCertificate.FromPemFiles(string, string)" path="/exception"/>
    [SupportedOSPlatform("linux")]
    public S2nCertificate Load()
    {
        using PemPair pair = PemPair.Read(CertificatePath, PrivateKeyPath);
        S2nCertificate certificate = pair.Load(isEncrypted: Password is not null, Password);
        try
        {
            ThrowIfCutShort(pair.Certificates.Span, certificate);
            if (OcspResponsePath is not null)
            {
                byte[] response = File.ReadAllBytes(OcspResponsePath);
                OcspResponseFormat.Check(response, nameof(OcspResponsePath));
                certificate.Staple(response, default);
            }

            return certificate;
        }
        catch (ArgumentException e)
        {
            certificate.Dispose();
            throw new InvalidDataException($"{OcspResponsePath}: {e.Message}", e);
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
    }

    /// <summary>Leaves the password out of <see cref="ToString"/>.</summary>
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"{nameof(CertificatePath)} = {CertificatePath}, {nameof(PrivateKeyPath)} = {PrivateKeyPath}, ");
        builder.Append(CultureInfo.InvariantCulture, $"{nameof(OcspResponsePath)} = {OcspResponsePath}");
        return true;
    }

    /// <summary>s2n loads the certificates that are complete: too few, if the file is still being written.</summary>
    private void ThrowIfCutShort(ReadOnlySpan<char> text, S2nCertificate certificate)
    {
        int begun = text.Count(CertificateBlocks.Begin);
        int loaded = CertificateChain.ReadEncoded(certificate.Handle).Count;
        if (begun > loaded)
        {
            throw new InvalidDataException($"{CertificatePath} is truncated: {begun} certificates begin in it, but only {loaded} are complete.");
        }
    }

    /// <summary>Adds the files' current content to a hash; an unreadable file differs from an empty one.</summary>
    internal void AppendTo(IncrementalHash hash)
    {
        foreach (string path in Paths)
        {
            try
            {
                byte[] content = SecretText.ReadBytes(path);
                hash.AppendData(BitConverter.GetBytes(content.Length));
                hash.AppendData(content);
                CryptographicOperations.ZeroMemory(content);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                hash.AppendData([0xFF]);
            }
        }
    }
}
