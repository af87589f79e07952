using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Stapling;

namespace S2nTls.Testing;

/// <summary>A real OCSP responder: <c>openssl ocsp</c>, which answers for an authority over HTTP.</summary>
public sealed class OcspProgram : IAsyncDisposable
{
    private const string Index = "index.txt";

    private readonly X509Certificate2 _authority;
    private readonly PeerProgram _program;
    private readonly TempDirectory _directory;
    private int _said;

    private OcspProgram(X509Certificate2 authority, PeerProgram program, TempDirectory directory, Uri address)
    {
        _authority = authority;
        _program = program;
        _directory = directory;
        Address = address;
    }

    /// <summary>What certificates are to name it by.</summary>
    public Uri Address { get; }

    /// <param name="authority">Whose responder it is, with its key.</param>
    /// <param name="signer">Who signs in its place, with its key.</param>
    public static async Task<OcspProgram> StartAsync(X509Certificate2 authority, X509Certificate2? signer = null)
    {
        var directory = new TempDirectory();
        using ECDsa key = (signer ?? authority).GetECDsaPrivateKey()!;
        File.WriteAllText(directory.PathOf("ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(directory.PathOf("signer.pem"), (signer ?? authority).ExportCertificatePem());
        File.WriteAllText(directory.PathOf("signer.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(directory.PathOf(Index), string.Empty);
        PeerProgram program = PeerProgram.Start(
            "openssl", ["ocsp", "-port", "0", "-index", Index, "-CA", "ca.pem", "-rsigner", "signer.pem", "-rkey", "signer.key", "-ndays", "1"], directory);
        int port = 0;
        await program.ExplainAsync(async () =>
        {
            // ACCEPT [::]:34075 PID=13276
            string line = await new StreamReader(program.Output, leaveOpen: true).ReadLineAsync().WithDeadline() ?? throw new EndOfStreamException();
            port = int.Parse(line.Split(' ')[1].AsSpan(line.Split(' ')[1].LastIndexOf(':') + 1), CultureInfo.InvariantCulture);
        });
        return new OcspProgram(authority, program, directory, new Uri($"http://127.0.0.1:{port}/"));
    }

    /// <summary>Has it answer from now on that certificates are good, or revoked; all others are unknown to it.</summary>
    public async Task SayAsync(bool revoked, params X509Certificate2[] certificates)
    {
        string status = revoked ? $"R\t491231235959Z\t{DateTime.UtcNow.AddHours(-1).ToString("yyMMddHHmmss'Z'", CultureInfo.InvariantCulture)}" : "V\t491231235959Z\t";
        // Each with a subject of its own: openssl takes no index in which one is twice.
        string whole = _directory.PathOf($"index.{++_said}");
        File.WriteAllLines(whole, certificates.Select(certificate => $"{status}\t{certificate.SerialNumber}\tunknown\t/CN={certificate.SerialNumber}"));

        // By a link, so that each is another file as long as this lives: by that openssl notices, even within a second.
        string link = _directory.PathOf("index.link");
        File.CreateSymbolicLink(link, whole);
        File.Move(link, _directory.PathOf(Index), overwrite: true);

        // It looks for another file before it waits for a question, not when that comes: so here is one that nobody needs.
        using var http = new HttpClient();
        byte[] question = OcspRequest.Encode(new OcspCertificateId(certificates[0], _authority));
        await http.GetByteArrayAsync(OcspRequest.ForGet(Address, question)).WithDeadline();
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
