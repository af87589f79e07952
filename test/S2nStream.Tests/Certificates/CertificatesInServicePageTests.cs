using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>The code of docs/certificates-in-service.md and docs/revocation.md works.</summary>
[Collection(nameof(Alone))] // the pages name files without a directory: it is the process's own that is changed
public sealed class CertificatesInServicePageTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly X509Certificate2 _root = CertificateMaker.Authority("Page Root");

    public CertificatesInServicePageTests() => Directory.SetCurrentDirectory(_directory.Path);

    [Fact]
    public async Task Replacing()
    {
        Write(CertificateMaker.Leaf(_root, subject: "CN=renewed"));
        using S2nContext context = TestContexts.MakeServer();
        #region snippet replace-certificates
        using S2nCertificate renewed = S2nCertificate.FromPemFiles("tls.crt", "tls.key");
        context.ReplaceCertificates(renewed);
        #endregion
        Assert.Equal("CN=renewed", await ServedAsync(context));
    }

    [Fact]
    public async Task Watching()
    {
        Write(CertificateMaker.Leaf(_root, subject: "CN=first"));
        #region snippet watch-certificates
        var files = new S2nCertificateFiles("tls.crt", "tls.key");
        using S2nCertificate first = files.Load();
        using S2nContext context = S2nContext.CreateServer(new S2nServerOptions { Certificates = { first } });
        await using var watcher = new S2nCertificateWatcher(context, files);
        watcher.Reloaded += (_, e) => Console.WriteLine($"New certificate, valid until {e.Certificates[0].NotAfter:u}.");
        watcher.Failed += (_, e) => Console.Error.WriteLine($"The old certificate stays: {e.GetException().Message}");
        watcher.Start();
        #endregion
        Assert.Equal("CN=first", await ServedAsync(context));
        Write(CertificateMaker.Leaf(_root, subject: "CN=second"));
        for (int i = 0; await ServedAsync(context) != "CN=second"; i++)
        {
            Assert.True(i < 300, "The watcher does not reload.");
            await Task.Delay(100);
        }
    }

    [Fact]
    [Needs("openssl")]
    public async Task Stapling()
    {
        X509Certificate2 leaf = CertificateMaker.Leaf(_root);
        await File.WriteAllBytesAsync("ocsp.der", await OcspResponder.RespondAsync(_root, leaf));
        using S2nCertificate certificate = S2nCertificate.FromX509(leaf);
        using S2nContext server = S2nContext.CreateServer(new S2nServerOptions { Certificates = { certificate } });
        await StapleAsync(server, certificate);
        using S2nContext client = Requiring([_root]);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal(await File.ReadAllBytesAsync("ocsp.der"), pair.Client.OcspResponse.ToArray());

        static async Task StapleAsync(S2nContext context, S2nCertificate certificate)
        {
            #region snippet staple-ocsp
            byte[] response = await File.ReadAllBytesAsync("ocsp.der"); // as the authority's responder has answered
            using S2nCertificate stapled = certificate.WithOcspResponse(response);
            context.ReplaceCertificates(stapled);
            #endregion
        }

        static S2nContext Requiring(X509Certificate2Collection roots)
        {
            Make(roots);
            return S2nContext.CreateClient(new S2nClientOptions { TrustedRoots = roots, OcspStapling = S2nOcspStapling.Require });
        }

        static void Make(X509Certificate2Collection roots)
        {
            #region snippet require-staple
            using S2nContext context = S2nContext.CreateClient(new S2nClientOptions
            {
                TrustedRoots = roots,
                OcspStapling = S2nOcspStapling.Require,
                RequestSignedCertificateTimestamps = true,
            });
            #endregion
        }
    }

    [Fact]
    public async Task Looking_up()
    {
        X509Certificate2 good = CertificateMaker.Leaf(_root, usage: CertificateMaker.ClientAuthentication);
        X509Certificate2 bad = CertificateMaker.Leaf(_root, usage: CertificateMaker.ClientAuthentication);
        await File.WriteAllBytesAsync("ca.crl", RevocationListTests.Encode(_root, bad));
        using S2nCertificate certificate = S2nCertificate.FromX509(TestAuthority.Localhost);
        X509Certificate2Collection roots = [_root];
        #region snippet revocation-lists
        var lists = new S2nRevocationListStore();
        lists.Set(S2nRevocationList.FromFile("ca.crl")); // and again, whenever there is a new one
        using S2nContext context = S2nContext.CreateServer(new S2nServerOptions
        {
            Certificates = { certificate },
            ClientCertificateMode = S2nClientCertificateMode.Required,
            TrustedRoots = roots,
            RevocationLists = lists,
        });
        #endregion
        using S2nContext goodClient = ShowingAsync(good), badClient = ShowingAsync(bad);
        await using (await TlsPair.InMemoryAsync(client: goodClient, server: context))
        {
            // It is let in.
        }

        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(serverEnd);
        await using var client = new S2nStream(clientEnd);
        Task connect = client.AuthenticateAsClientAsync(badClient, "localhost");
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => server.AuthenticateAsServerAsync(context).WithDeadline());
        Assert.Equal("S2N_ERR_CERT_REVOKED", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
        await client.DisposeAsync();
        _ = await Record.ExceptionAsync(() => connect.WithDeadline());
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        _directory.Dispose();
        _root.Dispose();
    }

    private static S2nContext ShowingAsync(X509Certificate2 identity)
    {
        using S2nCertificate own = S2nCertificate.FromX509(identity);
        return TestContexts.MakeClient(options => options.Certificate = own);
    }

    private static void Write(X509Certificate2 identity)
    {
        File.WriteAllText("tls.crt", identity.ExportCertificatePem());
        File.WriteAllText("tls.key", WatchedDirectory.KeyOf(identity));
    }

    private async Task<string> ServedAsync(S2nContext server)
    {
        using S2nContext client = TestContexts.MakeClient(options => options.TrustedRoots = [_root]);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        return pair.Client.RemoteCertificate!.Subject;
    }
}
