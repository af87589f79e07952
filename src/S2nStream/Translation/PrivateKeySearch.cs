using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Translation;

/// <summary>
/// Finds the private key of a certificate that was given without one, in the user's and the machine's personal stores, as SslStream does.
/// </summary>
internal static class PrivateKeySearch
{
    /// <returns>A certificate with its private key: the given one, or the same one from a store. Null if there is none.</returns>
    internal static X509Certificate2? WithPrivateKey(X509Certificate certificate)
    {
        X509Certificate2 own = certificate as X509Certificate2 ?? new X509Certificate2(certificate);
        return own.HasPrivateKey ? own : Find(own, StoreLocation.CurrentUser) ?? Find(own, StoreLocation.LocalMachine);
    }

    private static X509Certificate2? Find(X509Certificate2 certificate, StoreLocation location)
    {
        try
        {
            using var store = new X509Store(StoreName.My, location);
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            return store.Certificates.FirstOrDefault(
                stored => stored.HasPrivateKey && stored.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));
        }
        catch (CryptographicException)
        {
            return null; // there is no such store
        }
    }
}
