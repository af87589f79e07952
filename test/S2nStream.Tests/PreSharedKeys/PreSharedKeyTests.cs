using System.Security.Authentication;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Cryptography;
using S2nTls.Tests.EarlyData;
using static S2nTls.Tests.PreSharedKeys.PreSharedKeyPair;

namespace S2nTls.Tests.PreSharedKeys;

/// <summary>Keys that both sides were given beforehand (external PSK), between two streams of this library.</summary>
public class PreSharedKeyTests
{
    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    public async Task A_key_takes_the_place_of_all_certificates(string hash)
    {
        using S2nPreSharedKey key = Key("device 17", hash: new HashAlgorithmName(hash));
        using S2nContext client = MakeClient(key), server = MakeServer(key);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal("device 17", Identity(pair.Client));
        Assert.Equal("device 17", Identity(pair.Server));
        Assert.Equal(SslProtocols.Tls13, pair.Client.SslProtocol);
        Assert.EndsWith(hash, pair.Client.NegotiatedCipherSuite.ToString(), StringComparison.Ordinal);
        Assert.NotNull(pair.Client.KeyExchangeGroup); // forward secrecy all the same: s2n always uses psk_dhe_ke
        Assert.False(pair.Client.IsSessionResumed);
        Assert.False(pair.Server.IsSessionResumed);
        Assert.Null(pair.Client.RemoteCertificate);
        Assert.Null(pair.Server.LocalCertificate);
        Assert.Null(pair.Server.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint));
        Assert.Equal("localhost", pair.Server.TargetHostName);
        await Crossing.CheckEchoAsync(100_000, new EchoOf(pair).Client);
    }

    [Fact]
    public async Task The_clients_preference_decides_among_the_keys_that_the_server_knows()
    {
        using S2nPreSharedKey a = Key("a"), b = Key("b"), c = Key("c");
        using S2nContext client = MakeClient(a, b, c), server = MakeServer(c, b);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal("b", Identity(pair.Client));
        Assert.Equal("b", Identity(pair.Server));
    }

    [Fact]
    public async Task A_callback_looks_keys_up_and_may_take_its_time()
    {
        var offers = new List<S2nPreSharedKeyOffer>();
        using S2nPreSharedKey key = Key("from the database"), other = Key("another");
        using S2nContext client = MakeClient(other, key);
        using S2nContext server = MakeServer(options => options.PreSharedKeySelectionCallback = async (offer, cancellation) =>
        {
            offers.Add(offer);
            await Task.Delay(10, cancellation);
            return key;
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal("from the database", Identity(pair.Server));
        S2nPreSharedKeyOffer offered = Assert.Single(offers);
        Assert.Equal(["another", "from the database"], offered.Identities.Select(identity => System.Text.Encoding.ASCII.GetString(identity.Span)));
        Assert.Equal("localhost", offered.ServerName);
    }

    [Fact]
    public async Task A_client_that_no_key_is_known_of_is_refused_and_told_why()
    {
        using S2nPreSharedKey known = Key("known"), unknown = Key("unknown");
        using S2nContext client = MakeClient(unknown), server = MakeServer(known);
        (Exception clientError, Exception serverError) = await FailAsync(client, server);
        Assert.Equal(TlsAlert.UnknownPskIdentity, Inner(clientError).Alert);
        Assert.Contains("knows none of the pre-shared keys", Assert.IsType<S2nClientRefusedException>(serverError).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_without_keys_is_refused_by_a_server_without_certificates(SslProtocols protocol)
    {
        using S2nPreSharedKey key = Key("known");
        using S2nContext server = MakeServer(key);
        (Exception clientError, Exception serverError) = await FailAsync(TestContexts.ClientFor(protocol), server);
        Assert.Equal(TlsAlert.HandshakeFailure, Inner(clientError).Alert);
        Assert.Contains("offers no pre-shared key", Assert.IsType<S2nClientRefusedException>(serverError).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_clients_of_a_server_with_a_certificate_are_shown_it()
    {
        using S2nPreSharedKey key = Key("known");
        using S2nContext server = TestContexts.MakeServer(options => options.PreSharedKeys.Add(key));
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: TestContexts.Client, server: server);
        Assert.True(pair.Server.PreSharedKeyIdentity.IsEmpty);
        Assert.NotNull(pair.Client.RemoteCertificate);
        Assert.NotNull(pair.Server.LocalCertificate);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_that_requires_a_key_takes_no_certificate_in_its_place(SslProtocols protocol)
    {
        using S2nPreSharedKey key = Key("unknown");
        using S2nContext client = MakeClient(options => options.TrustedRoots = TestAuthority.Default.Roots, key); // no matter what it trusts
        (Exception clientError, _) = await FailAsync(client, TestContexts.ServerFor(protocol));
        Assert.Contains("used none of the pre-shared keys", Inner(clientError).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_client_that_requires_none_verifies_the_certificate(SslProtocols protocol)
    {
        using S2nPreSharedKey key = Key("unknown");
        using S2nContext client = MakeClient(options => (options.RequirePreSharedKey, options.TrustedRoots) = (false, TestAuthority.Default.Roots), key);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: TestContexts.ServerFor(protocol));
        Assert.True(pair.Client.PreSharedKeyIdentity.IsEmpty);
        Assert.NotNull(pair.Client.RemoteCertificate);
        using S2nContext strict = MakeClient(options => (options.RequirePreSharedKey, options.TrustedRoots) = (false, new TestAuthority("Another").Roots), key);
        (Exception clientError, _) = await FailAsync(strict, TestContexts.ServerFor(protocol));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", Inner(clientError).S2nErrorName);
    }

    [Fact]
    public async Task Two_that_have_different_secrets_do_not_connect()
    {
        using S2nPreSharedKey here = Key("device"), there = Key("device", [.. Secret.Reverse()]);
        using S2nContext client = MakeClient(here), server = MakeServer(there);
        (Exception clientError, Exception serverError) = await FailAsync(client, server);
        Assert.IsType<S2nException>(clientError is S2nException ? clientError : clientError.InnerException);
        Assert.Contains("does not prove that it has the pre-shared key", Inner(serverError).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_that_have_different_hashes_do_not_connect()
    {
        using S2nPreSharedKey here = Key("device"), there = Key("device", hash: HashAlgorithmName.SHA384);
        using S2nContext client = MakeClient(here), server = MakeServer(there);
        (_, Exception serverError) = await FailAsync(client, server);
        Inner(serverError);
    }

    [Fact]
    public async Task What_the_callback_throws_is_thrown_by_the_server()
    {
        using S2nPreSharedKey key = Key("device");
        using S2nContext client = MakeClient(key);
        using S2nContext server = MakeServer(options => options.PreSharedKeySelectionCallback = (_, _) => throw new InvalidTimeZoneException("from the callback"));
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        await using var clientSide = new S2nStream(innerClient);
        await using var serverSide = new S2nStream(innerServer);
        Task clientHandshake = clientSide.AuthenticateAsClientAsync(client, "localhost");
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => serverSide.AuthenticateAsServerAsync(server).WithDeadline());
        await serverSide.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => clientHandshake.WithDeadline());
    }

    [Fact]
    public async Task A_key_that_the_client_does_not_offer_is_the_callbacks_mistake()
    {
        using S2nPreSharedKey key = Key("device"), other = Key("another");
        using S2nContext client = MakeClient(key);
        using S2nContext server = MakeServer(options => options.PreSharedKeySelectionCallback = (_, _) => new(other));
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        await using var clientSide = new S2nStream(innerClient);
        await using var serverSide = new S2nStream(innerServer);
        Task clientHandshake = clientSide.AuthenticateAsClientAsync(client, "localhost");
        await Assert.ThrowsAsync<InvalidOperationException>(() => serverSide.AuthenticateAsServerAsync(server).WithDeadline());
        await serverSide.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => clientHandshake.WithDeadline());
    }

    [Fact]
    public async Task A_key_that_is_disposed_is_of_no_use_any_more()
    {
        S2nPreSharedKey key = Key("device");
        using S2nContext client = MakeClient(key);
        key.Dispose();
        await using var stream = new S2nStream(DuplexPipe.CreateStreams().Client);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
    }

    [Fact]
    public async Task A_context_with_keys_neither_keeps_nor_issues_sessions()
    {
        using S2nPreSharedKey key = Key("device");
        using S2nContext client = MakeClient(key), server = MakeServer(key);
        for (int i = 0; i < 3; i++)
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
            await pair.Server.WriteAsync(new byte[1]);
            await pair.Client.ReadExactlyAsync(new byte[1]).WithDeadline();
            Assert.False(pair.Client.IsSessionResumed);
            Assert.Equal("device", Identity(pair.Server));
        }
    }

    [Fact]
    public async Task Early_data_goes_with_a_key_that_allows_it_where_the_servers_guard_does()
    {
        byte[] request = "in the first flight"u8.ToArray();
        using S2nPreSharedKey key = Key("device", maxEarlyData: 1000);
        var guard = new AnsweringGuard(true);
        using S2nContext client = MakeClient(key), server = MakeServer(options => options.EarlyData = new S2nEarlyDataOptions(guard), key);
        await using (EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, request))
        {
            pair.AssertAccepted(request);
            S2nEarlyDataOffer offer = Assert.Single(guard.Offers);
            Assert.True(offer.IsExternal);
            Assert.Equal("device"u8.ToArray(), offer.Identity.ToArray());
            Assert.Equal(32, offer.Binder.Length);
            Assert.True(offer.TicketContext.IsEmpty);
            await pair.ExchangeAsync();
        }

        await using (EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, server, EarlyDataPair.Bytes(1001)))
        {
            Assert.Equal(S2nEarlyDataStatus.NotOffered, pair.Client.EarlyDataStatus);
        }

        using S2nContext careful = MakeServer(options => options.EarlyData = new S2nEarlyDataOptions(new S2nSingleUseEarlyDataGuard()), key);
        await using (EarlyDataPair pair = await EarlyDataPair.ConnectAsync(client, careful, request))
        {
            await pair.AssertRejectedAsync(); // a key's offers never grow old
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_demanded_of_certificates_is_not_demanded_of_keys(bool requiresKey)
    {
        using S2nPreSharedKey key = Key("device");
        using S2nContext server = MakeServer(key);
        using S2nContext client = MakeClient(
            options => (options.OcspStapling, options.RequirePreSharedKey, options.TrustedRoots) = (S2nOcspStapling.Require, requiresKey, TestAuthority.Default.Roots), key);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal("device", Identity(pair.Client));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_context_that_is_selected_by_the_hello_has_its_keys_and_its_early_data(bool sync)
    {
        byte[] request = "in the first flight"u8.ToArray();
        using S2nPreSharedKey key = Key("device", maxEarlyData: 1000);
        using S2nContext client = MakeClient(key);
        using S2nContext context = MakeServer(options => options.EarlyData = new S2nEarlyDataOptions(new AnsweringGuard(true)), key);
        (Stream innerClient, Stream innerServer) = await TcpPair.ConnectAsync();
        await using var clientSide = new S2nStream(innerClient);
        await using var serverSide = new S2nStream(innerServer);
        Task handshake = sync
            ? Deadline.Run(() => serverSide.AuthenticateAsServer((_, _) => context))
            : serverSide.AuthenticateAsServerAsync((_, _, _) => ValueTask.FromResult<S2nContext?>(context));
        await Task.WhenAll(handshake, clientSide.AuthenticateAsClientAsync(client, new S2nClientConnectionOptions { TargetHost = "localhost", TargetPort = 443, EarlyData = request })).WithDeadline();
        Assert.Equal(request, await EarlyDataPair.ReadAllAsync(serverSide));
        Assert.Equal("device", Identity(serverSide));
        Assert.Equal(S2nEarlyDataStatus.Accepted, clientSide.EarlyDataStatus);
    }

    [Fact]
    public async Task A_context_without_early_data_that_is_selected_by_the_hello_has_none_to_read()
    {
        (Stream innerClient, Stream innerServer) = DuplexPipe.CreateStreams();
        await using var clientSide = new S2nStream(innerClient);
        await using var serverSide = new S2nStream(innerServer);
        Task handshake = serverSide.AuthenticateAsServerAsync((_, _, _) => ValueTask.FromResult<S2nContext?>(TestContexts.Server));
        Task<int> read = serverSide.ReadEarlyDataAsync(new byte[1]).AsTask();
        await Task.WhenAll(handshake, clientSide.AuthenticateAsClientAsync(TestContexts.Client, "localhost")).WithDeadline();
        Assert.Equal(0, await read.WithDeadline());
    }

    [Fact]
    public async Task A_server_can_give_up_its_certificates_for_keys_while_it_runs()
    {
        using S2nPreSharedKey key = Key("device");
        using S2nContext server = TestContexts.MakeServer(options => options.PreSharedKeys.Add(key)), client = MakeClient(key);
        await (await TlsPair.InMemoryAsync(client: TestContexts.Client, server: server)).DisposeAsync();
        server.ReplaceCertificates();
        (Exception clientError, _) = await FailAsync(TestContexts.Client, server);
        Assert.Equal(TlsAlert.HandshakeFailure, Inner(clientError).Alert);
        await (await TlsPair.InMemoryAsync(client: client, server: server)).DisposeAsync();
        Assert.Throws<ArgumentException>(() => TestContexts.Server.ReplaceCertificates());
    }

    [Fact]
    public void What_is_no_good_as_a_key_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new S2nPreSharedKey([], Secret));
        Assert.Throws<ArgumentException>(() => new S2nPreSharedKey(new byte[1025], Secret));
        Assert.Throws<ArgumentException>(() => new S2nPreSharedKey([1], Secret.AsSpan(0, 15)));
        Assert.Throws<ArgumentException>(() => new S2nPreSharedKey([1], new byte[32]));
        Assert.Throws<ArgumentException>(() => new S2nPreSharedKey([1], Secret, HashAlgorithmName.SHA512));
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nPreSharedKey([1], Secret, maxEarlyDataSize: -1));
        Assert.Throws<S2nException>(() => new S2nPreSharedKey(
            [1], Secret, HashAlgorithmName.SHA256, 100, System.Net.Security.TlsCipherSuite.TLS_AES_256_GCM_SHA384));
    }

    [Fact]
    public void What_contradicts_itself_is_refused()
    {
        using S2nPreSharedKey key = Key("a"), same = Key("a");
        Assert.Throws<ArgumentException>(() => MakeServer(key, same));
        Assert.Throws<ArgumentException>(() => MakeClient(key, same));
        Assert.Throws<ArgumentException>(() => MakeServer());
        Assert.Throws<ArgumentException>(() => MakeServer(options => options.ClientCertificateMode = S2nClientCertificateMode.Optional, key));
    }

    private static S2nException Inner(Exception error) => Assert.IsType<S2nException>(Assert.IsType<AuthenticationException>(error).InnerException);

    /// <summary>A client's stream whose server sends everything back.</summary>
    private sealed class EchoOf
    {
        public EchoOf(TlsPair pair)
        {
            Client = pair.Client;
            _ = pair.Server.CopyToAsync(pair.Server);
        }

        public S2nStream Client { get; }
    }
}
