namespace S2nTls.Wire;

/// <summary>The certificates in a Certificate message, or in s2n's copy of one.</summary>
internal static class CertificateList
{
    /// <summary>s2n's own limit for chains that it verifies; longer chains are refused here too.</summary>
    internal const int MaxLength = 7;

    /// <summary>Reads the message's body (RFC 8446 §4.4.2, RFC 5246 §7.4.2).</summary>
    /// <returns>The certificates in DER; null if it is not such a message.</returns>
    internal static List<byte[]>? Read(ReadOnlySpan<byte> body, bool isTls13)
    {
        var message = new WireReader(body);
        if (isTls13 && !message.ReadVector(1).IsEmpty)
        {
            return null; // a context belongs to a request after the handshake
        }

        ReadOnlySpan<byte> list = message.ReadVector(3);
        return message.Failed || !message.IsEmpty ? null : ReadEntries(list, withExtensions: isTls13);
    }

    /// <summary>Reads the list itself: each entry has a three-byte length, and in TLS 1.3 messages extensions after it.</summary>
    internal static List<byte[]>? ReadEntries(ReadOnlySpan<byte> list, bool withExtensions)
    {
        var certificates = new List<byte[]>();
        var entries = new WireReader(list);
        while (!entries.IsEmpty)
        {
            certificates.Add(entries.ReadVector(3).ToArray());
            if (withExtensions)
            {
                entries.ReadVector(2);
            }

            if (entries.Failed)
            {
                return null;
            }
        }

        return certificates.Count > 0 ? certificates : null;
    }
}
