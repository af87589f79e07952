using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

/// <summary>Handshakes: how they are made, how they fail, and what is left then.</summary>
public class Authenticating
{
    private static readonly X509Certificate2 s_stranger = new TestAuthority("Stranger").Issue();

    [Theory, OverPairs]
    public async Task It_works_asynchronously_on_both_ends(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = Connection.Create(pair);
        var settings = new TlsSettings { Protocol = protocol };
        await Task.WhenAll(
            tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer(), settings),
            tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer(), settings)).WithDeadline();
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task It_works_synchronously_on_both_ends(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = Connection.Create(pair);
        var settings = new TlsSettings { Protocol = protocol };
        await Task.WhenAll(
            Calls.Blocking(() => tls.SubjectEnd.Authenticate(pair.SubjectIsServer(), settings)),
            Calls.Blocking(() => tls.PeerEnd.Authenticate(!pair.SubjectIsServer(), settings))).WithDeadline();
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task A_synchronous_handshake_makes_no_asynchronous_calls(Pair pair)
    {
        await using Connection tls = Connection.Create(pair, inner => new CountingStream(inner));
        await Task.WhenAll(
            Calls.Blocking(() => tls.SubjectEnd.Authenticate(pair.SubjectIsServer())),
            tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer())).WithDeadline();
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        Assert.Equal(0, inner.AsyncReads + inner.AsyncWrites + inner.AsyncFlushes);
        Assert.True(inner.Reads > 0);
    }

    [Theory, OverPairs]
    public async Task An_asynchronous_handshake_makes_no_synchronous_calls(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        Assert.Equal(0, inner.Reads + inner.Writes + inner.Flushes);
        Assert.True(inner.AsyncReads > 0);
    }

    [Theory, OverPairs]
    public async Task It_flushes_the_inner_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        Assert.True(((CountingStream)tls.SubjectEnd.Inner).AsyncFlushes > 0);
    }

    [Theory, OverPairs]
    public async Task It_does_not_take_the_data_that_follows_it(Pair pair)
    {
        await using Connection tls = Connection.Create(pair);
        Task subject = tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer());
        await tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer()).WithDeadline();
        await tls.Peer.SendAsync("early");
        await subject.WithDeadline();
        await tls.Subject.ExpectAsync("early");
    }

    [Theory, OverKinds]
    public async Task A_server_waits_for_the_client_to_speak_first(Kind kind)
    {
        var inner = new CountingStream(DuplexPipe.CreateStreams().Client);
        TlsEnd end = StreamKind.Of(kind).Create(inner);
        Task handshake = end.AuthenticateAsync(asServer: true);
        await Task.Delay(20);
        Assert.Equal(0, inner.BytesWritten);
        Assert.False(handshake.IsCompleted);
        await end.Stream.DisposeAsync().WithDeadline();
        await Calls.FailsAsync<Exception>(() => handshake);
    }

    [Theory, OverPairs]
    public async Task A_client_that_does_not_trust_the_certificate_throws_AuthenticationException(Pair pair)
    {
        var settings = new TlsSettings { ServerCertificate = s_stranger };
        Assert.IsType<AuthenticationException>(await ClientErrorAsync(pair, settings));
    }

    [Theory, OverPairs]
    public async Task A_client_that_meets_the_wrong_host_throws_AuthenticationException(Pair pair)
    {
        Assert.IsType<AuthenticationException>(await ClientErrorAsync(pair, new TlsSettings { TargetHost = "example.com" }));
    }

    [Theory, OverPairs]
    public async Task A_client_that_meets_the_wrong_address_throws_AuthenticationException(Pair pair)
    {
        Assert.IsType<AuthenticationException>(await ClientErrorAsync(pair, new TlsSettings { TargetHost = "127.0.0.2" }));
    }

    [Theory, OverPairs]
    public async Task A_client_that_meets_an_expired_certificate_throws_AuthenticationException(Pair pair)
    {
        using X509Certificate2 expired = TestAuthority.Default.Issue(
            notBefore: DateTimeOffset.UtcNow.AddDays(-20), notAfter: DateTimeOffset.UtcNow.AddDays(-10));
        Assert.IsType<AuthenticationException>(await ClientErrorAsync(pair, new TlsSettings { ServerCertificate = expired }));
    }

    [Theory, OverKinds]
    public async Task Only_the_AuthenticationException_of_one_of_them_names_the_native_error_inside(Kind kind)
    {
        Pair pair = kind == Kind.SslStream ? Pair.SslStreamAsClientOfSslStream : Pair.S2nStreamAsClientOfSslStream;
        Exception error = await ClientErrorAsync(pair, new TlsSettings { ServerCertificate = s_stranger });
        Differences.InnerException.Differs(
            kind,
            ssl: () => Assert.Null(error.InnerException),
            ssl11: () => Assert.Contains("PartialChain", Assert.IsType<AuthenticationException>(error.InnerException).Message, StringComparison.Ordinal),
            s2n: () => Assert.Equal("S2N_ERR_CERT_UNTRUSTED", Assert.IsType<S2nException>(error.InnerException).S2nErrorName));
    }

    [Theory, OverPairs]
    public async Task A_server_that_requires_a_client_certificate_and_gets_none_throws_AuthenticationException(Pair pair)
    {
        await using Connection tls = Connection.Create(pair);
        var settings = new TlsSettings { RequiresClientCertificate = true };
        Task subject = tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer(), settings);
        Task peer = tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer(), settings);
        Assert.IsType<AuthenticationException>(await Calls.FailsAsync<Exception>(() => pair.SubjectIsServer() ? subject : peer));
        await Calls.EndsAsync(pair.SubjectIsServer() ? peer : subject);
    }

    [Theory, OverPairs]
    public async Task A_server_that_does_not_trust_the_clients_certificate_throws_AuthenticationException(Pair pair)
    {
        await using Connection tls = Connection.Create(pair);
        var settings = new TlsSettings { RequiresClientCertificate = true, ClientCertificate = new TestAuthority("Stranger").Issue(forClients: true) };
        Task subject = tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer(), settings);
        Task peer = tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer(), settings);
        Assert.IsType<AuthenticationException>(await Calls.FailsAsync<Exception>(() => pair.SubjectIsServer() ? subject : peer));
        await Calls.EndsAsync(pair.SubjectIsServer() ? peer : subject);
    }

    /// <summary>S2nStream has no policy of TLS 1.3 alone in these tests, so the peer is always the other type.</summary>
    [Theory]
    [InlineData(Pair.SslStreamAsClientOfSslStream)]
    [InlineData(Pair.S2nStreamAsClientOfSslStream)]
    [InlineData(Pair.S2nStreamAsServerOfSslStream)]
    public async Task Without_a_common_protocol_both_ends_throw_AuthenticationException(Pair pair)
    {
        await using Connection tls = Connection.Create(pair);
        Task subject = tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer(), new TlsSettings { Protocol = SslProtocols.Tls12 });
        Task peer = tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer(), new TlsSettings { Protocol = SslProtocols.Tls13 });
        Assert.IsType<AuthenticationException>(await Calls.FailsAsync<Exception>(() => subject));
        await Calls.FailsAsync<AuthenticationException>(() => peer);
    }

    [Theory, OverKinds]
    public async Task A_peer_that_closes_before_it_has_said_anything_is_an_IOException(Kind kind, bool asServer)
    {
        (Stream own, Stream peer) = DuplexPipe.CreateStreams();
        TlsEnd end = StreamKind.Of(kind).Create(own);
        await using Stream stream = end.Stream;
        Task handshake = end.AuthenticateAsync(asServer);
        peer.Dispose();
        Exception error = await Calls.FailsAsync<Exception>(() => handshake);
        Assert.IsAssignableFrom<IOException>(error);
    }

    [Theory, OverKinds]
    public async Task A_peer_that_closes_in_the_middle_of_a_record_is_an_IOException(Kind kind, bool asServer)
    {
        (Stream own, Stream peer) = DuplexPipe.CreateStreams();
        TlsEnd end = StreamKind.Of(kind).Create(own);
        await using Stream stream = end.Stream;
        Task handshake = end.AuthenticateAsync(asServer);
        await peer.WriteAsync(new byte[] { 22, 3, 3, 1, 0, 2, 0 }).WithDeadline();
        peer.Dispose();
        Exception error = await Calls.FailsAsync<Exception>(() => handshake);
        Assert.IsAssignableFrom<IOException>(error);
    }

    [Theory, OverKinds]
    public async Task A_peer_that_sends_close_notify_is_an_AuthenticationException(Kind kind, bool asServer)
    {
        byte[] closeNotify = [21, 3, 3, 0, 2, 1, 0];
        if (asServer)
        {
            Assert.IsType<AuthenticationException>(await ErrorAfterAsync(kind, asServer, closeNotify));
            return;
        }

        await Differences.CloseNotifyInsteadOfAHello.DiffersAsync(
            kind,
            ssl: ThrowsAsync,
            ssl11: WaitsAsync,
            s2n: ThrowsAsync);

        async Task ThrowsAsync() => Assert.IsType<AuthenticationException>(await ErrorAfterAsync(kind, asServer, closeNotify));

        async Task WaitsAsync()
        {
            (Stream own, Stream peer) = DuplexPipe.CreateStreams();
            TlsEnd end = StreamKind.Of(kind).Create(own);
            await using Stream stream = end.Stream;
            Task handshake = end.AuthenticateAsync(asServer);
            await peer.WriteAsync(closeNotify).WithDeadline();
            await Assert.ThrowsAsync<TimeoutException>(() => handshake.WaitAsync(TimeSpan.FromMilliseconds(200)));
            await peer.DisposeAsync();
            Assert.IsAssignableFrom<IOException>(await Calls.FailsAsync<Exception>(() => handshake));
        }
    }

    [Theory, OverKinds]
    public async Task A_peer_that_does_not_speak_TLS_is_an_AuthenticationException(Kind kind, bool asServer)
    {
        Assert.IsType<AuthenticationException>(await ErrorAfterAsync(kind, asServer, Calls.Bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")));
    }

    [Theory, OverKinds]
    public async Task A_record_of_an_unknown_type_is_an_AuthenticationException(Kind kind, bool asServer)
    {
        Assert.IsType<AuthenticationException>(await ErrorAfterAsync(kind, asServer, [99, 3, 3, 0, 4, 1, 2, 3, 4]));
    }

    [Theory, OverKinds]
    public async Task Garbage_in_a_handshake_record_is_an_AuthenticationException(Kind kind, bool asServer)
    {
        Assert.IsType<AuthenticationException>(await ErrorAfterAsync(kind, asServer, [22, 3, 3, 0, 8, 200, 0, 0, 4, 1, 2, 3, 4]));
    }

    [Theory, OverKinds]
    public async Task An_alert_of_the_peer_is_an_AuthenticationException(Kind kind, bool asServer)
    {
        Assert.IsType<AuthenticationException>(await ErrorAfterAsync(kind, asServer, [21, 3, 3, 0, 2, 2, 40]));
    }

    [Theory, OverKinds]
    public async Task A_plaintext_application_record_is_an_AuthenticationException(Kind kind, bool asServer)
    {
        Assert.IsType<AuthenticationException>(await ErrorAfterAsync(kind, asServer, [23, 3, 3, 0, 4, 1, 2, 3, 4]));
    }

    [Theory, OverKinds]
    public async Task What_the_inner_stream_throws_while_reading_comes_through_as_it_is(Kind kind, bool asServer)
    {
        var failure = new IOException("from below");
        TlsEnd end = StreamKind.Of(kind).Create(new FailingStream(DuplexPipe.CreateStreams().Client) { OnRead = failure });
        await using Stream stream = end.Stream;
        Assert.Same(failure, await Calls.FailsAsync<Exception>(() => end.AuthenticateAsync(asServer)));
    }

    [Theory, OverKinds]
    public async Task What_the_inner_stream_throws_while_writing_comes_through_as_it_is(Kind kind)
    {
        var failure = new InvalidDataException("from below");
        TlsEnd end = StreamKind.Of(kind).Create(new FailingStream(DuplexPipe.CreateStreams().Client) { OnWrite = failure });
        await using Stream stream = end.Stream;
        Assert.Same(failure, await Calls.FailsAsync<Exception>(() => end.AuthenticateAsync(asServer: false)));
    }

    [Theory, OverKinds]
    public async Task What_the_inner_stream_throws_while_flushing_comes_through_as_it_is(Kind kind)
    {
        var failure = new IOException("from below");
        TlsEnd end = StreamKind.Of(kind).Create(new FailingStream(DuplexPipe.CreateStreams().Client) { OnFlush = failure });
        await using Stream stream = end.Stream;
        Assert.Same(failure, await Calls.FailsAsync<Exception>(() => end.AuthenticateAsync(asServer: false)));
    }

    [Theory, OverKinds]
    public async Task A_synchronous_handshake_throws_the_same_as_an_asynchronous_one(Kind kind)
    {
        var failure = new IOException("from below");
        TlsEnd end = StreamKind.Of(kind).Create(new FailingStream(DuplexPipe.CreateStreams().Client) { OnRead = failure });
        await using Stream stream = end.Stream;
        Assert.Same(failure, Assert.ThrowsAny<Exception>(() => end.Authenticate(asServer: true)));
    }

    [Theory, OverKinds]
    public async Task After_a_failed_handshake_reads_and_writes_throw(Kind kind, bool asServer)
    {
        (TlsEnd end, Exception error) = await FailedAsync(kind, asServer);
        await using Stream stream = end.Stream;
        foreach (Func<TlsEnd, Task> call in StageCalls.Reads.Where(c => c.Key != "EndRead").Concat(StageCalls.Writes.Where(c => c.Key != "EndWrite")).Select(c => c.Value))
        {
            Exception? thrown = await StageCalls.ThrownAsync(call, end);
            Differences.CallsAfterAFailedHandshake.Differs(
                kind, ssl: () => Assert.IsType<InvalidOperationException>(thrown), s2n: () => Assert.Same(error, thrown));
        }
    }

    [Theory, OverKinds]
    public async Task After_a_failed_handshake_questions_throw(Kind kind, bool asServer)
    {
        (TlsEnd end, Exception error) = await FailedAsync(kind, asServer);
        await using Stream stream = end.Stream;
        foreach (Func<TlsEnd, Task> call in StageCalls.Questions.Values)
        {
            Exception? thrown = await StageCalls.ThrownAsync(call, end);
            Differences.CallsAfterAFailedHandshake.Differs(
                kind, ssl: () => Assert.IsType<InvalidOperationException>(thrown), s2n: () => Assert.Same(error, thrown));
        }
    }

    [Theory, OverKinds]
    public async Task After_a_failed_handshake_nothing_is_claimed(Kind kind, bool asServer)
    {
        (TlsEnd end, _) = await FailedAsync(kind, asServer);
        await using Stream stream = end.Stream;
        Assert.False(end.Stream.IsAuthenticated);
        Assert.False(end.Stream.IsEncrypted);
        Assert.False(end.Stream.IsSigned);
        Assert.False(end.Stream.IsMutuallyAuthenticated);
        Assert.False(stream.CanRead);
        Assert.False(stream.CanWrite);
    }

    [Theory, OverKinds]
    public async Task A_failed_handshake_cannot_be_tried_again(Kind kind, bool asServer)
    {
        (TlsEnd end, Exception error) = await FailedAsync(kind, asServer);
        await using Stream stream = end.Stream;
        Exception again = await Calls.FailsAsync<AuthenticationException>(() => end.AuthenticateAsync(asServer));
        Differences.HandshakeAfterAFailedOne.Differs(kind, ssl: () => Assert.NotSame(error, again), s2n: () => Assert.Same(error, again));
        Assert.False(end.Stream.IsAuthenticated);
    }

    [Theory, OverKinds]
    public async Task After_a_failed_handshake_and_disposal_that_counts(Kind kind, bool asServer)
    {
        (TlsEnd end, _) = await FailedAsync(kind, asServer);
        await end.Stream.DisposeAsync().WithDeadline();
        await StageCalls.Reads.AllThrowAsync<ObjectDisposedException>(end, except: "EndRead");
        await StageCalls.Questions.AllThrowAsync<ObjectDisposedException>(end);
    }

    [Theory, OverKinds]
    public async Task A_failed_handshake_leaves_the_inner_stream_open_until_disposal(Kind kind)
    {
        (Stream own, Stream peer) = DuplexPipe.CreateStreams();
        var inner = new FailingStream(own) { OnRead = new IOException("from below") };
        TlsEnd end = StreamKind.Of(kind).Create(inner);
        await Calls.FailsAsync<IOException>(() => end.AuthenticateAsync(asServer: true));
        Assert.Equal(0, inner.DisposeCount);
        await end.Stream.DisposeAsync().WithDeadline();
        Assert.Equal(1, inner.DisposeCount);
        peer.Dispose();
    }

    private static async Task<(TlsEnd End, Exception Error)> FailedAsync(Kind kind, bool asServer)
    {
        (Stream own, Stream peer) = DuplexPipe.CreateStreams();
        TlsEnd end = StreamKind.Of(kind).Create(own);
        Task handshake = end.AuthenticateAsync(asServer);
        await peer.WriteAsync(new byte[] { 21, 3, 3, 0, 2, 2, 40 }).WithDeadline();
        return (end, await Calls.FailsAsync<AuthenticationException>(() => handshake));
    }

    private static async Task<Exception> ErrorAfterAsync(Kind kind, bool asServer, byte[] spoken)
    {
        (Stream own, Stream peer) = DuplexPipe.CreateStreams();
        TlsEnd end = StreamKind.Of(kind).Create(own);
        await using Stream stream = end.Stream;
        Task handshake = end.AuthenticateAsync(asServer);
        await peer.WriteAsync(spoken).WithDeadline();
        return await Calls.FailsAsync<Exception>(() => handshake);
    }

    /// <summary>What the pair's client throws; a server may notice or not.</summary>
    private static async Task<Exception> ClientErrorAsync(Pair pair, TlsSettings settings)
    {
        await using Connection tls = Connection.Create(pair);
        Task subject = tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer(), settings);
        Task peer = tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer(), settings);
        Exception error = await Calls.FailsAsync<Exception>(() => pair.SubjectIsServer() ? peer : subject);
        await tls.DisposeAsync();
        await Calls.EndsAsync(pair.SubjectIsServer() ? subject : peer);
        return error;
    }
}
