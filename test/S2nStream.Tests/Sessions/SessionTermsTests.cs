using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Sessions;

/// <summary>
/// Contexts that share a cache resume each other's sessions only where they would have verified the same. Alone, because the
/// environment, which says where the system's roots are, is the whole process's.
/// </summary>
[Collection(nameof(Alone))]
public sealed class SessionTermsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly string? _roots = Environment.GetEnvironmentVariable("SSL_CERT_FILE");

    public static TheoryData<SslProtocols> Protocols => [SslProtocols.Tls12, SslProtocols.Tls13];

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", _roots);
        _directory.Dispose();
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Other_roots_of_the_system_are_other_terms(SslProtocols protocol)
    {
        var cache = new S2nMemorySessionCache();
        using S2nContext server = Server(protocol);
        Use(TestAuthority.Default.RootPem);
        using S2nContext trusting = Client(protocol, cache), likewise = Client(protocol, cache);
        Use(new TestAuthority("Another").RootPem);
        using S2nContext distrusting = Client(protocol, cache);

        Assert.False(await IsResumedAsync(trusting, server));
        Assert.True(await IsResumedAsync(likewise, server));
        await Assert.ThrowsAsync<AuthenticationException>(() => IsResumedAsync(distrusting, server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_context_that_has_loaded_other_roots_meanwhile_no_longer_resumes_what_the_old_ones_have_verified(SslProtocols protocol)
    {
        var cache = new S2nMemorySessionCache();
        using S2nContext server = Server(protocol);
        Use(TestAuthority.Default.RootPem);
        using S2nContext client = Client(protocol, cache);
        await IsResumedAsync(client, server);
        Assert.True(await IsResumedAsync(client, server));
        client.ReplaceCertificates();
        Assert.True(await IsResumedAsync(client, server));

        Use(new TestAuthority("Another").RootPem);
        client.ReplaceCertificates();
        await Assert.ThrowsAsync<AuthenticationException>(() => IsResumedAsync(client, server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Lists_of_revoked_certificates_from_somewhere_else_are_other_terms(SslProtocols protocol)
    {
        using X509Certificate2 root = CertificateMaker.Authority("Listing Root");
        using X509Certificate2 leaf = CertificateMaker.Leaf(root);
        var lax = new S2nRevocationListStore();
        lax.Set(List(root));
        var strict = new S2nRevocationListStore();
        strict.Set(List(root, leaf));
        var cache = new S2nMemorySessionCache();
        using S2nContext server = Server(protocol, leaf);
        S2nContext Make(S2nRevocationListStore? lists) => Client(protocol, cache, options =>
        {
            options.TrustedRoots = [X509CertificateLoader.LoadCertificate(root.RawData)];
            options.RevocationLists = lists;
        });
        using S2nContext first = Make(lax), second = Make(lax), third = Make(strict), none = Make(null);
        Assert.False(await IsResumedAsync(none, server));
        Assert.False(await IsResumedAsync(first, server));
        Assert.True(await IsResumedAsync(second, server));
        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => IsResumedAsync(third, server));
        Assert.Equal("S2N_ERR_CERT_REVOKED", ((S2nException)refused.InnerException!).S2nErrorName);
    }

    [Fact]
    public async Task Another_security_policy_is_other_terms()
    {
        var cache = new S2nMemorySessionCache();
        using S2nContext server = Server(SslProtocols.Tls13);
        S2nContext Make(S2nSecurityPolicy policy) => Client(SslProtocols.Tls13, cache, options =>
        {
            options.TrustedRoots = TestAuthority.Default.Roots;
            options.SecurityPolicy = policy;
        });
        using S2nContext usual = Make(S2nSecurityPolicy.DefaultTls13), other = Make(new S2nSecurityPolicy("20240503"));
        Assert.False(await IsResumedAsync(usual, server));
        Assert.False(await IsResumedAsync(other, server));
        Assert.True(await IsResumedAsync(other, server));
    }

    private static S2nRevocationList List(X509Certificate2 issuer, params X509Certificate2[] revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        Array.ForEach(revoked, certificate => builder.AddEntry(certificate));
        return S2nRevocationList.FromDer(builder.Build(
            issuer, System.Numerics.BigInteger.One, DateTimeOffset.UtcNow.AddDays(1), System.Security.Cryptography.HashAlgorithmName.SHA256, thisUpdate: DateTimeOffset.UtcNow.AddDays(-1)));
    }

    private void Use(string roots)
    {
        string file = _directory.PathOf($"{Guid.NewGuid()}.pem");
        File.WriteAllText(file, roots);
        Environment.SetEnvironmentVariable("SSL_CERT_FILE", file);
    }

    private static S2nContext Client(SslProtocols protocol, S2nSessionCache cache, Action<S2nClientOptions>? configure = null) => TestContexts.MakeClient(options =>
    {
        options.TrustedRoots = null;
        options.AllowTlsResume = true;
        options.SessionCache = cache;
        options.MaxBlindingDelay = TimeSpan.Zero;
        options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        configure?.Invoke(options);
    });

    private static S2nContext Server(SslProtocols protocol, X509Certificate2? certificate = null) => TestContexts.MakeServer(
        options =>
        {
            options.AllowTlsResume = true;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        },
        certificate);

    /// <summary>What it throws is the client's: the server hears of a refusal, too, and may be the first to end.</summary>
    private static async Task<bool> IsResumedAsync(S2nContext client, S2nContext server)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(server);
        try
        {
            await clientStream.AuthenticateAsClientAsync(client, "localhost").WithDeadline();
        }
        catch
        {
            await clientEnd.DisposeAsync();
            await Record.ExceptionAsync(() => serverSide.WithDeadline());
            throw;
        }

        await serverSide.WithDeadline();
        await serverStream.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await clientStream.ReadExactlyAsync(new byte[5]).WithDeadline(); // in TLS 1.3 the client has its ticket now
        return clientStream.IsSessionResumed;
    }
}
