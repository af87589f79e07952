using System.Net.Security;
using System.Runtime.CompilerServices;

namespace S2nTls.Translation;

/// <summary>
/// The trust that an <see cref="SslStreamCertificateContext"/> can carry (<see cref="SslCertificateTrust"/>): roots for clients' certificates. .NET
/// has no public way to read them, and ignoring them would change which clients a server accepts, so they are refused.
/// </summary>
internal static class CertificateContextTrust
{
    /// <exception cref="NotSupportedException">The context carries one.</exception>
    internal static void ThrowIfSet(SslStreamCertificateContext context)
    {
        if (IsSet(context))
        {
            throw new NotSupportedException(
                $"The {nameof(SslStreamCertificateContext)} carries an {nameof(SslCertificateTrust)}, which only SslStream can read. " +
                $"Set the roots for clients' certificates in the {nameof(SslServerAuthenticationOptions.CertificateChainPolicy)} instead.");
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
            return false; // a later .NET keeps it elsewhere: a test checks this
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "Trust")]
    private static extern ref SslCertificateTrust? TrustOf(SslStreamCertificateContext context);
}
