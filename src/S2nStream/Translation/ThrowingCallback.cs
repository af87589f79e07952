using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Translation;

/// <summary>
/// How an exception of a validation callback leaves the handshake. .NET 10's SslStream throws it as it is; .NET 11's, an AuthenticationException
/// that contains it. A program that catches what its runtime's SslStream throws catches it here too.
/// </summary>
internal static class ThrowingCallback
{
    private static readonly bool s_isContained = Environment.Version.Major >= 11;

    internal static RemoteCertificateValidationCallback? AsOnThisRuntime(RemoteCertificateValidationCallback? callback) =>
        callback is null || !s_isContained ? callback : (sender, certificate, chain, errors) =>
        {
            try
            {
                return callback(sender, certificate, chain, errors);
            }
            catch (Exception e)
            {
                throw new AuthenticationException("The validation callback threw an exception: see the inner exception.", e);
            }
        };
}
