using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Engine;

/// <summary>A server's request for the client's certificate, with what a client may want to know before it chooses one.</summary>
/// <param name="ServerCertificate">What the server has shown. Nobody has validated it yet. It belongs to whoever answers.</param>
/// <param name="Issuers">The names of the authorities that the server would like, as .NET writes them; none stands for any.</param>
internal sealed record ClientCertificateRequest(X509Certificate2 ServerCertificate, string[] Issuers)
{
    private const int CertificateAuthoritiesExtension = 47;

    /// <summary>Reads the names out of the message's body (RFC 8446 §4.3.2 and §4.2.4, RFC 5246 §7.4.4).</summary>
    /// <returns>Null where that is not what it is.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A name cannot be read.</exception>
    internal static string[]? ReadIssuers(ReadOnlySpan<byte> body, bool isTls13)
    {
        var message = new WireReader(body);
        ReadOnlySpan<byte> authorities;
        if (isTls13)
        {
            ReadOnlySpan<byte> context = message.ReadVector(1);
            authorities = FindAuthorities(message.ReadVector(2));
            if (!context.IsEmpty)
            {
                return null; // a context belongs to a request after the handshake
            }
        }
        else
        {
            message.ReadVector(1); // certificate_types
            message.ReadVector(2); // supported_signature_algorithms
            authorities = message.ReadVector(2);
        }

        return message.Failed || !message.IsEmpty ? null : ReadNames(authorities);
    }

    private static ReadOnlySpan<byte> FindAuthorities(ReadOnlySpan<byte> extensions)
    {
        var reader = new WireReader(extensions);
        while (!reader.IsEmpty)
        {
            int type = reader.ReadNumber(2);
            var content = new WireReader(reader.ReadVector(2));
            if (type == CertificateAuthoritiesExtension)
            {
                return content.ReadVector(2);
            }
        }

        return default;
    }

    private static string[]? ReadNames(ReadOnlySpan<byte> authorities)
    {
        var names = new List<string>();
        var reader = new WireReader(authorities);
        while (!reader.IsEmpty)
        {
            ReadOnlySpan<byte> name = reader.ReadVector(2);
            if (reader.Failed)
            {
                return null;
            }

            names.Add(new X500DistinguishedName(name).Name); // empty for what is no name
        }

        return [.. names];
    }
}
