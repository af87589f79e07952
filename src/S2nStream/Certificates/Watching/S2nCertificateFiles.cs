using System.Security.Cryptography;
using S2nTls.Certificates;
using S2nTls.Certificates.Stapling;

namespace S2nTls;

/// <summary>The PEM files of a certificate, as certbot and Kubernetes write them. Immutable.</summary>
public sealed record S2nCertificateFiles
{
    /// <summary>Names the two required files.</summary>
    /// <param name="certificatePath">The chain: the end-entity certificate first, then the intermediates in order.</param>
    /// <param name="privateKeyPath">The unencrypted private key.</param>
    public S2nCertificateFiles(string certificatePath, string privateKeyPath)
    {
        ArgumentNullException.ThrowIfNull(certificatePath);
        ArgumentNullException.ThrowIfNull(privateKeyPath);
        CertificatePath = certificatePath;
        PrivateKeyPath = privateKeyPath;
    }

    /// <summary>The chain: the end-entity certificate first, then the intermediates in order.</summary>
    public string CertificatePath { get; }

    /// <summary>The unencrypted private key.</summary>
    public string PrivateKeyPath { get; }

    /// <summary>An OCSP response to staple, in DER, which another program keeps up to date (<see cref="S2nCertificate.WithOcspResponse"/>). Null, the default, for none.</summary>
    public string? OcspResponsePath { get; init; }

    internal IEnumerable<string> Paths => OcspResponsePath is null ? [CertificatePath, PrivateKeyPath] : [CertificatePath, PrivateKeyPath, OcspResponsePath];

    /// <summary>Loads the certificate from the files' current content.</summary>
    /// <exception cref="InvalidDataException">
    /// The certificate file ends in the middle of a certificate, or the OCSP response is not one; the message names the file.
    /// </exception>
    /// <inheritdoc cref="S2nCertificate.FromPemFiles" path="/exception"/>
    public S2nCertificate Load()
    {
        S2nCertificate certificate = S2nCertificate.FromPemFiles(CertificatePath, PrivateKeyPath);
        try
        {
            ThrowIfCutShort(certificate);
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

    /// <summary>s2n loads the certificates that are complete: too few, if the file is still being written.</summary>
    private void ThrowIfCutShort(S2nCertificate certificate)
    {
        const string Begin = "-----BEGIN CERTIFICATE-----";
        int begun = File.ReadAllText(CertificatePath).AsSpan().Count(Begin);
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
                byte[] content = S2nCertificate.ReadSecret(path);
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
