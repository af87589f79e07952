using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Makes OCSP responses with <c>openssl ocsp</c>, and such as it would not make.</summary>
internal static class OcspResponder
{
    /// <summary>A response for a certificate of <paramref name="authority"/>, signed by it unless another signer is given.</summary>
    /// <param name="authority">With its key.</param>
    /// <param name="leaf">The certificate.</param>
    /// <param name="status">V for good, R for revoked; null for a certificate that the responder does not know.</param>
    /// <param name="signer">With its key.</param>
    public static async Task<byte[]> RespondAsync(X509Certificate2 authority, X509Certificate2 leaf, char? status = 'V', X509Certificate2? signer = null)
    {
        var directory = new TempDirectory();
        Write("ca.pem", authority.ExportCertificatePem());
        Write("leaf.pem", leaf.ExportCertificatePem());
        Write("signer.pem", (signer ?? authority).ExportCertificatePem());
        using (ECDsa key = (signer ?? authority).GetECDsaPrivateKey()!)
        {
            Write("signer.key", key.ExportPkcs8PrivateKeyPem());
        }

        string revoked = status == 'R' ? DateTime.UtcNow.AddHours(-1).ToString("yyMMddHHmmss'Z'", CultureInfo.InvariantCulture) : "";
        Write("index.txt", status is null ? "" : $"{status}\t491231235959Z\t{revoked}\t{leaf.SerialNumber}\tunknown\t/CN=leaf\n");
        await using PeerProgram openssl = PeerProgram.Start(
            "openssl",
            ["ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "signer.pem", "-rkey", "signer.key", "-issuer", "ca.pem", "-cert", "leaf.pem", "-respout", "response.der", "-ndays", "1"],
            directory);
        await openssl.ExplainAsync(openssl.ExpectSuccessAsync);
        return await File.ReadAllBytesAsync(directory.PathOf("response.der"));

        void Write(string file, string content) => File.WriteAllText(directory.PathOf(file), content);
    }

    /// <summary>A good response whose time is over (RFC 6960 §4.2.1): openssl makes none.</summary>
    public static byte[] MakeExpired(X509Certificate2 authority, X509Certificate2 leaf) => new OcspResponseMaker(authority, leaf)
    {
        ThisUpdate = DateTimeOffset.UtcNow.AddDays(-3),
        NextUpdate = DateTimeOffset.UtcNow.AddDays(-2),
    }.Make();

    /// <inheritdoc cref="OcspResponseMaker.MakeError"/>
    public static byte[] MakeError(int status) => OcspResponseMaker.MakeError(status);
}
