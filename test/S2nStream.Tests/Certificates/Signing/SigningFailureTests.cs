using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Keys that belong elsewhere, that fail, that sign wrongly, or that are asked for what they cannot do.</summary>
public class SigningFailureTests
{
    [Theory]
    [InlineData("RSA", "RSA")]
    [InlineData("P-256", "P-256")]
    [InlineData("P-256", "P-384")]
    [InlineData("RSA", "P-256")]
    [InlineData("P-256", "RSA")]
    public void A_key_of_another_certificate_is_refused_at_once(string certificate, string key)
    {
        var identity = new SigningIdentity(certificate);
        var other = new SigningIdentity(key);
        var error = Assert.Throws<ArgumentException>(() => S2nCertificate.FromX509(identity.Public, other.Key));
        Assert.Contains("does not belong to the certificate 'CN=signing'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, other.Use.Count);
    }

    [Theory]
    [InlineData("RSA")]
    [InlineData("P-256")]
    public async Task A_key_that_does_not_show_its_public_half_proves_itself_by_a_signature(string type)
    {
        var identity = new SigningIdentity(type, use: new KeyUse { ShowsPublicKey = false });
        var other = new SigningIdentity(type, use: new KeyUse { ShowsPublicKey = false });
        Assert.Throws<ArgumentException>(() => S2nCertificate.FromX509(identity.Public, other.Key));
        using S2nContext server = Server(identity.Load());
        Assert.Equal(1, identity.Use.Count);
        await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
        Assert.Equal(2, identity.Use.Count);
    }

    [Fact]
    public void A_key_that_is_bound_to_the_older_padding_can_prove_itself_too()
    {
        var identity = new SigningIdentity("RSA", use: new KeyUse { ShowsPublicKey = false });
        identity.Use.Before = () =>
        {
            if (identity.Use.LastPadding == RSASignaturePadding.Pss)
            {
                throw new CryptographicException("The key is for PKCS #1.");
            }
        };
        identity.Load().Dispose();
        Assert.Equal(2, identity.Use.Count);
    }

    [Fact]
    public void Keys_of_other_kinds_are_refused()
    {
        using ECDiffieHellman key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Assert.Throws<NotSupportedException>(() => S2nCertificate.FromX509(TestAuthority.Localhost, key));
        Assert.Throws<ArgumentNullException>(() => S2nCertificate.FromX509(TestAuthority.Localhost, (AsymmetricAlgorithm)null!));
        Assert.ThrowsAny<S2nException>(() => S2nCertificate.FromPem("garbage", new SigningIdentity().Key));
    }

    [Fact]
    public void No_intermediates_may_be_written_as_null() => S2nCertificate.FromX509(TestAuthority.Localhost, null).Dispose();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task What_a_servers_key_throws_reaches_the_caller_and_the_client_is_refused(SslProtocols protocol)
    {
        var thrown = new TimeoutException("The module does not answer.");
        var identity = new SigningIdentity();
        identity.Use.Before = () => throw thrown;
        using S2nContext server = Server(identity.Load(), protocol);
        (AuthenticationException error, Exception clientError) = await ServerFailsAsync(server, TestContexts.ClientFor(protocol));
        Assert.Same(thrown, error.InnerException);
        Assert.Contains("did not sign", error.Message, StringComparison.Ordinal);
        Assert.Contains(thrown.Message, error.Message, StringComparison.Ordinal);
        Assert.IsType<AuthenticationException>(clientError);
        Assert.Equal(1, identity.Use.Count);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task What_a_clients_key_throws_reaches_the_caller_and_the_server_sees_no_handshake(SslProtocols protocol)
    {
        var thrown = new InvalidOperationException("No session with the module.");
        var identity = new SigningIdentity(forClients: true);
        identity.Use.Before = () => throw thrown;
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.SecurityPolicy = Policy(protocol);
            options.ClientCertificateMode = S2nClientCertificateMode.Required;
            options.TrustedRoots = TestAuthority.Default.Roots;
        });
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.SecurityPolicy = Policy(protocol);
            options.Certificate = identity.Load();
        });
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(server);
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => clientStream.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
        Assert.Same(thrown, error.InnerException);
        await clientStream.DisposeAsync();
        await Assert.ThrowsAsync<AuthenticationException>(() => serverSide.WithDeadline());
    }

    [Fact]
    public async Task Later_calls_say_the_same_and_other_connections_do_not_suffer()
    {
        var identity = new SigningIdentity();
        using S2nContext server = Server(identity.Load());
        identity.Use.Before = () => throw new TimeoutException("once");
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task clientSide = clientStream.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => serverStream.AuthenticateAsServerAsync(server).WithDeadline());
        Assert.Same(error, await Assert.ThrowsAsync<AuthenticationException>(() => serverStream.ReadAsync(new byte[1]).AsTask()));
        await serverStream.DisposeAsync();
        await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());

        identity.Use.Before = null;
        await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
        Assert.True(pair.Client.IsAuthenticated);
    }

    [Theory]
    [InlineData("RSA", SslProtocols.Tls13)]
    [InlineData("P-256", SslProtocols.Tls13)]
    [InlineData("P-256", SslProtocols.Tls12)]
    public async Task A_wrong_signature_never_leaves_the_machine(string type, SslProtocols protocol)
    {
        using AsymmetricAlgorithm right = SigningIdentity.MakeKey(type);
        using AsymmetricAlgorithm wrong = SigningIdentity.MakeKey(type);
        using X509Certificate2 certificate = TestAuthority.Default.Issue(key: right);
        AsymmetricAlgorithm key = right is RSA rsa ? new LyingRsa(rsa, (RSA)wrong) : new LyingECDsa((ECDsa)right, (ECDsa)wrong);
        using S2nContext server = Server(S2nCertificate.FromX509(certificate, key), protocol);
        (AuthenticationException error, _) = await ServerFailsAsync(server, TestContexts.ClientFor(protocol));
        Assert.Equal("S2N_ERR_VERIFY_SIGNATURE", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
        Assert.Contains("does not verify with the certificate's public key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rsa_key_exchange_is_refused_for_a_key_outside_s2n_and_served_for_one_inside()
    {
        var identity = new SigningIdentity("RSA");
        using RSA insideKey = RSA.Create(2048);
        using X509Certificate2 inside = TestAuthority.Default.Issue(hosts: ["inside.example"], key: insideKey, forKeyEncipherment: true);
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.Certificates.Clear();
            options.Certificates.Add(identity.Load());
            options.Certificates.Add(S2nCertificate.FromX509(inside));
            options.SecurityPolicy = new S2nSecurityPolicy("20170210");
        });

        (Exception? served, _) = await RsaKeyExchangeAsync(server, "inside.example");
        Assert.Null(served);
        (Exception? refused, Exception? client) = await RsaKeyExchangeAsync(server, "localhost");
        Assert.IsType<NotSupportedException>(Assert.IsType<AuthenticationException>(refused).InnerException);
        Assert.Contains("RSA key exchange", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(client);
        Assert.Equal(0, identity.Use.Count);
    }

    private static async Task<(Exception? Server, Exception? Client)> RsaKeyExchangeAsync(S2nContext context, string host)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(serverEnd);
        await using var client = new SslStream(clientEnd);
        Task clientSide = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            EnabledSslProtocols = SslProtocols.Tls12,
            CipherSuitesPolicy = new CipherSuitesPolicy([TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256]),
        });
        Exception? serverError = await Record.ExceptionAsync(() => server.AuthenticateAsServerAsync(context).WithDeadline());
        if (serverError is not null)
        {
            await server.DisposeAsync();
        }

        return (serverError, await Record.ExceptionAsync(() => clientSide.WithDeadline()));
    }

    private static async Task<(AuthenticationException Server, Exception Client)> ServerFailsAsync(S2nContext server, S2nContext client)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task clientSide = clientStream.AuthenticateAsClientAsync(client, "localhost");

        // The exception does not wait for the blinding delay; the refusal of the client does.
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => serverStream.AuthenticateAsServerAsync(server).WithDeadline());
        Assert.False(serverStream.IsAuthenticated);
        return (error, await Assert.ThrowsAnyAsync<Exception>(() => clientSide.WithDeadline()));
    }

    private static S2nContext Server(S2nCertificate certificate, SslProtocols protocol = SslProtocols.Tls13) =>
        TestContexts.MakeServer(options =>
        {
            options.Certificates.Clear();
            options.Certificates.Add(certificate);
            options.SecurityPolicy = Policy(protocol);
        });

    private static S2nSecurityPolicy Policy(SslProtocols protocol) =>
        protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;

    /// <summary>Shows one public key and signs with another.</summary>
    private sealed class LyingRsa(RSA shown, RSA used) : RSA
    {
        public override byte[] SignHash(byte[] hash, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding) => used.SignHash(hash, hashAlgorithm, padding);

        public override RSAParameters ExportParameters(bool includePrivateParameters) => shown.ExportParameters(false);

        public override void ImportParameters(RSAParameters parameters) => throw new NotSupportedException();
    }

    /// <inheritdoc cref="LyingRsa"/>
    private sealed class LyingECDsa(ECDsa shown, ECDsa used) : ECDsa
    {
        public override byte[] SignHash(byte[] hash) => used.SignHash(hash);

        public override bool VerifyHash(byte[] hash, byte[] signature) => shown.VerifyHash(hash, signature);

        public override ECParameters ExportParameters(bool includePrivateParameters) => shown.ExportParameters(false);
    }
}
