using System.Security.Cryptography.X509Certificates;
using S2nTls.Wire;

namespace S2nTls.Context;

/// <summary>A server's request for the client's certificate, with what a client may want to know before it chooses one.</summary>
/// <param name="ServerCertificate">What the server has shown. Nobody has validated it yet. It belongs to whoever answers.</param>
/// <param name="Issuers">The names of the authorities that the server would like, as .NET writes them; none stands for any.</param>
internal sealed record ClientCertificateRequest(X509Certificate2 ServerCertificate, string[] Issuers)
{
    /// <summary>Reads the issuers' names out of the body of a CertificateRequest.</summary>
    /// <returns>Null where that is not what it is.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A name cannot be read.</exception>
    internal static string[]? ReadIssuers(ReadOnlySpan<byte> body, bool isTls13) =>
        CertificateRequestMessage.ReadAuthorities(body, isTls13) is { } names
            ? [.. names.Select(name => new X500DistinguishedName(name).Name)] // empty for what is no name
            : null;
}
