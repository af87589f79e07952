namespace S2nTls.Http.Requests;

/// <summary>Recognizes requests written to an HTTP/1.1 connection by their beginning.</summary>
internal static class RequestLine
{
    /// <summary>Idempotent methods (RFC 9110 §9.2.2).</summary>
    private static readonly byte[][] s_idempotent =
        ["GET "u8.ToArray(), "HEAD "u8.ToArray(), "OPTIONS "u8.ToArray(), "TRACE "u8.ToArray(), "PUT "u8.ToArray(), "DELETE "u8.ToArray()];

    /// <summary>
    /// Whether it is a request with an idempotent method: if a server does not answer, there is no way to know what it has done, so only such a
    /// request may be sent twice. The inner handler writes a request's head at once.
    /// </summary>
    internal static bool IsIdempotent(ReadOnlySpan<byte> written)
    {
        foreach (byte[] method in s_idempotent)
        {
            if (written.StartsWith(method))
            {
                int end = written.IndexOf((byte)'\r');
                return end > 0 && (written[..end].EndsWith(" HTTP/1.1"u8) || written[..end].EndsWith(" HTTP/1.0"u8));
            }
        }

        return false;
    }
}
