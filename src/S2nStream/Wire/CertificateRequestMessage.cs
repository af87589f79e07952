namespace S2nTls.Wire;

/// <summary>A server's request for a certificate, in either version.</summary>
internal static class CertificateRequestMessage
{
    /// <summary>Reads the authorities' names from the message's body (RFC 8446 §4.3.2 and §4.2.4, RFC 5246 §7.4.4).</summary>
    /// <returns>The names in DER; null if it is not such a message.</returns>
    internal static List<byte[]>? ReadAuthorities(ReadOnlySpan<byte> body, bool isTls13)
    {
        var message = new WireReader(body);
        ReadOnlySpan<byte> authorities;
        if (isTls13)
        {
            if (!message.ReadVector(1).IsEmpty)
            {
                return null; // a context belongs to a request after the handshake
            }

            authorities = ExtensionReader.TryFind(message.ReadVector(2), ExtensionType.CertificateAuthorities, out ReadOnlySpan<byte> content)
                ? new WireReader(content).ReadVector(2)
                : default;
        }
        else
        {
            message.ReadVector(1); // certificate_types
            message.ReadVector(2); // supported_signature_algorithms
            authorities = message.ReadVector(2);
        }

        return message.Failed || !message.IsEmpty ? null : ReadNames(authorities);
    }

    private static List<byte[]>? ReadNames(ReadOnlySpan<byte> authorities)
    {
        var names = new List<byte[]>();
        var reader = new WireReader(authorities);
        while (!reader.IsEmpty)
        {
            names.Add(reader.ReadVector(2).ToArray());
        }

        return reader.Failed ? null : names;
    }
}
