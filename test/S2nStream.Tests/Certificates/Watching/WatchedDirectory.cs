using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace S2nTls.Tests.Certificates;

/// <summary>A certificate's files, a server that has them, and a watcher between the two, whose events are kept.</summary>
internal sealed partial class WatchedDirectory : IAsyncDisposable
{
    public const string CertificateFile = "tls.crt";
    public const string KeyFile = "tls.key";

    private readonly TempDirectory _directory = new();
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>();
    private readonly S2nCertificateFiles _files;

    /// <param name="place">Puts the first files into the directory; by default plain ones.</param>
    /// <param name="configure">Sets up the watcher, whose polling is off in effect: notification is to be enough.</param>
    /// <param name="path">Where in the directory the files are looked for.</param>
    /// <param name="ocspFile">The OCSP response's file.</param>
    /// <param name="clock">The watcher's.</param>
    public WatchedDirectory(
        Action<WatchedDirectory>? place = null, Action<S2nCertificateWatcher>? configure = null, string path = "", string? ocspFile = null, TimeProvider? clock = null)
    {
        First = Identity("first");
        (place ?? (directory => directory.Write("", First)))(this);
        _files = new S2nCertificateFiles(PathOf(path, CertificateFile), PathOf(path, KeyFile))
        {
            OcspResponsePath = ocspFile is null ? null : PathOf(path, ocspFile),
        };
        using S2nCertificate certificate = _files.Load();
        Server = TestContexts.MakeServer(options => options.Certificates[0] = certificate);
        Watcher = new S2nCertificateWatcher(Server.ReplaceCertificates, [_files], clock)
        {
            PollingInterval = TimeSpan.FromHours(1),
            SettleTime = TimeSpan.FromMilliseconds(100),
        };
        configure?.Invoke(Watcher);
        Watcher.Reloaded += (_, e) => _events.Writer.TryWrite(Assert.Single(e.Certificates).Subject);
        Watcher.Failed += (_, e) => _events.Writer.TryWrite(e.GetException());
    }

    public X509Certificate2 First { get; }

    public S2nContext Server { get; }

    public S2nCertificateWatcher Watcher { get; }

    public bool HasEvent => _events.Reader.TryPeek(out _);

    public static X509Certificate2 Identity(string name) => TestAuthority.Default.Issue(subject: $"CN={name}");

    public string PathOf(params string[] names) => Path.Combine([_directory.Path, .. names]);

    public static string KeyOf(X509Certificate2 identity)
    {
        using ECDsa key = identity.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>Writes both files where they are.</summary>
    public void Write(string path, X509Certificate2 identity)
    {
        Directory.CreateDirectory(PathOf(path));
        File.WriteAllText(PathOf(path, CertificateFile), identity.ExportCertificatePem());
        File.WriteAllText(PathOf(path, KeyFile), KeyOf(identity));
    }

    /// <summary>Puts a file in the place of another in one step, so that nobody sees it half written.</summary>
    public void Replace(string file, string text)
    {
        File.WriteAllText(PathOf($"{file}.new"), text);
        File.Move(PathOf($"{file}.new"), PathOf(file), overwrite: true);
    }

    /// <summary>Renames a link to a directory over another, in one step: .NET's own methods follow such links.</summary>
    public void Switch(string from, string to) => Assert.Equal(0, rename(PathOf(from), PathOf(to)));

    /// <summary>Does something, and waits until the key's file has been read so many times since.</summary>
    public async Task UntilReadAsync(int times, Action cause)
    {
        var reads = Channel.CreateUnbounded<object>();
        using var watch = new FileSystemWatcher(_directory.Path, KeyFile) { NotifyFilter = NotifyFilters.LastAccess };
        watch.Changed += (_, e) => reads.Writer.TryWrite(e);
        watch.EnableRaisingEvents = true;
        cause();
        while (times-- > 0)
        {
            await reads.Reader.ReadAsync().AsTask().WithDeadline();
        }
    }

    /// <summary>Does something, and waits until a second watcher, which waits for longer, has loaded what it should lead to.</summary>
    public async Task UntilAnotherReloadsAsync(string name, Action cause)
    {
        var loaded = Channel.CreateUnbounded<string>();
        await using var another = new S2nCertificateWatcher(_ => { }, [_files]) { SettleTime = 5 * Watcher.SettleTime };
        another.Reloaded += (_, e) => loaded.Writer.TryWrite(Assert.Single(e.Certificates).Subject);
        another.Start();
        await loaded.Reader.ReadAsync().AsTask().WithDeadline();
        cause();
        while (await loaded.Reader.ReadAsync().AsTask().WithDeadline() != $"CN={name}")
        {
        }
    }

    /// <summary>Starts the watcher, which loads the first files.</summary>
    public async Task StartAsync()
    {
        Watcher.Start();
        Assert.Equal("CN=first", await NextAsync());
    }

    /// <summary>The next event: a certificate's subject, or an exception.</summary>
    public Task<object> NextAsync() => _events.Reader.ReadAsync().AsTask().WithDeadline();

    public async Task ReloadsAsync(string name)
    {
        object happened = await NextAsync();
        Assert.Equal($"CN={name}", happened as string ?? happened.ToString());
        Assert.Equal($"CN={name}", await ServedAsync());
    }

    /// <returns>What the watcher reports of files that cannot be used; what is served must be as before.</returns>
    public async Task<Exception> FailsAsync(string served = "first")
    {
        Exception failure = Assert.IsAssignableFrom<Exception>(await NextAsync());
        Assert.Equal($"CN={served}", await ServedAsync());
        return failure;
    }

    public async Task<string> ServedAsync()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(server: Server);
        return pair.Client.RemoteCertificate!.Subject;
    }

    public async ValueTask DisposeAsync()
    {
        await Watcher.DisposeAsync();
        Server.Dispose();
        _directory.Dispose();
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string oldPath, string newPath);
}
