namespace S2nTls.AspNetCore.Configuration;

internal static class Refusal
{
    /// <exception cref="InvalidOperationException">There are endpoints on SslStream.</exception>
    internal static void ThrowIfAny(IReadOnlyList<string> onSslStream)
    {
        if (onSslStream.Count > 0)
        {
            throw new InvalidOperationException(
                $"UseS2n was called for the whole application, and these https endpoints would stay on SslStream: {string.Join(", ", onSslStream)}. "
                + "Call UseS2n on them in the place of UseHttps (with an S2nContextSelector in the place of TlsHandshakeCallbackOptions), also where "
                + "ConfigurationLoader.Endpoint calls it; or UseS2n on the endpoints alone instead of the whole application.");
        }
    }
}
