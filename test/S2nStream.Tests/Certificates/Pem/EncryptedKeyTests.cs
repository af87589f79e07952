namespace S2nTls.Tests.Certificates;

/// <summary>What is said of encrypted keys, and how they serve and are followed.</summary>
[Needs("openssl")]
public class EncryptedKeyTests(OpenSslFiles files) : IClassFixture<OpenSslFiles>
{
    private const string Password = OpenSslFiles.Password;

    [Fact]
    public async Task They_serve()
    {
        using S2nCertificate certificate = S2nCertificate.FromPem(files["ec.crt"], files["ec.encrypted"], Password);
        using S2nContext server = S2nContext.CreateServer(new S2nServerOptions { Certificates = { certificate } });
        using S2nContext client = S2nContext.CreateClient(new S2nClientOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=ec" });
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal("CN=ec", pair.Client.RemoteCertificate!.Subject);
    }

    [Theory]
    [InlineData("ec.encrypted", null, "is encrypted, and there is no password")]
    [InlineData("ec.scrypt", null, "is encrypted, and there is no password")]
    [InlineData("ec.encrypted", "wrong", "the password is wrong")]
    [InlineData("ec.encrypted", "", "the password is wrong")]
    [InlineData("ec.scrypt", Password, "encrypted in a way that .NET does not know")]
    [InlineData("ec.key", Password, "is not encrypted")]
    [InlineData("ec.crt", Password, "There is no -----BEGIN ENCRYPTED PRIVATE KEY-----")]
    [InlineData("ec.traditional", null, "openssl pkcs8 -topk8")]
    [InlineData("ec.traditional", Password, "openssl pkcs8 -topk8")]
    [InlineData("rsa.traditional", null, "openssl pkcs8 -topk8")]
    public void A_refusal_says_why_and_what_to_do(string key, string? password, string expected)
    {
        var error = Assert.Throws<S2nException>(() => password is null
            ? S2nCertificate.FromPem(files["ec.crt"], files[key])
            : S2nCertificate.FromPem(files["ec.crt"], files[key], password));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal("S2N_ERR_DECODE_PRIVATE_KEY", error.S2nErrorName);
        Assert.Equal(S2nErrorType.Usage, error.ErrorType);
        Assert.DoesNotContain(Password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_kind_of_key_that_dotnet_does_not_decrypt_is_named()
    {
        var error = Assert.Throws<S2nException>(() => S2nCertificate.FromPem(files["pss.crt"], files["pss.encrypted"], Password));
        Assert.Contains("(1.2.840.113549.1.1.10) cannot be decrypted", error.Message, StringComparison.Ordinal);
        Assert.Contains("openssl pkcs8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ec.crt", "other.encrypted")]
    [InlineData("ec.crt", "rsa.encrypted")]
    [InlineData("rsa.crt", "ec.encrypted")]
    public void A_key_of_another_certificate_is_called_so(string certificate, string key)
    {
        var error = Assert.Throws<S2nException>(() => S2nCertificate.FromPem(files[certificate], files[key], Password));
        Assert.Equal("S2N_ERR_KEY_MISMATCH", error.S2nErrorName);
    }

    [Fact]
    public void One_file_that_is_refused_is_named_once()
    {
        using var directory = new TempDirectory();
        string path = directory.PathOf("both.pem");
        File.WriteAllText(path, files["ec.crt"] + files["ec.encrypted"]);
        var error = Assert.Throws<S2nException>(() => S2nCertificate.FromPemFiles(path, path));
        Assert.StartsWith($"{path}: The private key is encrypted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_do_not_print_their_password()
    {
        var where = new S2nCertificateFiles("a.pem", "a.key") { Password = Password, OcspResponsePath = "a.der" };
        Assert.Equal("S2nCertificateFiles { CertificatePath = a.pem, PrivateKeyPath = a.key, OcspResponsePath = a.der }", where.ToString());
        Assert.NotEqual(where, where with { Password = null });
    }
}
