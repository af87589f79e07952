using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Tests.Behaviours;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.Certificates;

/// <summary>Responses that servers fetch by themselves from a real responder, <c>openssl ocsp</c>: an S2nContext, and SslStream's options on both types.</summary>
[Needs("openssl")]
public sealed class FetchedStapleTests : IAsyncLifetime
{
    private readonly X509Certificate2 _root = CertificateMaker.Authority("Root of fetchers");
    private readonly X509Certificate2 _intermediate;
    private OcspProgram _responder = null!;
    private X509Certificate2 _leaf = null!;

    public FetchedStapleTests() => _intermediate = CertificateMaker.Authority("Intermediate of fetchers", _root);

    public async Task InitializeAsync()
    {
        _responder = await OcspProgram.StartAsync(_intermediate);
        _leaf = CertificateMaker.Leaf(_intermediate, ocsp: [_responder.Address]);
        await _responder.SayAsync(revoked: false, _leaf);
    }

    public async Task DisposeAsync() => await _responder.DisposeAsync();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Openssl_s_client_and_our_client_that_requires_one_verify_what_a_context_has_fetched(SslProtocols protocol)
    {
        using S2nCertificate certificate = S2nCertificate.FromX509(_leaf, [_intermediate]);
        var stapler = new S2nOcspStapler();
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.Certificates[0] = certificate;
            options.OcspStapler = stapler;
        });
        await StapledAsync(stream => ((S2nStream)stream).AuthenticateAsServerAsync(server), Kind.S2nStream);
        using S2nContext requiring = Client(S2nOcspStapling.Require);
        await using (await TlsPair.InMemoryAsync(client: requiring, server: server))
        {
        }

        string report = await OpenSsl.ReadStatusAsync(protocol, server, _root);
        Assert.Contains("OCSP Response Status: successful", report, StringComparison.Ordinal);
        Assert.Contains("Cert Status: good", report, StringComparison.Ordinal);
        Assert.Null(stapler.Failure);
    }

    [Fact]
    public async Task A_responder_that_the_issuer_has_appointed_is_believed()
    {
        using X509Certificate2 appointed = CertificateMaker.Leaf(_intermediate, usage: "1.3.6.1.5.5.7.3.9", subject: "CN=appointed");
        await using OcspProgram responder = await OcspProgram.StartAsync(_intermediate, appointed);
        using X509Certificate2 leaf = CertificateMaker.Leaf(_intermediate, ocsp: [responder.Address]);
        await responder.SayAsync(revoked: false, leaf);
        using S2nCertificate certificate = S2nCertificate.FromX509(leaf, [_intermediate]);
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.Certificates[0] = certificate;
            options.OcspStapler = new S2nOcspStapler();
        });
        await StapledAsync(stream => ((S2nStream)stream).AuthenticateAsServerAsync(server), Kind.S2nStream);
    }

    [Fact]
    public async Task As_the_page_shows_it()
    {
        using S2nCertificate certificate = S2nCertificate.FromX509(_leaf, [_intermediate]);
        var log = new StringWriter();
        #region snippet fetch-staples
        var stapler = new S2nOcspStapler();
        stapler.Failed += (_, e) => log.WriteLine($"No new OCSP response: {e.GetException().Message}");
        using S2nContext context = S2nContext.CreateServer(new S2nServerOptions
        {
            Certificates = { certificate }, // with its issuer in the chain
            OcspStapler = stapler,
        });
        #endregion
        await StapledAsync(stream => ((S2nStream)stream).AuthenticateAsServerAsync(context), Kind.S2nStream);
        Assert.Equal("", log.ToString());
    }

    [Theory, OverKinds]
    public async Task A_certificate_context_that_was_not_made_offline_is_stapled(Kind kind) =>
        await StapledAsync(stream => ServeAsync(stream, Context(offline: false)), kind);

    [Theory, OverKinds]
    public async Task So_is_one_whose_issuer_is_a_root_which_is_not_sent(Kind kind)
    {
        await using OcspProgram responder = await OcspProgram.StartAsync(_root);
        using X509Certificate2 leaf = CertificateMaker.Leaf(_root, ocsp: [responder.Address]);
        await responder.SayAsync(revoked: false, leaf);
        var context = SslStreamCertificateContext.Create(leaf, [_root], offline: false);
        Assert.Empty(context.IntermediateCertificates);
        await StapledAsync(stream => ServeAsync(stream, context), kind);
    }

    [Theory, OverKinds]
    public async Task A_revoked_certificate_is_shown_with_what_its_responder_says(Kind kind)
    {
        await _responder.SayAsync(revoked: true, _leaf);
        SslStreamCertificateContext context = Context(offline: false);
        using S2nContext client = Client(S2nOcspStapling.Request);
        for (long start = Environment.TickCount64; ;)
        {
            Exception? error = await Record.ExceptionAsync(() => StapleAsync(stream => ServeAsync(stream, context), kind, client));
            if (error is not null)
            {
                Assert.Equal("S2N_ERR_CERT_REVOKED", Assert.IsType<S2nException>(Assert.IsType<AuthenticationException>(error).InnerException).S2nErrorName);
                return;
            }

            Assert.True(Environment.TickCount64 - start < Deadline.Default.TotalMilliseconds);
        }
    }

    [Theory, OverKinds]
    public async Task One_that_was_made_offline_and_a_certificate_without_a_context_ask_nobody(Kind kind)
    {
        await using var responder = new ScriptedResponder();
        using X509Certificate2 leaf = CertificateMaker.Leaf(_root, ocsp: [responder.Address]);
        var offline = SslStreamCertificateContext.Create(leaf, [_root], offline: true);
        using S2nContext client = Client(S2nOcspStapling.Request);
        for (int i = 0; i < 3; i++)
        {
            Assert.Empty(await StapleAsync(stream => ServeAsync(stream, offline), kind, client));
            Assert.Empty(await StapleAsync(stream => AuthenticateAsync(stream, new SslServerAuthenticationOptions { ServerCertificate = leaf }), kind, client));
        }

        Assert.Empty(responder.Seen);
    }

    [Theory, OverKinds]
    public async Task One_whose_responder_fails_serves_all_the_same(Kind kind)
    {
        await using var responder = new ScriptedResponder();
        using X509Certificate2 leaf = CertificateMaker.Leaf(_root, ocsp: [responder.Address]);
        var context = SslStreamCertificateContext.Create(leaf, [_root], offline: false);
        using S2nContext client = Client(S2nOcspStapling.Request);
        Assert.Empty(await StapleAsync(stream => ServeAsync(stream, context), kind, client));
        await Eventually.TrueAsync(() => responder.Seen.Count > 0);
        Assert.Empty(await StapleAsync(stream => ServeAsync(stream, context), kind, client));
    }

    [Theory, OverKinds]
    public async Task No_handshake_waits_for_a_responder_that_takes_its_time(Kind kind)
    {
        var gate = new TaskCompletionSource();
        await using var responder = new ScriptedResponder();
        using X509Certificate2 leaf = CertificateMaker.Leaf(_root, ocsp: [responder.Address]);
        responder.Script = async exchange =>
        {
            await gate.Task;
            await exchange.AnswerAsync(new OcspResponseMaker(_root, leaf).Make());
        };
        var context = SslStreamCertificateContext.Create(leaf, [_root], offline: false);
        using S2nContext client = Client(S2nOcspStapling.Request);
        await Eventually.TrueAsync(() => responder.Open > 0); // SslStream's own has asked when it was made
        Assert.Empty(await StapleAsync(stream => ServeAsync(stream, context), kind, client));
        gate.SetResult();
        await StapledAsync(stream => ServeAsync(stream, context), kind);
    }

    private SslStreamCertificateContext Context(bool offline) => SslStreamCertificateContext.Create(_leaf, [_intermediate, _root], offline);

    private static Task ServeAsync(Stream stream, SslStreamCertificateContext context) =>
        AuthenticateAsync(stream, new SslServerAuthenticationOptions { ServerCertificateContext = context });

    private static Task AuthenticateAsync(Stream stream, SslServerAuthenticationOptions options)
    {
        options.AllowTlsResume = false;
        return stream is SslStream ssl ? ssl.AuthenticateAsServerAsync(options) : ((S2nStream)stream).AuthenticateAsServerAsync(options);
    }

    private S2nContext Client(S2nOcspStapling stapling) => TestContexts.MakeClient(options =>
    {
        options.TrustedRoots = [_root];
        options.OcspStapling = stapling;
    });

    /// <summary>Waits until the server's handshakes staple something.</summary>
    private async Task StapledAsync(Func<Stream, Task> serve, Kind kind)
    {
        using S2nContext client = Client(S2nOcspStapling.Request);
        for (long start = Environment.TickCount64; (await StapleAsync(serve, kind, client)).Length == 0;)
        {
            Assert.True(Environment.TickCount64 - start < Deadline.Default.TotalMilliseconds, "Nothing came.");
        }
    }

    /// <summary>What one handshake staples.</summary>
    private static async Task<byte[]> StapleAsync(Func<Stream, Task> serve, Kind kind, S2nContext context)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        await using Stream server = kind == Kind.SslStream ? new SslStream(serverEnd) : new S2nStream(serverEnd);
        Task serving = serve(server);
        try
        {
            await client.AuthenticateAsClientAsync(context, "localhost").WithDeadline();
        }
        catch
        {
            await clientEnd.DisposeAsync();
            await serving.WithDeadline().ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }

        await serving.WithDeadline();
        return client.OcspResponse.ToArray();
    }
}
