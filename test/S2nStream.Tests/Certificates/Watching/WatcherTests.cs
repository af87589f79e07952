using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Certificates follow their files.</summary>
public class WatcherTests
{
    [Fact]
    public async Task Files_that_are_overwritten_are_loaded_and_connections_live_on()
    {
        await using var directory = new WatchedDirectory();
        await directory.StartAsync();
        await using TlsPair old = await TlsPair.InMemoryAsync(server: directory.Server);
        directory.Write("", WatchedDirectory.Identity("second"));
        await ReloadsInTheEndAsync(directory, "second");
        await old.Client.WriteAsync("ping"u8.ToArray()).WithDeadline();
        await old.Server.ReadExactlyAsync(new byte[4]).WithDeadline();
        Assert.Equal("CN=first", old.Client.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task Files_that_others_take_the_place_of_are_loaded()
    {
        await using var directory = new WatchedDirectory();
        await directory.StartAsync();
        directory.Write("next", WatchedDirectory.Identity("second"));
        foreach (string file in (string[])[WatchedDirectory.KeyFile, WatchedDirectory.CertificateFile])
        {
            File.Move(directory.PathOf("next", file), directory.PathOf(file), overwrite: true);
        }

        await ReloadsInTheEndAsync(directory, "second");
    }

    [Fact]
    public async Task Kubernetes_switches_a_link_to_a_directory()
    {
        // tls.crt → ..data/tls.crt, and ..data → ..2026_1, which another takes the place of in one step.
        await using var directory = new WatchedDirectory(directory =>
        {
            directory.Write("..2026_1", WatchedDirectory.Identity("first"));
            Directory.CreateSymbolicLink(directory.PathOf("..data"), "..2026_1");
            File.CreateSymbolicLink(directory.PathOf(WatchedDirectory.CertificateFile), $"..data/{WatchedDirectory.CertificateFile}");
            File.CreateSymbolicLink(directory.PathOf(WatchedDirectory.KeyFile), $"..data/{WatchedDirectory.KeyFile}");
        });
        await directory.StartAsync();
        for (int i = 2; i < 5; i++)
        {
            directory.Write($"..2026_{i}", WatchedDirectory.Identity($"number {i}"));
            Directory.CreateSymbolicLink(directory.PathOf("..data_tmp"), $"..2026_{i}");
            directory.Switch("..data_tmp", "..data");
            Directory.Delete(directory.PathOf($"..2026_{i - 1}"), recursive: true);
            await directory.ReloadsAsync($"number {i}");
        }
    }

    [Fact]
    public async Task Certbot_switches_links_to_files()
    {
        await using var directory = new WatchedDirectory(
            directory =>
            {
                directory.Write("archive/1", WatchedDirectory.Identity("first"));
                Directory.CreateDirectory(directory.PathOf("live"));
                Link(directory, 1);
            },
            path: "live");
        await directory.StartAsync();
        directory.Write("archive/2", WatchedDirectory.Identity("second"));
        Link(directory, 2);
        await ReloadsInTheEndAsync(directory, "second");

        static void Link(WatchedDirectory directory, int number)
        {
            foreach (string file in (string[])[WatchedDirectory.CertificateFile, WatchedDirectory.KeyFile])
            {
                File.Delete(directory.PathOf("live", file));
                File.CreateSymbolicLink(directory.PathOf("live", file), $"../archive/{number}/{file}");
            }
        }
    }

    [Fact]
    public async Task Changes_that_the_system_does_not_tell_of_are_found_by_polling()
    {
        // A link further up the path: the directory that is watched does not change.
        await using var directory = new WatchedDirectory(
            directory =>
            {
                directory.Write("one", WatchedDirectory.Identity("first"));
                Directory.CreateSymbolicLink(directory.PathOf("current"), "one");
            },
            watcher => watcher.PollingInterval = TimeSpan.FromMilliseconds(50),
            path: "current");
        await directory.StartAsync();
        directory.Write("two", WatchedDirectory.Identity("second"));
        Directory.CreateSymbolicLink(directory.PathOf("next"), "two");
        directory.Switch("next", "current");
        await directory.ReloadsAsync("second");
    }

    [Fact]
    public async Task The_clock_of_the_caller_measures_the_waits()
    {
        await using var directory = new WatchedDirectory(clock: new HurriedTime());
        await directory.StartAsync(); // an hour is over in no time
        for (int i = 0; i < 3; i++)
        {
            string name = $"number {i}";
            directory.Write("", WatchedDirectory.Identity(name));
            await ReloadsInTheEndAsync(directory, name);
        }
    }

    [Fact]
    public async Task A_half_written_certificate_changes_nothing_until_it_is_whole()
    {
        await using var directory = new WatchedDirectory();
        await directory.StartAsync();
        X509Certificate2 second = WatchedDirectory.Identity("second");
        string pem = second.ExportCertificatePem();
        File.WriteAllText(directory.PathOf(WatchedDirectory.KeyFile), WatchedDirectory.KeyOf(second));
        File.WriteAllText(directory.PathOf(WatchedDirectory.CertificateFile), pem[..(pem.Length / 2)]);
        Exception failure = await directory.FailsAsync();
        Assert.Contains(WatchedDirectory.CertificateFile, failure.Message, StringComparison.Ordinal);
        File.WriteAllText(directory.PathOf(WatchedDirectory.CertificateFile), pem);
        await ReloadsInTheEndAsync(directory, "second");
    }

    [Fact]
    public async Task A_chain_that_is_cut_short_changes_nothing_until_it_is_whole()
    {
        (X509Certificate2 intermediate, X509Certificate2 leaf) = TestAuthority.Default.IssueThroughIntermediate();
        await using var directory = new WatchedDirectory();
        await directory.StartAsync();
        string first = leaf.ExportCertificatePem(), rest = intermediate.ExportCertificatePem();
        File.WriteAllText(directory.PathOf(WatchedDirectory.KeyFile), WatchedDirectory.KeyOf(leaf));
        File.WriteAllText(directory.PathOf(WatchedDirectory.CertificateFile), $"{first}\n{rest[..(rest.Length / 2)]}");
        Exception failure = await directory.FailsAsync();
        Assert.Contains(WatchedDirectory.CertificateFile, failure.ToString(), StringComparison.Ordinal);
        File.WriteAllText(directory.PathOf(WatchedDirectory.CertificateFile), $"{first}\n{rest}");
        await ReloadsInTheEndAsync(directory, "leaf of a chain");
    }

    [Fact]
    public async Task A_key_that_belongs_to_another_certificate_changes_nothing_and_is_reported_once()
    {
        await using var directory = new WatchedDirectory(configure: watcher => watcher.PollingInterval = TimeSpan.FromMilliseconds(20));
        await directory.StartAsync();
        X509Certificate2 second = WatchedDirectory.Identity("second");
        directory.Replace(WatchedDirectory.KeyFile, WatchedDirectory.KeyOf(second));
        var failure = Assert.IsType<S2nException>(await directory.FailsAsync());
        Assert.Equal("S2N_ERR_KEY_MISMATCH", failure.S2nErrorName);
        await directory.UntilReadAsync(times: 10, () => { }); // by polls
        Assert.False(directory.HasEvent);
        File.WriteAllText(directory.PathOf(WatchedDirectory.CertificateFile), second.ExportCertificatePem());
        await ReloadsInTheEndAsync(directory, "second");
    }

    [Fact]
    public async Task A_file_that_is_missing_changes_nothing_until_it_is_back()
    {
        await using var directory = new WatchedDirectory();
        await directory.StartAsync();
        File.Delete(directory.PathOf(WatchedDirectory.KeyFile));
        Assert.IsType<FileNotFoundException>(await directory.FailsAsync());
        directory.Write("", WatchedDirectory.Identity("second"));
        await ReloadsInTheEndAsync(directory, "second");
    }

    [Fact]
    public async Task A_directory_that_is_made_anew_is_watched_anew()
    {
        await using var directory = new WatchedDirectory(
            directory => directory.Write("certs", WatchedDirectory.Identity("first")),
            watcher => watcher.PollingInterval = TimeSpan.FromMilliseconds(50),
            path: "certs");
        await directory.StartAsync();
        Directory.Delete(directory.PathOf("certs"), recursive: true);
        Assert.IsAssignableFrom<IOException>(await directory.FailsAsync());
        directory.Write("certs", WatchedDirectory.Identity("second"));
        await ReloadsInTheEndAsync(directory, "second");
        directory.Write("certs", WatchedDirectory.Identity("third"));
        await ReloadsInTheEndAsync(directory, "third");
    }

    [Fact]
    public async Task What_the_files_hold_decides_and_not_when_they_were_written()
    {
        await using var directory = new WatchedDirectory(configure: watcher => watcher.PollingInterval = TimeSpan.FromMilliseconds(20));
        await directory.StartAsync();

        // So often that it has looked at the new files more than once: what it would do the first time is done by the second.
        await directory.UntilReadAsync(times: 10, () =>
        {
            directory.Replace(WatchedDirectory.KeyFile, WatchedDirectory.KeyOf(directory.First));
            directory.Replace(WatchedDirectory.CertificateFile, directory.First.ExportCertificatePem());
        });
        Assert.False(directory.HasEvent); // the first was not loaded again
        directory.Write("", WatchedDirectory.Identity("second"));
        await ReloadsInTheEndAsync(directory, "second");
        directory.Watcher.CheckNow();
        await directory.ReloadsAsync("second"); // as it was told
    }

    [Fact]
    [Needs("openssl")]
    public async Task An_ocsp_response_is_stapled_and_replaced()
    {
        X509Certificate2 root = CertificateMaker.Authority("Watched Root"), leaf = CertificateMaker.Leaf(root);
        byte[] one = await OcspResponder.RespondAsync(root, leaf), two = await OcspResponder.RespondAsync(root, leaf);
        await using var directory = new WatchedDirectory(
            directory =>
            {
                directory.Write("", leaf);
                File.WriteAllBytes(directory.PathOf("ocsp.der"), one);
            },
            ocspFile: "ocsp.der");
        directory.Watcher.Start();
        Assert.Equal("CN=leaf", await directory.NextAsync());
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [root];
            options.OcspStapling = S2nOcspStapling.Require;
        });
        Assert.Equal(one, await StapledAsync());

        File.WriteAllBytes(directory.PathOf("ocsp.der"), one[..100]);
        Assert.Contains("ocsp.der", Assert.IsType<InvalidDataException>(await directory.NextAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(one, await StapledAsync());

        File.WriteAllBytes(directory.PathOf("ocsp.der"), two);
        while (await directory.NextAsync() is Exception)
        {
            // seen when it was half written
        }

        Assert.Equal(two, await StapledAsync());

        async Task<byte[]> StapledAsync()
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: directory.Server);
            return pair.Client.OcspResponse.ToArray();
        }
    }

    [Fact]
    public async Task A_context_that_is_disposed_is_a_failure_like_any_other()
    {
        await using var directory = new WatchedDirectory();
        await directory.StartAsync();
        directory.Server.Dispose();
        directory.Watcher.CheckNow();
        Assert.IsType<ObjectDisposedException>(await directory.NextAsync());
    }

    [Fact]
    public async Task A_disposed_watcher_is_silent()
    {
        await using var directory = new WatchedDirectory();
        await directory.StartAsync();
        Assert.Throws<InvalidOperationException>(directory.Watcher.Start);
        await directory.Watcher.DisposeAsync().AsTask().WithDeadline();
        directory.Watcher.Dispose();
        await directory.UntilAnotherReloadsAsync("second", () =>
        {
            directory.Write("", WatchedDirectory.Identity("second"));
            directory.Watcher.CheckNow();
        });
        Assert.False(directory.HasEvent);
        Assert.Equal("CN=first", await directory.ServedAsync());
        Assert.Throws<ObjectDisposedException>(directory.Watcher.Start);
    }

    [Fact]
    public void A_watcher_wants_files_and_sensible_times()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nCertificateWatcher(TestContexts.Server));
        using var watcher = new S2nCertificateWatcher(TestContexts.Server, new S2nCertificateFiles("a", "b"));
        Assert.Throws<ArgumentOutOfRangeException>(() => watcher.PollingInterval = TimeSpan.Zero);
        Assert.Throws<ArgumentOutOfRangeException>(() => watcher.SettleTime = TimeSpan.FromTicks(-1));
    }

    /// <summary>On a slow machine the watcher may look between two files, see that they do not fit, and say so first.</summary>
    private static async Task ReloadsInTheEndAsync(WatchedDirectory directory, string name)
    {
        object happened;
        do
        {
            happened = await directory.NextAsync();
        }
        while (happened is Exception);

        Assert.Equal($"CN={name}", happened);
        Assert.Equal($"CN={name}", await directory.ServedAsync());
    }

    /// <summary>Every wait is over after a moment.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(20), period);
    }
}
