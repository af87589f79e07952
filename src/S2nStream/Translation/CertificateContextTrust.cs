using System.Net.Security;
using System.Runtime.CompilerServices;

namespace S2nTls.Translation;

/// <summary>
/// The trust that an <see cref="SslStreamCertificateContext"/> can carry (<see cref="SslCertificateTrust"/>):
/// roots for clients' certificates, in the wrong place for anybody else to read. .NET has no public way to see
/// them, and to leave them out would change whom a server lets in; so what is there is refused.
/// </summary>
internal static class CertificateContextTrust
{
    /// <exception cref="NotSupportedException">The context carries one.</exception>
    internal static void ThrowIfSet(SslStreamCertificateContext context)
    {
        if (IsSet(context))
        {
            throw new NotSupportedException(
                $"The {nameof(SslStreamCertificateContext)} carries an {nameof(SslCertificateTrust)}, which nobody but SslStream can read. " +
                $"Give the roots of clients' certificates as {nameof(SslServerAuthenticationOptions.CertificateChainPolicy)} instead.");
        }
    }

    private static bool IsSet(SslStreamCertificateContext context)
    {
        try
        {
            return TrustOf(context) is not null;
        }
        catch (MissingFieldException)
        {
            return false; // a later .NET keeps it elsewhere: a test watches over this
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "Trust")]
    private static extern ref SslCertificateTrust? TrustOf(SslStreamCertificateContext context);
}
