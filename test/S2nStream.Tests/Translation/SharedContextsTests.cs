using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Context;
using S2nTls.Translation;

namespace S2nTls.Tests.Translation;

/// <summary>Which connections share a context of s2n, when their options are SslStream's.</summary>
public class SharedContextsTests
{
    [Fact]
    public void Equal_options_share_one_however_many_connections_there_are()
    {
        using X509Certificate2 certificate = TestAuthority.Default.Issue();
        S2nContext server = ServerContext(certificate);
        S2nContext client = ClientContext();
        for (int i = 0; i < 2000; i++)
        {
            Assert.Same(server, ServerContext(certificate));
            Assert.Same(client, ClientContext());
        }
    }

    public static TheoryData<string> ServerChanges => [.. s_serverChanges.Keys];

    [Theory]
    [MemberData(nameof(ServerChanges))]
    public void A_server_with_another_option_has_another(string change)
    {
        using X509Certificate2 certificate = TestAuthority.Default.Issue();
        S2nContext usual = ServerContext(certificate);
        S2nContext changed = ServerContext(certificate, s_serverChanges[change]);
        Assert.NotSame(usual, changed);
        Assert.Same(changed, ServerContext(certificate, s_serverChanges[change]));
        Assert.Same(usual, ServerContext(certificate));
    }

    public static TheoryData<string> ClientChanges => [.. s_clientChanges.Keys];

    [Theory]
    [MemberData(nameof(ClientChanges))]
    public void A_client_with_another_option_has_another(string change)
    {
        S2nContext usual = ClientContext();
        S2nContext changed = ClientContext(s_clientChanges[change]);
        Assert.NotSame(usual, changed);
        Assert.Same(changed, ClientContext(s_clientChanges[change]));
    }

    [Fact]
    public void Names_callbacks_and_revocation_are_the_connections_own()
    {
        S2nContext judged = ClientContext(options => options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None);
        Assert.Same(judged, ClientContext(options =>
        {
            options.TargetHost = "elsewhere.test";
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
            options.CertificateChainPolicy = s_another.ChainPolicy;
        }));
        Assert.Same(ClientContext(), ClientContext(options => options.TargetHost = "elsewhere.test"));
    }

    [Fact]
    public void Another_certificate_has_another_even_with_the_same_content()
    {
        using X509Certificate2 first = TestAuthority.Default.Issue();
        using X509Certificate2 second = TestAuthority.Default.Issue();
        Assert.NotSame(ServerContext(first), ServerContext(second));
    }

    [Fact]
    public async Task The_first_connections_make_one_between_them()
    {
        using X509Certificate2 certificate = TestAuthority.Default.Issue();
        using var start = new Barrier(8);
        S2nContext[] contexts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Deadline.Default);
                return ServerContext(certificate);
            },
            TaskCreationOptions.LongRunning))).WithDeadline();
        Assert.All(contexts, context => Assert.Same(contexts[0], context));
    }

    [Fact]
    public void What_could_not_be_made_is_tried_again()
    {
        var cache = new ContextCache();
        ContextSettings key = Key("one");
        Assert.Throws<InvalidTimeZoneException>(() => cache.GetOrCreate(key, () => throw new InvalidTimeZoneException()));
        Assert.Equal(0, cache.Count);
        using S2nContext made = TestContexts.MakeClient();
        Assert.Same(made, cache.GetOrCreate(key, () => made));
    }

    [Fact]
    public void Options_that_differ_for_every_connection_do_not_pile_up()
    {
        var cache = new ContextCache();
        using S2nContext often = TestContexts.MakeClient();
        ContextSettings oftenKey = Key("often");
        cache.GetOrCreate(oftenKey, () => often);
        for (int i = 0; i < 3 * ContextCache.Capacity; i++)
        {
            cache.GetOrCreate(Key($"{i}"), () => TestContexts.Client);
            Assert.Same(often, cache.GetOrCreate(oftenKey, () => throw new InvalidOperationException("What is in use was dropped.")));
        }

        Assert.InRange(cache.Count, 2, ContextCache.Capacity);
    }

    private static readonly TestAuthority s_another = new("CN=Another");

    private static readonly Dictionary<string, Action<SslServerAuthenticationOptions>> s_serverChanges = new()
    {
        ["protocols"] = options => options.EnabledSslProtocols = SslProtocols.Tls12,
        ["application protocols"] = options => options.ApplicationProtocols = [SslApplicationProtocol.Http2],
        ["a required client certificate"] = options => options.ClientCertificateRequired = true,
        ["no resumption"] = options => options.AllowTlsResume = false,
    };

    private static readonly Dictionary<string, Action<SslClientAuthenticationOptions>> s_clientChanges = new()
    {
        ["protocols"] = options => options.EnabledSslProtocols = SslProtocols.Tls12,
        ["application protocols"] = options => options.ApplicationProtocols = [SslApplicationProtocol.Http2],
        ["application protocols in another order"] = options => options.ApplicationProtocols = [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2],
        ["other roots"] = options => options.CertificateChainPolicy = s_another.ChainPolicy,
        ["the system's roots"] = options => options.CertificateChainPolicy = null,
        ["a callback"] = options => options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None,
        ["a certificate"] = options => options.ClientCertificates = [TestAuthority.Localhost],
        ["no resumption"] = options => options.AllowTlsResume = false,
    };

    private static S2nContext ServerContext(X509Certificate2 certificate, Action<SslServerAuthenticationOptions>? change = null)
    {
        var options = new SslServerAuthenticationOptions { ServerCertificate = certificate, CertificateChainPolicy = TestAuthority.Default.ChainPolicy };
        change?.Invoke(options);
        using var stream = new S2nStream(new MemoryStream());
        return new ServerTranslation(options, StreamCallbacks.None).Plan(stream).Context;
    }

    private static S2nContext ClientContext(Action<SslClientAuthenticationOptions>? change = null)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = TestAuthority.Default.ChainPolicy };
        change?.Invoke(options);
        using var stream = new S2nStream(new MemoryStream());
        return new ClientTranslation(options, StreamCallbacks.None).Plan(stream, 0).Context;
    }

    private static ContextSettings Key(string protocol) =>
        ContextSettings.Of(new S2nClientOptions { TrustedRoots = TestAuthority.Default.Roots, ApplicationProtocols = { new SslApplicationProtocol(protocol) } });
}
