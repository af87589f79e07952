using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Certificates.Verification;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>Of the system's roots only those count that are some. Alone, because the environment is the whole process's.</summary>
[Collection(nameof(Alone))]
public sealed class SystemRootsTests : IDisposable
{
    private static readonly X509Certificate2 s_root = Authority("System Root");
    private static readonly X509Certificate2 s_intermediate = Authority("System Intermediate", s_root);
    private static readonly X509Certificate2 s_leaf = Leaf(s_root);
    private static readonly X509Certificate2 s_chained = Leaf(s_intermediate);
    private static readonly X509Certificate2 s_other = Authority("Other Root");
    private static readonly X509Certificate2 s_third = Authority("Third Root");

    private readonly TempDirectory _directory = new();
    private readonly string? _file = Environment.GetEnvironmentVariable("SSL_CERT_FILE");
    private readonly string? _path = Environment.GetEnvironmentVariable("SSL_CERT_DIR");
    private readonly string? _home = Environment.GetEnvironmentVariable("HOME");

    private static string Bad => "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", _file);
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", _path);
        Environment.SetEnvironmentVariable("HOME", _home);
        _directory.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_root_is_trusted_and_an_intermediate_without_its_root_or_the_leaf_itself_is_not(bool inDirectory)
    {
        Write(Pem(s_root), inDirectory);
        Assert.Null(await JudgeServerAsync(s_leaf));
        Assert.Null(await JudgeServerAsync(s_chained, s_intermediate));
        Assert.Null(await JudgeClientAsync(s_root));

        Write(Pem(s_intermediate), inDirectory);
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(s_chained, s_intermediate));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(s_chained));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeClientAsync(s_intermediate));

        Write(Pem(s_leaf), inDirectory);
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(s_leaf));

        Write(Pem(s_root) + Pem(s_intermediate), inDirectory);
        Assert.Null(await JudgeServerAsync(s_chained, s_intermediate));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(s_chained)); // an intermediate is the server's to send
    }

    [Fact]
    public async Task The_new_key_of_a_root_that_the_old_one_has_signed_is_trusted_with_the_old_one_only()
    {
        X509Certificate2 renewed = Authority("System Root", s_root, namesIssuersKey: true);
        using X509Certificate2 leaf = Leaf(renewed, namesIssuersKey: true);
        Write(Pem(renewed));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(leaf));
        Write(Pem(s_root));
        Assert.Null(await JudgeServerAsync(leaf, renewed));
    }

    [Fact]
    public async Task A_root_counts_for_nothing_where_another_certificate_of_its_name_is_none()
    {
        using X509Certificate2 renewed = Authority("System Root", s_root); // its name, and another key; the right one has signed it
        Write(Pem(s_root) + Pem(renewed));
        Assert.Null(await JudgeServerAsync(s_leaf));

        using X509Certificate2 stranger = Authority("Stranger");
        using X509Certificate2 named = new CertificateRequest(s_root.SubjectName, s_root.PublicKey, HashAlgorithmName.SHA256).Create(
            s_root.SubjectName, X509SignatureGenerator.CreateForECDsa(stranger.GetECDsaPrivateKey()!), DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1), [1]);
        foreach (string roots in new[] { Pem(s_root) + Pem(named), Pem(named) + Pem(s_root) })
        {
            Write(roots);
            Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(s_leaf));
            Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeClientAsync(s_root));
        }
    }

    [Fact]
    public async Task An_intermediate_that_was_sent_does_not_count_where_another_of_its_name_is_trusted_and_leads_nowhere()
    {
        using X509Certificate2 elsewhere = Authority("System Intermediate", Authority("Elsewhere"));
        Write(Pem(s_root) + Pem(elsewhere));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(s_chained, s_intermediate));
        Assert.Null(await JudgeServerAsync(s_leaf));
    }

    /// <summary>.NET and SslStream find it in the user's store; it is the server's to send all the same.</summary>
    [Fact]
    public async Task An_intermediate_that_only_this_machine_knows_completes_no_chain_where_dotnet_judges()
    {
        using X509Certificate2 intermediate = Authority($"Known here {Guid.NewGuid()}", s_root);
        using X509Certificate2 leaf = Leaf(intermediate);
        using S2nCertificate own = S2nCertificate.FromX509(leaf);
        using S2nContext server = S2nContext.CreateServer(new S2nServerOptions { Certificates = { own }, AllowTlsResume = false });
        using S2nContext client = S2nContext.CreateClient(Judged());
        using var store = new X509Store(StoreName.CertificateAuthority, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadWrite);
        store.Add(X509CertificateLoader.LoadCertificate(intermediate.RawData));
        try
        {
            using var chain = new X509Chain { ChainPolicy = Judged().CertificateChainPolicy! };
            Assert.True(chain.Build(leaf)); // so SslStream accepts it
            Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await RefusalAsync(client, server, ofClient: true));
        }
        finally
        {
            store.Remove(intermediate);
        }

        S2nClientOptions given = Judged();
        given.CertificateChainPolicy!.ExtraStore.Add(intermediate); // the application has said so
        using S2nContext trusting = S2nContext.CreateClient(given);
        Assert.Null(await RefusalAsync(trusting, server, ofClient: true));
    }

    [Fact]
    public async Task A_file_counts_up_to_the_first_certificate_that_cannot_be_read()
    {
        Write(Pem(s_root) + Bad + Pem(Authority("Lost")));
        Assert.Null(await JudgeServerAsync(s_leaf));
        Write(Pem(Authority("Found")) + Bad + Pem(s_root));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(s_leaf));
        foreach (string content in new[] { Bad + Pem(s_root), "hello", "" })
        {
            Write(content);
            var thrown = Assert.Throws<S2nException>(() => S2nContext.CreateClient(new S2nClientOptions()));
            Assert.Contains(_directory.PathOf("roots.pem"), thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_no_certificate_is_skipped_and_so_is_what_says_what_it_is_trusted_for()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write($"# a comment\n{key.ExportPkcs8PrivateKeyPem()}\n{Pem(s_root)}{Pem(s_root)}");
        Assert.Null(await JudgeServerAsync(s_leaf));
        Write(Pem(s_root).Replace("CERTIFICATE", "X509 CERTIFICATE", StringComparison.Ordinal).ReplaceLineEndings("\r\n"));
        Assert.Null(await JudgeServerAsync(s_leaf));

        // OpenSSL's own form: here with a purpose for which the root is rejected.
        byte[] rejectsServers = [0x30, 0x0c, 0xa0, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
        Write(Pem(Authority("Beside")) + PemEncoding.WriteString("TRUSTED CERTIFICATE", [.. s_root.RawData, .. rejectsServers]) + "\n");
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(s_leaf));
    }

    [Fact]
    public async Task What_changes_counts_for_the_next_context_even_within_one_tick_of_the_clock()
    {
        Write(Pem(s_root), inDirectory: true);
        Assert.Null(await JudgeServerAsync(s_leaf));
        DateTime written = File.GetLastWriteTimeUtc(_directory.PathOf("roots.pem"));
        Write(Pem(s_intermediate), inDirectory: true);
        File.SetLastWriteTimeUtc(_directory.PathOf("roots.pem"), written);
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await JudgeServerAsync(s_leaf));
    }

    [Fact]
    public void All_roots_of_this_system_are_some()
    {
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", null);
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", null);
        var bundle = new X509Certificate2Collection();
        bundle.ImportFromPemFile(new[] { "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem" }.First(File.Exists));
        Assert.NotEmpty(bundle);
        Assert.Empty(bundle.Where(root => root.Subject == root.Issuer && !SelfSignature.IsOn(root)).Select(root => root.Subject));
        Environment.SetEnvironmentVariable("HOME", _directory.Path);
        string digest = new TrustAnchors(bundle).Digest;
        Assert.Equal(digest, SystemRoots.Load().Digest);
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", "");
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", "");
        Assert.Equal(digest, SystemRoots.Load().Digest);
        S2nContext.CreateClient(new S2nClientOptions()).Dispose();
    }

    [Fact]
    public void A_file_and_directories_count_together_and_what_is_empty_or_absent_not_at_all()
    {
        (string first, string second) = (_directory.PathOf("first"), _directory.PathOf("second"));
        Directory.CreateDirectory(first);
        Directory.CreateDirectory(second);
        File.WriteAllText(Path.Combine(first, "a"), Pem(s_other));
        File.WriteAllText(Path.Combine(second, "b.txt"), Pem(s_third));
        File.CreateSymbolicLink(Path.Combine(second, "gone"), _directory.PathOf("nowhere"));
        Environment.SetEnvironmentVariable("HOME", _directory.PathOf("nobody"));
        Write(Pem(s_root));
        Assert.Equal(DigestOf(s_root), SystemRoots.Load().Digest);
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", $"{first}::{_directory.PathOf("nowhere")}:{second}");
        Assert.Equal(DigestOf(s_root, s_other, s_third), SystemRoots.Load().Digest);
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", "");
        Assert.Equal(DigestOf(s_other, s_third), SystemRoots.Load().Digest);
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", second);
        Assert.Equal(DigestOf(s_third), SystemRoots.Load().Digest);
    }

    [Fact]
    public void A_file_that_is_named_must_be_there()
    {
        string absent = _directory.PathOf("absent.pem");
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", absent);
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", null);
        var thrown = Assert.Throws<InvalidOperationException>(SystemRoots.Load);
        Assert.Contains(absent, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_users_store_counts_beside_the_systems()
    {
        Environment.SetEnvironmentVariable("HOME", _directory.Path);
        string store = _directory.PathOf(".dotnet/corefx/cryptography/x509stores/root");
        Directory.CreateDirectory(store);
        Write(Pem(s_root));
        SystemRoots.Version before = SystemRoots.CurrentVersion();
        Assert.Equal(DigestOf(s_root), SystemRoots.Load().Digest);
        File.WriteAllBytes(Path.Combine(store, "other.pfx"), X509CertificateLoader.LoadCertificate(s_other.RawData).Export(X509ContentType.Pkcs12));
        File.WriteAllBytes(Path.Combine(store, "broken.pfx"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(store, "third.cer"), s_third.RawData);
        Assert.Equal(DigestOf(s_root, s_other), SystemRoots.Load().Digest);
        Directory.SetLastWriteTimeUtc(store, DateTime.UtcNow.AddHours(1));
        Assert.NotEqual(before, SystemRoots.CurrentVersion());
    }

    [Fact]
    public void Roots_are_read_again_when_a_place_has_changed_and_only_then()
    {
        Environment.SetEnvironmentVariable("HOME", _directory.PathOf("nobody"));
        Write(Pem(s_root));
        string file = _directory.PathOf("roots.pem");
        TrustAnchors first = SystemRoots.Latest();
        Assert.Equal(DigestOf(s_root), first.Digest);
        Assert.Same(first, SystemRoots.Latest());
        Assert.Same(first, SystemRoots.Load());

        // The time alone: what was read is the same, and so are the roots.
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(1));
        Assert.Same(first, SystemRoots.Latest());

        File.WriteAllText(file, Pem(s_other));
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(2));
        TrustAnchors second = SystemRoots.Latest();
        Assert.Equal(DigestOf(s_other), second.Digest);
        Assert.Same(second, SystemRoots.Latest());

        // Others of the same length.
        File.WriteAllText(file, Pem(s_root).PadRight(2000, '\n'));
        Assert.Equal(DigestOf(s_root), SystemRoots.Load().Digest);
        File.WriteAllText(file, Pem(s_other).PadRight(2000, '\n'));
        Assert.Equal(DigestOf(s_other), SystemRoots.Load().Digest);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(2));

        // A directory beside the file, older than it.
        string directory = _directory.PathOf("beside");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "third.pem"), Pem(s_third));
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", directory);
        Assert.Equal(DigestOf(s_other, s_third), SystemRoots.Latest().Digest);
        File.WriteAllText(Path.Combine(directory, "fourth.pem"), Pem(s_root));
        Directory.SetLastWriteTimeUtc(directory, DateTime.UtcNow.AddHours(3));
        Assert.Equal(DigestOf(s_other, s_third, s_root), SystemRoots.Latest().Digest);
    }

    [Fact]
    public void The_newest_of_the_places_counts_and_the_usual_ones_only_where_none_is_named()
    {
        Environment.SetEnvironmentVariable("HOME", _directory.PathOf("nobody"));
        Write(Pem(s_root));
        string file = _directory.PathOf("roots.pem");
        Directory.CreateDirectory(_directory.PathOf("beside"));
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", _directory.PathOf("beside"));
        DateTime newest = new(2099, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        foreach (string place in new[] { file, _directory.PathOf("beside") })
        {
            DateTime before = File.GetLastWriteTimeUtc(place);
            File.SetLastWriteTimeUtc(place, newest);
            Assert.Equal(newest, SystemRoots.CurrentVersion().LastWrite);
            File.SetLastWriteTimeUtc(place, before);
        }

        Environment.SetEnvironmentVariable("SSL_CERT_DIR", null);
        File.SetLastWriteTimeUtc(file, new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(1999, SystemRoots.CurrentVersion().LastWrite.Year); // so not that of the distribution's bundle
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", null);
        Assert.InRange(SystemRoots.CurrentVersion().LastWrite.Year, 2000, 2098);
    }

    [Fact]
    public void Where_one_file_ends_and_the_next_begins_counts()
    {
        Environment.SetEnvironmentVariable("HOME", _directory.PathOf("nobody"));
        string directory = _directory.PathOf("beside");
        Directory.CreateDirectory(directory);
        string other = Pem(s_other);
        Write(Pem(s_root) + other);
        File.WriteAllText(Path.Combine(directory, "rest"), "");
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", directory);
        Assert.Equal(DigestOf(s_root, s_other), SystemRoots.Load().Digest);
        File.WriteAllText(_directory.PathOf("roots.pem"), Pem(s_root) + other[..100]);
        File.WriteAllText(Path.Combine(directory, "rest"), other[100..]);
        Assert.Equal(DigestOf(s_root), SystemRoots.Load().Digest);
    }

    [Fact]
    public void A_root_of_the_systems_that_s2n_cannot_read_does_not_stop_the_others()
    {
        Write(Pem(UnreadableRoot.Make()) + Pem(s_root));
        S2nContext.CreateClient(new S2nClientOptions()).Dispose();
    }

    [Fact]
    public void Where_dotnet_judges_by_the_systems_roots_what_misleads_among_them_counts()
    {
        static string Judge() => CertificateValidation.For(
            VerificationSettings.Of(new S2nClientOptions { RemoteCertificateValidationCallback = static (_, _, _, errors) => errors == SslPolicyErrors.None }))!
            .Judge(null, [s_chained, s_intermediate], null)!.Message;

        const string Misled = "there is another certificate of the name";
        using X509Certificate2 elsewhere = Authority("System Intermediate", Authority("Elsewhere"));
        Write(Pem(s_root));
        Assert.DoesNotContain(Misled, Judge(), StringComparison.Ordinal);
        Write(Pem(s_root) + Pem(elsewhere));
        File.SetLastWriteTimeUtc(_directory.PathOf("roots.pem"), DateTime.UtcNow.AddHours(1));
        Assert.Contains(Misled, Judge(), StringComparison.Ordinal);

        // And where there are none, .NET may still know some.
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", _directory.PathOf("absent.pem"));
        Assert.DoesNotContain(Misled, Judge(), StringComparison.Ordinal);
        Write("no certificate");
        File.SetLastWriteTimeUtc(_directory.PathOf("roots.pem"), DateTime.UtcNow.AddHours(2));
        Assert.DoesNotContain(Misled, Judge(), StringComparison.Ordinal);
    }

    /// <summary>.NET judges, as SslStream's options would have it.</summary>
    private static S2nClientOptions Judged() => new()
    {
        MaxBlindingDelay = TimeSpan.Zero,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { s_root },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = DateTime.Now,
        },
    };

    private static string DigestOf(params X509Certificate2[] roots) => new TrustAnchors([.. roots]).Digest;

    private static string Pem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";

    private void Write(string roots, bool inDirectory = false)
    {
        File.WriteAllText(_directory.PathOf("roots.pem"), roots);
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", inDirectory ? null : _directory.PathOf("roots.pem"));
        Environment.SetEnvironmentVariable("SSL_CERT_DIR", inDirectory ? _directory.Path : null);
    }

    /// <returns>The error by which a client that trusts the system's roots refuses a server; null where it does not.</returns>
    private static async Task<string?> JudgeServerAsync(X509Certificate2 leaf, params X509Certificate2[] intermediates)
    {
        using S2nCertificate own = S2nCertificate.FromX509(leaf, [.. intermediates]);
        using S2nContext server = S2nContext.CreateServer(new S2nServerOptions { Certificates = { own }, AllowTlsResume = false });
        using S2nContext client = S2nContext.CreateClient(new S2nClientOptions { MaxBlindingDelay = TimeSpan.Zero });
        return await RefusalAsync(client, server, ofClient: true);
    }

    /// <returns>The error by which a server that trusts the system's roots refuses a client of the issuer's; null where it does not.</returns>
    private static async Task<string?> JudgeClientAsync(X509Certificate2 issuer)
    {
        using X509Certificate2 leaf = Leaf(issuer, usage: ClientAuthentication);
        using S2nCertificate own = S2nCertificate.FromX509(leaf, issuer == s_root ? [] : [issuer]);
        using S2nContext client = TestContexts.MakeClient(options => options.Certificate = own);
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = S2nClientCertificateMode.Required;
            options.MaxBlindingDelay = TimeSpan.Zero;
        });
        return await RefusalAsync(client, server, ofClient: false);
    }

    private static async Task<string?> RefusalAsync(S2nContext client, S2nContext server, bool ofClient)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(server);
        Task clientSide = clientStream.AuthenticateAsClientAsync(client, "localhost");
        Exception? refusal = await Record.ExceptionAsync(() => (ofClient ? clientSide : serverSide).WithDeadline());
        await clientEnd.DisposeAsync();
        await serverEnd.DisposeAsync();
        await Record.ExceptionAsync(() => (ofClient ? serverSide : clientSide).WithDeadline());
        return refusal is null ? null : Assert.IsType<S2nException>(Assert.IsType<AuthenticationException>(refusal).InnerException).S2nErrorName;
    }
}
