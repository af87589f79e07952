namespace S2nTls.Certificates.Pem;

/// <summary>The contents of a certificate's file and its key's file; or of one file that is both, read once.</summary>
internal sealed class PemPair : IDisposable
{
    private readonly string _name;
    private readonly SecretText _key;

    private PemPair(string name, SecretText certificates, SecretText key) => (_name, Certificates, _key) = (name, certificates, key);

    internal SecretText Certificates { get; }

    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read, or is a directory.</exception>
    internal static PemPair Read(string certificatePath, string privateKeyPath)
    {
        SecretText certificates = SecretText.Read(certificatePath);
        try
        {
            return AreSame(certificatePath, privateKeyPath)
                ? new PemPair(certificatePath, certificates, certificates)
                : new PemPair($"{certificatePath} with {privateKeyPath}", certificates, SecretText.Read(privateKeyPath));
        }
        catch
        {
            certificates.Dispose();
            throw;
        }
    }

    internal static bool AreSame(string path, string other) => string.Equals(Path.GetFullPath(path), Path.GetFullPath(other), StringComparison.Ordinal);

    /// <exception cref="S2nException">The files contain no certificate or key; the message names them.</exception>
    internal S2nCertificate Load(bool isEncrypted, ReadOnlySpan<char> password)
    {
        try
        {
            return S2nCertificate.LoadPem(Certificates.Span, _key.Span, isEncrypted, password);
        }
        catch (S2nException e)
        {
            throw new S2nException(_name, e);
        }
    }

    public void Dispose()
    {
        Certificates.Dispose();
        _key.Dispose();
    }
}
