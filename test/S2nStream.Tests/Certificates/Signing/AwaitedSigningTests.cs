using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nito.AsyncEx;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.Certificates;

/// <summary>Private keys behind a signer that takes its time.</summary>
public class AwaitedSigningTests
{
    public static TheoryData<string, SslProtocols> KeysAndProtocols() => Certificates.SigningTests.KeysAndProtocols();

    [Theory]
    [MemberData(nameof(KeysAndProtocols))]
    public async Task A_servers_signer_is_waited_for(string key, SslProtocols protocol)
    {
        (S2nCertificate certificate, ScriptedSigner signer) = ScriptedSigner.Certify(key);
        using S2nContext context = Server(certificate);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(serverEnd);
        await using var client = new SslStream(clientEnd);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(context),
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                EnabledSslProtocols = protocol,
            })).WithDeadline();
        await ExchangeAsync(client, server);
        AssertDescribed(Assert.Single(signer.Requests), key, isServer: true);
    }

    [Theory]
    [MemberData(nameof(KeysAndProtocols))]
    public async Task A_clients_signer_is_waited_for(string key, SslProtocols protocol)
    {
        (S2nCertificate certificate, ScriptedSigner signer) = ScriptedSigner.Certify(key, forClients: true);
        using S2nContext context = TestContexts.MakeClient(options =>
        {
            options.Certificate = certificate;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : options.SecurityPolicy;
        });
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new SslStream(serverEnd);
        await using var client = new S2nStream(clientEnd);
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(context, "localhost"),
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = TestAuthority.Localhost,
                ClientCertificateRequired = true,
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                EnabledSslProtocols = protocol,
            })).WithDeadline();
        await ExchangeAsync(client, server);
        AssertDescribed(Assert.Single(signer.Requests), key, isServer: false);
    }

    [Theory]
    [MemberData(nameof(KeysAndProtocols))]
    [Needs("openssl")]
    public async Task Openssl_accepts_what_was_signed_elsewhere(string key, SslProtocols protocol)
    {
        (S2nCertificate certificate, _) = ScriptedSigner.Certify(key);
        using S2nContext server = Server(certificate);
        await using ProgramPeer peer = await OpenSsl.ClientAsync(protocol, server);
        await peer.ExplainAsync(() => Crossing.CheckAsync(100, peer.Input, peer.EndInputAsync, peer.Stream));
    }

    [Fact]
    public async Task No_thread_waits()
    {
        const int Handshakes = 150;
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var allWait = new AsyncCountdownEvent(Handshakes);
        var signer = new ScriptedSigner(async (request, _) =>
        {
            allWait.Signal();
            await allWait.WaitAsync(CancellationToken.None);
            lock (key)
            {
                return ScriptedSigner.Sign(key, request);
            }
        });
        using X509Certificate2 certificate = TestAuthority.Default.Issue(key: key);
        using S2nContext server = Server(S2nCertificate.FromX509(certificate, signer));

        // Far more than the pool has threads: with one held by each, they would never all be here in time.
        await Task.WhenAll(Enumerable.Range(0, Handshakes).Select(async _ =>
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);
            await ExchangeAsync(pair.Client, pair.Server);
        })).WithDeadline();
        Assert.Equal(Handshakes, signer.Count);
    }

    [Fact]
    public async Task A_signer_that_fails_now_and_then_fails_those_handshakes_and_no_others()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = TestAuthority.Default.Issue(key: key);
        using S2nContext server = Server(S2nCertificate.FromX509(certificate, new SlowSigner(key, TimeSpan.FromMilliseconds(20), failureRate: 0.3)));
        bool[] outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
            await using var serverSide = new S2nStream(serverEnd);
            await using var clientSide = new S2nStream(clientEnd);
            Task connect = clientSide.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
            try
            {
                await serverSide.AuthenticateAsServerAsync(server).WithDeadline();
            }
            catch (AuthenticationException e)
            {
                Assert.IsType<TimeoutException>(e.InnerException);
                await Assert.ThrowsAsync<AuthenticationException>(() => connect.WithDeadline()); // it was told
                return false;
            }

            await connect.WithDeadline();
            await ExchangeAsync(clientSide, serverSide);
            return true;
        }));
        Assert.InRange(outcomes.Count(succeeded => succeeded), 80, 190); // 140 on average, 6 the deviation
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task What_the_signer_throws_is_inside_and_the_client_is_refused_at_once(SslProtocols protocol)
    {
        var thrown = new HttpRequestException("503");
        (AuthenticationException error, S2nStream server) = await FailAsync((_, _) => ValueTask.FromException<byte[]>(thrown), protocol);
        Assert.Same(thrown, error.InnerException);
        Assert.Contains("did not sign", error.Message, StringComparison.Ordinal);
        Assert.Contains("503", error.Message, StringComparison.Ordinal);
        Assert.Same(error, await Assert.ThrowsAsync<AuthenticationException>(() => server.ReadAsync(new byte[1]).AsTask()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_signer_that_throws_before_it_waits_and_one_that_cancels_by_itself_fail_alike(bool cancels)
    {
        (AuthenticationException error, _) = await FailAsync((_, _) => cancels ? throw new OperationCanceledException("its own time-out") : throw new CryptographicException());
        Assert.IsAssignableFrom(cancels ? typeof(OperationCanceledException) : typeof(CryptographicException), error.InnerException);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_wrong_signature_never_leaves_the_machine(SslProtocols protocol)
    {
        using ECDsa wrong = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (AuthenticationException error, _) = await FailAsync((request, _) => ValueTask.FromResult(ScriptedSigner.Sign(wrong, request)), protocol);
        Assert.Equal("S2N_ERR_VERIFY_SIGNATURE", Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
    }

    public static TheoryData<byte[]?> NoSignatures() => [null, [], [1, 2, 3], new byte[100_000]];

    [Theory]
    [MemberData(nameof(NoSignatures))]
    public async Task What_is_no_signature_is_refused(byte[]? answer)
    {
        (AuthenticationException error, _) = await FailAsync((_, _) => ValueTask.FromResult(answer!));
        Assert.NotNull(error.InnerException);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_handshake_ends_whether_the_signer_heeds_it_or_not(bool heeds)
    {
        (PendingHandshake pending, S2nStream server, S2nStream client) = Begin(heeds);
        await pending.Asked.WaitAsync().WithDeadline();
        await pending.Caller.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending.Accept.WithDeadline());
        Assert.Equal(pending.Caller.Token, error.CancellationToken);
        Assert.True(pending.Token.IsCancellationRequested);
        pending.Answer.TrySetResult([]); // too late, and harmless
        await server.DisposeAsync();
        await client.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => pending.Connect.WithDeadline());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disposed_stream_ends_whether_the_signer_heeds_it_or_not(bool heeds)
    {
        (PendingHandshake pending, S2nStream server, S2nStream client) = Begin(heeds);
        await pending.Asked.WaitAsync().WithDeadline();
        await server.DisposeAsync().AsTask().WithDeadline();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending.Accept.WithDeadline());
        Assert.True(pending.Token.IsCancellationRequested);
        pending.Answer.TrySetResult([]);
        await client.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => pending.Connect.WithDeadline());
    }

    [Fact]
    public async Task A_synchronous_handshake_waits_with_its_thread()
    {
        (S2nCertificate certificate, ScriptedSigner signer) = ScriptedSigner.Certify();
        using S2nContext context = Server(certificate);
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var server = new S2nStream(serverEnd);
        await using var client = new S2nStream(clientEnd);
        Task serverSide = Deadline.Run(() => server.AuthenticateAsServer(context));
        await Deadline.Run(() => client.AuthenticateAsClient(TestContexts.Client, "localhost"));
        await serverSide;
        Assert.Equal(1, signer.Count);
    }

    [Fact]
    public void A_certificate_without_a_signer_is_no_certificate()
    {
        Assert.Throws<ArgumentNullException>(() => S2nCertificate.FromX509(TestAuthority.Localhost, (S2nSigner)null!));
        Assert.Throws<ArgumentNullException>(() => S2nCertificate.FromPem(TestAuthority.Localhost.ExportCertificatePem(), (S2nSigner)null!));
        Assert.Throws<S2nException>(() => S2nCertificate.FromPem("", new ScriptedSigner((_, _) => default)));
    }

    private static void AssertDescribed(S2nSigningRequest request, string key, bool isServer)
    {
        Assert.Equal(isServer, request.IsServer);
        Assert.Equal(key == "RSA" ? "1.2.840.113549.1.1.1" : "1.2.840.10045.2.1", request.PublicKey.Oid.Value);
        Assert.Equal(key == "RSA", request.RsaPadding is not null);
        Assert.Equal(request.Digest.Length, request.HashAlgorithm.Name switch { "SHA256" => 32, "SHA384" => 48, "SHA512" => 64, _ => 0 });
        Assert.Contains(request.HashAlgorithm.Name!, request.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A handshake whose signer does as it is told; the client must hear of it.</summary>
    private static async Task<(AuthenticationException, S2nStream)> FailAsync(
        Func<S2nSigningRequest, CancellationToken, ValueTask<byte[]>> sign, SslProtocols protocol = SslProtocols.Tls13)
    {
        using S2nContext context = Server(S2nCertificate.FromX509(TestAuthority.Localhost, new ScriptedSigner(sign)));
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var server = new S2nStream(serverEnd);
        await using var client = new S2nStream(clientEnd);
        Task connect = client.AuthenticateAsClientAsync(TestContexts.ClientFor(protocol), "localhost");
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => server.AuthenticateAsServerAsync(context).WithDeadline());
        await Assert.ThrowsAsync<AuthenticationException>(() => connect.WithDeadline());
        return (error, server);
    }

    private static (PendingHandshake, S2nStream Server, S2nStream Client) Begin(bool heeds)
    {
        var pending = new PendingHandshake();
        S2nContext context = Server(S2nCertificate.FromX509(TestAuthority.Localhost, new ScriptedSigner(async (_, token) =>
        {
            pending.Token = token;
            pending.Asked.Set();
            return await (heeds ? pending.Answer.Task.WaitAsync(token) : pending.Answer.Task);
        })));
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var server = new S2nStream(serverEnd);
        var client = new S2nStream(clientEnd);
        pending.Accept = server.AuthenticateAsServerAsync(context, pending.Caller.Token);
        pending.Connect = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        return (pending, server, client);
    }

    private static S2nContext Server(S2nCertificate certificate)
    {
        S2nContext server = TestContexts.MakeServer(options =>
        {
            options.Certificates.Clear();
            options.Certificates.Add(certificate);
        });
        certificate.Dispose();
        return server;
    }

    private static async Task ExchangeAsync(Stream client, Stream server)
    {
        await client.WriteAsync("ping"u8.ToArray()).WithDeadline();
        await server.ReadExactlyAsync(new byte[4]).WithDeadline();
        await server.WriteAsync("pong"u8.ToArray()).WithDeadline();
        await client.ReadExactlyAsync(new byte[4]).WithDeadline();
    }

    private sealed class PendingHandshake
    {
        public AsyncManualResetEvent Asked { get; } = new();

        public TaskCompletionSource<byte[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Caller { get; } = new();

        public CancellationToken Token { get; set; }

        public Task Accept { get; set; } = Task.CompletedTask;

        public Task Connect { get; set; } = Task.CompletedTask;
    }
}
