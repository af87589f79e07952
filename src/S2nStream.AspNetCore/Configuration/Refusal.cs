namespace S2nTls.AspNetCore.Configuration;

internal static class Refusal
{
    /// <exception cref="InvalidOperationException">Some endpoints use SslStream.</exception>
    internal static void ThrowIfAny(IReadOnlyList<string> onSslStream)
    {
        if (onSslStream.Count > 0)
        {
            throw new InvalidOperationException(
                $"UseS2n was called for the whole application, and these https endpoints would stay on SslStream: {string.Join(", ", onSslStream)}. "
                + "Call UseS2n on them instead of UseHttps (with an S2nContextSelector instead of TlsHandshakeCallbackOptions), in "
                + "ConfigurationLoader.Endpoint too; or do not call it for the whole application, but on single endpoints.");
        }
    }
}
