using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Finds the private key of a certificate that was given without one: like Kestrel, it looks for the same certificate in the stores.</summary>
internal static class CertificateWithKey
{
    /// <returns>The certificate itself if no key was found; it is refused later.</returns>
    internal static X509Certificate2 Find(X509Certificate2 certificate, ILogger logger)
    {
        if (certificate.HasPrivateKey)
        {
            return certificate;
        }

        HandshakeLog.LocateCertWithPrivateKey(logger, certificate.Thumbprint);
        return Find(certificate, StoreLocation.LocalMachine, logger) ?? Find(certificate, StoreLocation.CurrentUser, logger) ?? certificate;
    }

    private static X509Certificate2? Find(X509Certificate2 certificate, StoreLocation location, ILogger logger)
    {
        using var store = new X509Store(StoreName.My, location);
        try
        {
            store.Open(OpenFlags.ReadOnly);
        }
        catch (Exception e) when (e is CryptographicException or SecurityException)
        {
            HandshakeLog.FailToOpenStore(logger, location, e); // Linux has no such machine store
            return null;
        }

        try
        {
            X509Certificate2? found = store.Certificates.FirstOrDefault(
                stored => stored.HasPrivateKey && stored.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));
            if (found is not null)
            {
                HandshakeLog.FoundCertWithPrivateKey(logger, found.Thumbprint, location);
            }

            return found;
        }
        catch (CryptographicException e)
        {
            HandshakeLog.FailToLocateCertificate(logger, e);
            return null;
        }
    }
}
