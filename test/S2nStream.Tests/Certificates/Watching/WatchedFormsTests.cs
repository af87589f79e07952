using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace S2nTls.Tests.Certificates;

/// <summary>Files of other forms than a certificate's and a plain key's are followed, too.</summary>
public sealed class WatchedFormsTests : IDisposable
{
    private const string Password = "secret";

    private readonly TempDirectory _directory = new();
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>();

    private string Both => _directory.PathOf("both.pem");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(Password)]
    public async Task One_file_that_is_both(string? password)
    {
        var files = new S2nCertificateFiles(Both, Path.Combine(_directory.Path, ".", "both.pem")) { Password = password };
        Assert.Single(files.Paths);
        string first = KeyAndCertificate("first", password), second = KeyAndCertificate("second", password);
        Replace(Both, first);
        await using S2nCertificateWatcher watcher = Start(files);
        Assert.Equal("CN=first", await NextAsync());
        Replace(Both, second[..^100]);
        Assert.IsType<S2nException>(await NextAsync());
        Replace(Both, second);
        Assert.Equal("CN=second", await NextAsync());
    }

    [Fact]
    public async Task An_encrypted_key_whose_password_must_stay_the_same()
    {
        string key = _directory.PathOf("tls.key"), certificate = _directory.PathOf("tls.crt");
        X509Certificate2 first = WatchedDirectory.Identity("first");
        Replace(certificate, first.ExportCertificatePem());
        Replace(key, Encrypted(first, Password));
        await using S2nCertificateWatcher watcher = Start(new S2nCertificateFiles(certificate, key) { Password = Password });
        Assert.Equal("CN=first", await NextAsync());

        Replace(key, Encrypted(first, "another"));
        Assert.Contains("the password is wrong", Assert.IsType<S2nException>(await NextAsync()).Message, StringComparison.Ordinal);
        Replace(key, Encrypted(first, Password));
        Assert.Equal("CN=first", await NextAsync());
    }

    private static string KeyAndCertificate(string name, string? password)
    {
        X509Certificate2 identity = WatchedDirectory.Identity(name);
        return $"{(password is null ? WatchedDirectory.KeyOf(identity) : Encrypted(identity, password))}\n{identity.ExportCertificatePem()}\n";
    }

    private static string Encrypted(X509Certificate2 identity, string password)
    {
        using ECDsa key = identity.GetECDsaPrivateKey()!;
        return key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }

    /// <summary>In one step, so that nobody sees it half written.</summary>
    private static void Replace(string path, string text)
    {
        File.WriteAllText($"{path}.new", text);
        File.Move($"{path}.new", path, overwrite: true);
    }

    private S2nCertificateWatcher Start(S2nCertificateFiles files)
    {
        var watcher = new S2nCertificateWatcher(_ => { }, [files]) { PollingInterval = TimeSpan.FromHours(1), SettleTime = TimeSpan.FromMilliseconds(20) };
        watcher.Reloaded += (_, e) => _events.Writer.TryWrite(Assert.Single(e.Certificates).Subject);
        watcher.Failed += (_, e) => _events.Writer.TryWrite(e.GetException());
        watcher.Start();
        return watcher;
    }

    private Task<object> NextAsync() => _events.Reader.ReadAsync().AsTask().WithDeadline();
}
