using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Translation;

/// <summary>
/// What an <see cref="SslStreamCertificateContext"/> knows of OCSP stapling: whether it was made offline, and the root, which may be the certificate's
/// issuer. .NET has no public way to see either. Who made a context offline wants no traffic: what cannot be read is taken for that.
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
            return false; // a later .NET keeps it elsewhere: a test watches over this
        }
    }

    /// <summary>Null where the context's chain has none.</summary>
    internal static X509Certificate2? RootOf(SslStreamCertificateContext context)
    {
        try
        {
            return RootOfContext(context);
        }
        catch (MissingFieldException)
        {
            return null;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_staplingForbidden")]
    private static extern ref bool IsForbiddenFor(SslStreamCertificateContext context);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_rootCertificate")]
    private static extern ref X509Certificate2? RootOfContext(SslStreamCertificateContext context);
}
