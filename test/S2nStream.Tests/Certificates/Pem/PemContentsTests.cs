using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace S2nTls.Tests.Certificates;

/// <summary>What may be in the PEM of a certificate and its key: what X509Certificate2 takes is taken here, and what it refuses is refused.</summary>
[Needs("openssl")]
public class PemContentsTests(OpenSslFiles files) : IClassFixture<OpenSslFiles>
{
    private const string Password = OpenSslFiles.Password;

    /// <param name="Certificate">The text that has the certificate.</param>
    /// <param name="Key">The text that has the key; null where it is the same.</param>
    /// <param name="Password">The key's.</param>
    /// <param name="IsTaken">By .NET, and here.</param>
    private sealed record Input(string Certificate, string? Key = null, string? Password = null, bool IsTaken = true);

    private static readonly Dictionary<string, Func<OpenSslFiles, Input>> s_inputs = new()
    {
        ["two texts"] = of => new(of["ec.crt"], of["ec.key"]),
        ["one text, the certificate first"] = of => new(of["ec.crt"] + of["ec.key"]),
        ["one text, the key first"] = of => new(of["rsa.key"] + of["rsa.crt"]),
        ["parameters between"] = of => new(of["rsa.crt"] + OpenSslFiles.DhParameters + of["rsa.key"]),
        ["parameters first"] = of => new(OpenSslFiles.DhParameters + of["ec.parameters"] + of["ec.sec1"] + of["ec.crt"]),
        ["explanations, with dashes"] = of => new($"a -- b\n---\n{of["ec.explained"]}s:/CN=x\n--- end -----\n", $"# of the year -- 2026\n{of["ec.key"]}"),
        ["something after the end"] = of => new($"{of["ec.crt"]}-----BEGIN", $"{of["ec.key"]}-----BEGIN PRIVATE KEY-----\nMII"),
        ["a chain with the key between"] = of => new(of["ec.crt"] + of["ec.key"] + of["rsa.crt"]),
        ["lines that end as on Windows"] = of => new((of["ec.crt"] + of["ec.key"]).ReplaceLineEndings("\r\n")),
        ["lines that end as on old Macs"] = of => new((of["ec.crt"] + of["ec.key"]).ReplaceLineEndings("\r")),
        ["no line ends"] = of => new(of["ec.crt"].ReplaceLineEndings(""), of["ec.key"].ReplaceLineEndings("")),
        ["lines that are indented"] = of => new((of["ec.crt"] + of["ec.key"]).ReplaceLineEndings("\n  \t")),
        ["OpenSSL's trusted form before the certificate"] = of => new(of["ec.trusted"] + of["ec.crt"], of["ec.key"]),
        ["OpenSSL's trusted form alone"] = of => new(of["ec.trusted"], of["ec.key"], IsTaken: false),
        ["an old name for certificates"] = of => new(of["ec.crt"].Replace("CERTIFICATE", "X509 CERTIFICATE", StringComparison.Ordinal), of["ec.key"], IsTaken: false),
        ["the key twice"] = of => new(of["ec.crt"], of["ec.key"] + of["ec.key"]),
        ["a broken key before the key"] = of => new(of["ec.crt"], of["ec.key"].Insert(60, "*") + of["ec.key"]),
        ["another key after the key"] = of => new(of["ec.crt"], of["ec.key"] + of["other.key"]),
        ["another key before the key"] = of => new(of["ec.crt"], of["other.key"] + of["ec.key"], IsTaken: false),
        ["a key of another kind before the key, in its own form"] = of => new(of["ec.crt"], of["rsa.pkcs1"] + of["ec.sec1"]),
        ["the other way round"] = of => new(of["rsa.crt"], of["ec.sec1"] + of["rsa.pkcs1"]),
        ["a key of another kind"] = of => new(of["rsa.crt"], of["ec.sec1"], IsTaken: false),
        ["a key of another kind before the key, both PKCS #8"] = of => new(of["ec.crt"], of["rsa.key"] + of["ec.key"], IsTaken: false),
        ["a traditionally encrypted key before the key"] = of => new(of["rsa.crt"], of["rsa.traditional"] + of["rsa.key"]),
        ["an encrypted key before the key"] = of => new(of["ec.crt"], of["ec.encrypted"] + of["ec.key"]),
        ["no certificate"] = of => new(of["ec.key"], IsTaken: false),
        ["no key"] = of => new(of["ec.crt"], IsTaken: false),
        ["nothing"] = _ => new("", IsTaken: false),
        ["no PEM"] = _ => new("no PEM -- at all", IsTaken: false),
        ["an encrypted RSA key"] = of => new(of["rsa.crt"], of["rsa.encrypted"], Password),
        ["an encrypted ECDSA key"] = of => new(of["ec.crt"], of["ec.encrypted"], Password),
        ["one text with an encrypted key"] = of => new(of["ec.encrypted"] + OpenSslFiles.DhParameters + of["ec.crt"], Password: Password),
        ["3DES"] = of => new(of["rsa.crt"], of["rsa.3des"], Password),
        ["AES-128 and SHA-512"] = of => new(of["ec.crt"], of["ec.aes128"], Password),
        ["an encrypted key of RSA-PSS"] = of => new(of["pss.crt"], of["pss.encrypted"], Password, IsTaken: false),
        ["scrypt"] = of => new(of["ec.crt"], of["ec.scrypt"], Password, IsTaken: false),
        ["a plain key before the encrypted one"] = of => new(of["ec.crt"], of["other.key"] + of["ec.encrypted"], Password),
        ["another encrypted key after the key"] = of => new(of["ec.crt"], of["ec.encrypted"] + of["other.encrypted"], Password),
        ["another encrypted key before the key"] = of => new(of["ec.crt"], of["other.encrypted"] + of["ec.encrypted"], Password, IsTaken: false),
        ["an encrypted key of another kind"] = of => new(of["rsa.crt"], of["ec.encrypted"], Password, IsTaken: false),
        ["no password"] = of => new(of["ec.crt"], of["ec.encrypted"], IsTaken: false),
        ["a wrong password"] = of => new(of["ec.crt"], of["ec.encrypted"], "wrong", IsTaken: false),
        ["an empty password"] = of => new(of["ec.crt"], of["ec.encrypted"], "", IsTaken: false),
        ["a password, and a key that is not encrypted"] = of => new(of["ec.crt"], of["ec.key"], Password, IsTaken: false),
        ["OpenSSL's traditional encryption, RSA"] = of => new(of["rsa.crt"], of["rsa.traditional"], Password, IsTaken: false),
        ["OpenSSL's traditional encryption, EC"] = of => new(of["ec.crt"], of["ec.traditional"], Password, IsTaken: false),
    };

    public static TheoryData<string> Inputs() => [.. s_inputs.Keys];

    public static TheoryData<string> Encodings() => ["utf-8", "utf-16", "utf-16BE", "utf-32", "utf-32BE"];

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Text_is_taken_or_refused_as_by_X509Certificate2(string name)
    {
        Input input = s_inputs[name](files);
        string key = input.Key ?? input.Certificate;
        X509Certificate2? theirs = Taken<X509Certificate2>(() => input.Password is null
            ? X509Certificate2.CreateFromPem(input.Certificate, key)
            : X509Certificate2.CreateFromEncryptedPem(input.Certificate, key, input.Password));
        S2nCertificate? ours = Taken<S2nCertificate>(() => input.Password is null
            ? S2nCertificate.FromPem(input.Certificate, key)
            : S2nCertificate.FromPem(input.Certificate, key, input.Password));
        AssertSame(input, theirs, ours);
    }

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Files_are_taken_or_refused_as_by_X509Certificate2(string name)
    {
        Input input = s_inputs[name](files);
        using var directory = new TempDirectory();
        string certificate = directory.PathOf(PemFiles.Certificate);
        File.WriteAllText(certificate, input.Certificate);
        string key = certificate;
        if (input.Key is not null)
        {
            key = directory.PathOf(PemFiles.Key);
            File.WriteAllText(key, input.Key);
        }

        X509Certificate2? theirs = Taken<X509Certificate2>(() => input.Password is null
            ? X509Certificate2.CreateFromPemFile(certificate, key)
            : X509Certificate2.CreateFromEncryptedPemFile(certificate, input.Password, key));
        AssertSame(input, theirs, Taken<S2nCertificate>(() => input.Password is null
            ? S2nCertificate.FromPemFiles(certificate, key)
            : S2nCertificate.FromPemFiles(certificate, key, input.Password)));
        AssertSame(input, theirs, Taken<S2nCertificate>(() => new S2nCertificateFiles(certificate, key) { Password = input.Password }.Load()));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void A_file_says_by_its_mark_what_encoding_it_has(string encoding)
    {
        using var directory = new TempDirectory();
        string path = directory.PathOf(PemFiles.Certificate);
        File.WriteAllText(path, files["ec.key"] + files["ec.crt"], encoding == "utf-8" ? new UTF8Encoding(true) : Encoding.GetEncoding(encoding));
        using X509Certificate2 theirs = X509Certificate2.CreateFromPemFile(path, path);
        using S2nCertificate ours = S2nCertificate.FromPemFiles(path, path);
        Assert.Equal(theirs.RawData, ours.Leaf.RawData);
    }

    [Fact]
    public async Task A_file_may_be_a_pipe()
    {
        using var directory = new TempDirectory();
        string pipe = directory.PathOf("pipe");
        using (Process mkfifo = Process.Start("mkfifo", [pipe]))
        {
            await mkfifo.WaitForExitAsync().WithDeadline();
        }

        Task<S2nCertificate> loading = Task.Run(() => S2nCertificate.FromPemFiles(pipe, pipe));
        await File.WriteAllTextAsync(pipe, files["ec.key"] + files["ec.crt"] + new string('\n', 100_000)).WithDeadline();
        using S2nCertificate certificate = await loading.WithDeadline();
        Assert.Equal("CN=ec", certificate.Leaf.Subject);
    }

    [Fact]
    public void A_certificate_that_cannot_be_read_is_not_left_out_of_the_chain()
    {
        // X509Certificate2Collection.ImportFromPem takes the rest, and clients would miss an intermediate.
        string broken = files["rsa.crt"].Insert(60, "*-"), cut = files["rsa.crt"][..300];
        foreach (string chain in (string[])[files["ec.crt"] + broken, broken + files["ec.crt"], files["ec.crt"] + cut])
        {
            using X509Certificate2 theirs = X509Certificate2.CreateFromPem(chain, files["ec.key"]);
            Assert.Throws<S2nException>(() => S2nCertificate.FromPem(chain, files["ec.key"]));
        }
    }

    [Fact]
    public void What_s2n_reads_and_dotnet_does_not_is_still_taken()
    {
        string certificate = files["ec.crt"].Replace("-----", "----", StringComparison.Ordinal);
        string key = files["ec.key"].Insert(files["ec.key"].IndexOf('\n', StringComparison.Ordinal), "\n***");
        Assert.Throws<CryptographicException>(() => X509Certificate2.CreateFromPem(certificate, key));
        using S2nCertificate ours = S2nCertificate.FromPem(certificate, key);
        Assert.Equal("CN=ec", ours.Leaf.Subject);
    }

    [Fact]
    public void A_key_beside_a_certificate_whose_key_is_elsewhere_does_not_matter()
    {
        using RSA key = RSA.Create();
        key.ImportFromPem(files["rsa.key"]);
        using S2nCertificate certificate = S2nCertificate.FromPem(files["rsa.key"] + OpenSslFiles.DhParameters + files["rsa.crt"], key);
        Assert.Equal("CN=rsa", certificate.Leaf.Subject);
    }

    /// <returns>Null where it is refused: here by an S2nException, by .NET in one of two ways.</returns>
    private static T? Taken<T>(Func<T> load)
        where T : class
    {
        try
        {
            return load();
        }
        catch (Exception e) when (typeof(T) == typeof(S2nCertificate) ? e is S2nException : e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static void AssertSame(Input input, X509Certificate2? theirs, S2nCertificate? ours)
    {
        using (ours)
        {
            Assert.Equal(input.IsTaken, theirs is not null);
            Assert.Equal(input.IsTaken, ours is not null);
            Assert.Equal(theirs?.RawData, ours?.Leaf.RawData);
        }
    }
}
