using System.Security.Cryptography.X509Certificates;
using S2nTls.Wire;

namespace S2nTls.Context;

/// <summary>A server's request for the client's certificate, with information for choosing one.</summary>
/// <param name="ServerCertificate">The server's certificate, not validated yet. It belongs to the code that answers.</param>
/// <param name="Issuers">The names of the authorities that the server accepts, in .NET's format; empty means any.</param>
internal sealed record ClientCertificateRequest(X509Certificate2 ServerCertificate, string[] Issuers)
{
    /// <summary>Reads the issuers' names from the body of a CertificateRequest.</summary>
    /// <returns>Null if it is not a CertificateRequest.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A name cannot be read.</exception>
    internal static string[]? ReadIssuers(ReadOnlySpan<byte> body, bool isTls13) =>
        CertificateRequestMessage.ReadAuthorities(body, isTls13) is { } names
            ? [.. names.Select(name => new X500DistinguishedName(name).Name)] // empty if it is not a name
            : null;
}
