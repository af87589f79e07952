using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>What a client's validation callback is told, and what becomes of its answer.</summary>
public class ValidationCallbackTests
{
    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task It_is_told_the_stream_the_certificate_the_errors_and_all_that_was_sent(SslProtocols protocol)
    {
        X509Certificate2 stranger = Authority("Stranger");
        X509Certificate2 unrelated = Authority("Unrelated");
        X509Certificate2 leaf = Leaf(stranger, ["other.example"]);
        var calls = new List<(object Sender, X509Certificate? Certificate, byte[][] Sent, X509ChainStatusFlags[] Statuses, SslPolicyErrors Errors)>();
        using S2nContext server = Server(leaf, [stranger, unrelated], protocol);
        using S2nContext client = Client((sender, certificate, chain, errors) =>
        {
            Assert.Equal("localhost", ((S2nStream)sender).TargetHostName);
            calls.Add((sender, certificate, [.. chain!.ChainPolicy.ExtraStore.Select(sent => sent.RawData)], [.. chain.ChainStatus.Select(status => status.Status)], errors));
            return true;
        }, protocol);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await PingAsync(pair);

        var call = Assert.Single(calls);
        Assert.Same(pair.Client, call.Sender);
        Assert.Equal([.. Runtime.IsNet11 ? [] : new[] { leaf.RawData }, stranger.RawData, unrelated.RawData], call.Sent);
        Assert.Equal([X509ChainStatusFlags.UntrustedRoot], call.Statuses);
        Assert.Equal(SslPolicyErrors.RemoteCertificateChainErrors | SslPolicyErrors.RemoteCertificateNameMismatch, call.Errors);
        Assert.Same(call.Certificate, pair.Client.RemoteCertificate);
        Assert.Equal(leaf.RawData, call.Certificate!.GetRawCertData());
        Assert.False(pair.Client.IsMutuallyAuthenticated);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task A_refusal_says_why_and_the_server_hears_of_it_at_once(SslProtocols protocol)
    {
        using S2nContext server = Server(Leaf(Authority("Stranger")), null, protocol);
        using S2nContext client = Client(
            (_, _, _, errors) => errors == SslPolicyErrors.None, protocol, options => options.MaxBlindingDelay = TimeSpan.FromHours(1)); // so no deadline would be met
        (Exception clientError, Exception serverError) = await RefuseAsync(client, server);

        string message = Assert.IsType<AuthenticationException>(clientError).Message;
        Assert.Contains("callback", message, StringComparison.Ordinal);
        Assert.Contains("RemoteCertificateChainErrors", message, StringComparison.Ordinal);
        Assert.Contains("PartialChain", message, StringComparison.Ordinal);
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", Assert.IsType<S2nException>(clientError.InnerException).S2nErrorName);
        S2nException heard = Assert.IsType<S2nException>(Assert.IsType<AuthenticationException>(serverError).InnerException);
        Assert.Equal(protocol == SslProtocols.Tls12 ? TlsAlert.UnknownCA : null, heard.Alert);
        Assert.Equal(protocol == SslProtocols.Tls12 ? S2nErrorType.Alert : S2nErrorType.Closed, heard.ErrorType);
    }

    [Fact]
    public async Task It_can_refuse_what_has_no_errors()
    {
        using S2nContext server = Server(Leaf(CertificateTable.Root), null);
        using S2nContext client = Client((_, _, _, _) => false);
        (Exception clientError, _) = await RefuseAsync(client, server);
        Assert.Equal("S2N_ERR_CERT_REJECTED", Assert.IsType<S2nException>(clientError.InnerException).S2nErrorName);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task What_it_throws_reaches_the_caller_and_the_server_is_refused(SslProtocols protocol)
    {
        var thrown = new InvalidDataException("thrown by the callback");
        using S2nContext server = Server(Leaf(CertificateTable.Root), null, protocol);
        using S2nContext client = Client((_, _, _, _) => throw thrown, protocol, options => options.MaxBlindingDelay = null);
        (Exception clientError, Exception serverError) = await RefuseAsync(client, server);
        Assert.Same(thrown, clientError);
        Assert.IsType<AuthenticationException>(serverError);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task Chains_of_four_intermediates_in_big_certificates_are_read_from_several_records_a_byte_at_a_time(SslProtocols protocol)
    {
        (X509Certificate2 leaf, X509Certificate2Collection intermediates) = CertificateTable.Chain(4, padding: 40_000);
        byte[][] sent = [];
        using S2nContext server = Server(leaf, intermediates, protocol);
        using S2nContext client = Client((_, _, chain, errors) =>
        {
            sent = [.. chain!.ChainPolicy.ExtraStore.Select(certificate => certificate.RawData)];
            Assert.Equal(6, chain.ChainElements.Count);
            return errors == SslPolicyErrors.None;
        }, protocol);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using TlsPair pair = await TlsPair.OverAsync(new OneByteStream(clientEnd), serverEnd, protocol, client, server);
        await PingAsync(pair);
        Assert.Equal([.. Runtime.IsNet11 ? [] : new[] { leaf.RawData }, .. intermediates.Select(certificate => certificate.RawData)], sent);
    }

    [Theory]
    [InlineData(TlsCipherSuite.TLS_AES_128_GCM_SHA256)]
    [InlineData(TlsCipherSuite.TLS_AES_256_GCM_SHA384)]
    [InlineData(TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256)]
    public async Task The_chain_is_read_with_every_cipher_suite_of_tls_1_3(TlsCipherSuite suite)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = TestAuthority.Localhost,
            CipherSuitesPolicy = new CipherSuitesPolicy([suite]),
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null,
        };
        using S2nContext client = Client((_, certificate, _, _) => certificate is not null);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new SslStream(serverEnd);
        await using var stream = new S2nStream(clientEnd);
        await Task.WhenAll(stream.AuthenticateAsClientAsync(client, "localhost"), server.AuthenticateAsServerAsync(options)).WithDeadline();
        Assert.Equal(suite, stream.NegotiatedCipherSuite);
        Assert.Equal(TestAuthority.Localhost.RawData, stream.RemoteCertificate!.GetRawCertData());
    }

    [Fact]
    public async Task The_chain_is_read_after_a_hello_retry_request()
    {
        // The client's first key share is P-256's; the server has P-384 alone.
        using S2nContext server = TestContexts.MakeServer(
            options => options.SecurityPolicy = new("rfc9151"), Leaf(null, key: ECDsa.Create(ECCurve.NamedCurves.nistP384)));
        using S2nContext client = Client((_, certificate, _, _) => certificate is not null);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal(TlsNamedGroup.Secp384R1, pair.Client.KeyExchangeGroup);
        Assert.NotNull(pair.Client.RemoteCertificate);
    }

    [Fact]
    public async Task A_chain_longer_than_s2n_verifies_is_refused_before_the_callback_is_asked()
    {
        (X509Certificate2 leaf, X509Certificate2Collection intermediates) = CertificateTable.Chain(7);
        using S2nContext server = Server(leaf, intermediates);
        using S2nContext byCallback = Client((_, _, _, _) => throw new InvalidOperationException("not to be called"));
        using S2nContext byS2n = Client(null);
        foreach (S2nContext client in new[] { byCallback, byS2n })
        {
            (Exception clientError, _) = await RefuseAsync(client, server);
            Assert.Equal("S2N_ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED", Assert.IsType<S2nException>(clientError.InnerException).S2nErrorName);
        }
    }

    [Fact]
    public async Task Revocation_that_cannot_be_checked_offline_is_an_error()
    {
        using S2nContext server = Server(Leaf(CertificateTable.Root, crl: "http://crl.invalid/none.crl"), null);
        using S2nContext client = Client(null, configure: options => options.CertificateRevocationCheckMode = X509RevocationMode.Offline);
        (Exception clientError, _) = await RefuseAsync(client, server);
        Assert.Equal("S2N_ERR_CRL_LOOKUP_FAILED", Assert.IsType<S2nException>(clientError.InnerException).S2nErrorName);
        Assert.Contains("RevocationStatusUnknown", clientError.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_certificate_is_refused_by_the_list_that_its_authority_publishes()
    {
        using var publisher = new TcpListener(IPAddress.Loopback, 0);
        publisher.Start();
        string address = $"http://{publisher.LocalEndpoint}/{Guid.NewGuid():N}.crl";
        X509Certificate2 good = Leaf(CertificateTable.Root, crl: address);
        X509Certificate2 revoked = Leaf(CertificateTable.Root, crl: address);
        var list = new CertificateRevocationListBuilder();
        list.AddEntry(revoked);
        Task publishing = PublishAsync(publisher, list.Build(CertificateTable.Root, 1, DateTimeOffset.UtcNow.AddDays(1), HashAlgorithmName.SHA256));

        using S2nContext client = Client(null, configure: options => options.CertificateRevocationCheckMode = X509RevocationMode.Online);
        using S2nContext goodServer = Server(good, null);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: goodServer);
        using S2nContext revokedServer = Server(revoked, null);
        (Exception error, _) = await RefuseAsync(client, revokedServer);
        Assert.Equal("S2N_ERR_CERT_REVOKED", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
        publisher.Stop();
        await Record.ExceptionAsync(() => publishing.WithDeadline());
    }

    [Fact]
    public async Task A_policy_is_taken_over_when_the_context_is_made()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(CertificateTable.Root);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = null;
            options.CertificateChainPolicy = policy;
        });
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        policy.CustomTrustStore.Clear();

        using S2nContext forClients = Server(Leaf(CertificateTable.Root, usage: ClientAuthentication), null);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: forClients);
        using S2nContext forServers = Server(Leaf(CertificateTable.Root), null);
        (Exception error, _) = await RefuseAsync(client, forServers);
        Assert.Equal("S2N_ERR_CERT_INTENT_INVALID", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
    }

    [Fact]
    public void Roots_given_twice_or_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TestContexts.MakeClient(options => options.CertificateChainPolicy = new X509ChainPolicy()));
        Assert.Throws<ArgumentException>(() => TestContexts.MakeClient(options => options.TrustedRoots = [Authority("Below", CertificateTable.Root)]));
    }

    private static S2nContext Server(X509Certificate2 leaf, X509Certificate2Collection? intermediates, SslProtocols protocol = SslProtocols.Tls13)
    {
        using S2nCertificate own = S2nCertificate.FromX509(leaf, intermediates);
        return S2nContext.CreateServer(new S2nServerOptions { Certificates = { own }, SecurityPolicy = Policy(protocol) });
    }

    private static S2nContext Client(
        RemoteCertificateValidationCallback? callback, SslProtocols protocol = SslProtocols.Tls13, Action<S2nClientOptions>? configure = null) =>
        TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [X509CertificateLoader.LoadCertificate(CertificateTable.Root.RawData)];
            options.SecurityPolicy = Policy(protocol);
            options.RemoteCertificateValidationCallback = callback;
            configure?.Invoke(options);
        });

    private static S2nSecurityPolicy Policy(SslProtocols protocol) =>
        protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;

    private static async Task<(Exception Client, Exception Server)> RefuseAsync(S2nContext client, S2nContext server)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(server);
        Exception clientError = await Assert.ThrowsAnyAsync<Exception>(() => clientStream.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
        return (clientError, await Assert.ThrowsAnyAsync<Exception>(() => serverSide.WithDeadline()));
    }

    private static async Task PublishAsync(TcpListener publisher, byte[] list)
    {
        while (true)
        {
            using TcpClient asking = await publisher.AcceptTcpClientAsync();
            NetworkStream stream = asking.GetStream();
            _ = await stream.ReadAsync(new byte[4096]);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {list.Length}\r\nConnection: close\r\n\r\n"));
            await stream.WriteAsync(list);
        }
    }

    private static async Task PingAsync(TlsPair pair)
    {
        await pair.Client.WriteAsync("ping"u8.ToArray()).WithDeadline();
        Assert.Equal(4, await pair.Server.ReadAsync(new byte[10]).WithDeadline());
    }

    private sealed class OneByteStream(Stream inner) : WrappedStream(inner)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
