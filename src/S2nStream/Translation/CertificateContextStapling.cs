using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Translation;

/// <summary>
/// What an <see cref="SslStreamCertificateContext"/> knows about OCSP stapling: whether it was created offline, and the root, which may be the certificate's
/// issuer. .NET has no public way to read either. An offline context is to cause no traffic, so one that cannot be read counts as offline.
/// </summary>
internal static class CertificateContextStapling
{
    /// <summary>Whether SslStream would fetch and staple responses for the certificate, if it names responders.</summary>
    internal static bool IsAllowed(SslStreamCertificateContext context)
    {
        try
        {
            return !IsForbiddenFor(context) && RootOfContext(context) is not null;
        }
        catch (MissingFieldException)
        {
            return false; // a later .NET may keep it elsewhere; a test checks that it does not
        }
    }

    /// <summary>The root of the context's chain, in DER. Null if there is none: .NET disposes the root of a certificate that is its own issuer.</summary>
    internal static byte[]? RootOf(SslStreamCertificateContext context)
    {
        try
        {
            return RootOfContext(context) is { } root && root.Handle != 0 ? root.RawData : null;
        }
        catch (Exception e) when (e is MissingFieldException or CryptographicException)
        {
            return null; // a later .NET keeps it elsewhere, or it was disposed just now
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_staplingForbidden")]
    private static extern ref bool IsForbiddenFor(SslStreamCertificateContext context);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_rootCertificate")]
    private static extern ref X509Certificate2? RootOfContext(SslStreamCertificateContext context);
}
