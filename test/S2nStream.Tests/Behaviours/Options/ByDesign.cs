using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.Behaviours.Options;

/// <summary>What the two types do differently with the same options, and are meant to.</summary>
public class ByDesign
{
    [Theory, OverPairs]
    public async Task The_dot_at_the_end_of_a_target_host_is_sent_by_SslStream_only(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options => options.TargetHost = "localhost.");
        talk.Succeeds();
        Assert.Equal("localhost.", talk.Client.TargetHostName);
        Assert.Equal(Differences.TrailingDot.Of(talk.Client.Kind, ssl: "localhost.", s2n: "localhost"), talk.Server.TargetHostName);
    }

    [Theory, OverPairs]
    public async Task A_client_hears_of_a_callback_that_gives_no_certificate_from_S2nStream_only(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, server: options =>
        {
            options.ServerCertificate = null;
            options.ServerCertificateSelectionCallback = (_, _) => null!;
        });
        talk.ServerFails<AuthenticationException>();
        Differences.NoCertificateSelected.Differs(
            talk.Server.Kind,
            ssl: () => Assert.IsAssignableFrom<IOException>(talk.ClientError),
            s2n: () => Assert.IsType<AuthenticationException>(talk.ClientError));
    }

    [Theory, OverPairs]
    public async Task The_first_argument_of_a_callback_that_selects_options_is_an_SslStream_or_null(Pair pair, SslProtocols protocol)
    {
        object? first = this;
        await using Talk talk = await Talk.RunAsync(pair, protocol, choose: _ => (stream, _, _, _) =>
        {
            first = stream;
            return ValueTask.FromResult(Talk.ServerOptions(protocol));
        });
        talk.Succeeds();
        Differences.StreamOfOptionsCallback.Differs(
            talk.Server.Kind,
            ssl: () => Assert.Same(talk.Server.Stream, first),
            s2n: () => Assert.Null(first));
    }

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    public async Task Suites_that_do_not_encrypt_are_offered_by_SslStream_only_and_only_where_the_policy_allows_it(Kind kind)
    {
#pragma warning disable SYSLIB0040 // obsolete, and still obeyed
        EncryptionPolicy[] policies = [EncryptionPolicy.RequireEncryption, EncryptionPolicy.AllowNoEncryption, EncryptionPolicy.RequireEncryption];
        bool[] offered = [.. await Task.WhenAll(policies.Select(policy => OffersNoEncryptionAsync(kind, policy)))];
#pragma warning restore SYSLIB0040
        Assert.Equal(Differences.AllowNoEncryption.Of(kind, ssl: [false, true, false], s2n: (bool[])[false, false, false]), offered);
    }

    [Theory]
    [InlineData(Kind.SslStream, SslProtocols.Tls12)]
    [InlineData(Kind.SslStream, SslProtocols.Tls13)]
    [InlineData(Kind.S2nStream, SslProtocols.Tls12)]
    [InlineData(Kind.S2nStream, SslProtocols.Tls13)]
    public async Task Where_a_client_certificate_is_asked_for_SslStream_resumes_and_both_know_the_client(Kind kind, SslProtocols protocol)
    {
        using X509Certificate2 alice = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);
        using S2nCertificate shown = S2nCertificate.FromX509(alice);
        using S2nContext context = TestContexts.MakeClient(options =>
        {
            options.AllowTlsResume = true;
            options.Certificate = shown;
        });
        SslServerAuthenticationOptions options = Talk.ServerOptions(protocol, options =>
        {
            options.AllowTlsResume = true;
            options.ClientCertificateRequired = true;
            options.ServerCertificate = null;
            options.ServerCertificateContext = SslStreamCertificateContext.Create(TestAuthority.Localhost, null, offline: true);
        });
        var resumed = new List<bool>();
        for (int i = 0; i < 3; i++)
        {
            (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
            await using var client = new S2nStream(clientEnd);
            TlsEnd server = StreamKind.Of(kind).Create(serverEnd, false, null, null, EncryptionPolicy.RequireEncryption);
            await Task.WhenAll(client.AuthenticateAsClientAsync(context, "localhost"), server.AuthenticateAsync(options)).WithDeadline();
            await server.Stream.SendAsync("word");
            await client.ReadExactlyAsync(new byte[4]).WithDeadline();
            Assert.Equal(alice.RawData, server.RemoteCertificate!.GetRawCertData());
            resumed.Add(client.IsSessionResumed);
            await server.Stream.DisposeAsync();
        }

        Assert.Equal(Differences.ResumptionWithClientCertificate.Of(kind, ssl: [false, true, true], s2n: (bool[])[false, false, false]), resumed);
    }

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    public async Task After_an_error_of_the_peers_the_socket_is_closed_at_once_by_SslStream_only(Kind kind)
    {
        (Stream clientEnd, Stream serverEnd) = await TcpPair.ConnectAsync();
        await using var client = new SslStream(clientEnd, leaveInnerStreamOpen: true);
        TlsEnd server = StreamKind.Of(kind).Create(serverEnd, false, null, null, EncryptionPolicy.RequireEncryption);
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(Talk.ClientOptions()), server.AuthenticateAsync(Talk.ServerOptions(SslProtocols.Tls13))).WithDeadline();
        await clientEnd.WriteAsync((byte[])[23, 3, 3, 0, 40, .. new byte[40]]); // a record that does not decrypt
        await Assert.ThrowsAnyAsync<IOException>(() => server.Stream.ReadAsync(new byte[1]).WithDeadline());
        long start = Stopwatch.GetTimestamp();
        await server.Stream.DisposeAsync();
        await Record.ExceptionAsync(() => clientEnd.CopyToAsync(Stream.Null).WithDeadline(TimeSpan.FromMinutes(2))); // until the socket is closed
        TimeSpan open = Stopwatch.GetElapsedTime(start);
        Differences.SocketAfterAnError.Differs(
            kind,
            ssl: () => Assert.True(open < TimeSpan.FromSeconds(10), $"{open}"),
            s2n: () => Assert.True(open >= TimeSpan.FromSeconds(9), $"{open}"));
    }

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    [Needs("gnutls-serv")]
    public async Task A_server_without_secure_renegotiation_is_refused_by_SslStream_only(Kind kind)
    {
        var directory = new TempDirectory(); // the program's
        PemFiles.Write(directory, TestAuthority.Localhost);
        await using PeerProgram program = PeerProgram.Start(
            "gnutls-serv",
            [
                "--port", "0", "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2:%DISABLE_SAFE_RENEGOTIATION", "--echo",
                "--x509certfile", PemFiles.Certificate, "--x509keyfile", PemFiles.Key,
            ],
            directory);
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(System.Net.IPAddress.Loopback, await ListeningPort.OfAsync(program)).WithDeadline();
        TlsEnd client = StreamKind.Of(kind).Create(tcp.GetStream(), false, null, null, EncryptionPolicy.RequireEncryption);
        Exception? error = await Record.ExceptionAsync(() => client.AuthenticateAsync(Talk.ClientOptions()).WithDeadline());
        Differences.NoSecureRenegotiation.Differs(
            kind,
            ssl: () => Assert.Contains("unsafe legacy renegotiation disabled", Assert.IsType<AuthenticationException>(error).ToString(), StringComparison.Ordinal),
            s2n: () => Assert.Null(error));
        await client.Stream.DisposeAsync();
    }

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    public async Task The_runtimes_events_of_handshakes_are_SslStreams(Kind kind)
    {
        string host = $"{kind}-is-observed.test";
        using var listener = new HandshakeListener(host);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        TlsEnd client = StreamKind.Of(kind).Create(clientEnd, false, null, null, EncryptionPolicy.RequireEncryption);
        await using var server = new S2nStream(serverEnd);
        await Task.WhenAll(
            client.AuthenticateAsync(Talk.ClientOptions(options =>
            {
                options.TargetHost = host;
                options.RemoteCertificateValidationCallback = static (_, _, _, errors) => errors >= SslPolicyErrors.None;
            })),
            server.AuthenticateAsServerAsync(TestContexts.Server)).WithDeadline();
        await client.Stream.DisposeAsync();
        Assert.Equal(Differences.RuntimesTelemetry.Of(kind, ssl: 1, s2n: 0), listener.Count);
    }

    private static async Task<bool> OffersNoEncryptionAsync(Kind kind, EncryptionPolicy policy)
    {
        (Stream own, Stream peer) = DuplexPipe.CreateStreams();
        TlsEnd client = StreamKind.Of(kind).Create(own, false, null, null, EncryptionPolicy.RequireEncryption);
        Task handshake = client.AuthenticateAsync(Talk.ClientOptions(options => options.EncryptionPolicy = policy));
        byte[] header = new byte[5];
        await peer.ReadExactlyAsync(header).WithDeadline();
        byte[] message = new byte[(header[3] << 8) | header[4]];
        await peer.ReadExactlyAsync(message).WithDeadline();
        await peer.DisposeAsync();
        await Record.ExceptionAsync(() => handshake.WithDeadline());
        await client.Stream.DisposeAsync();
        return S2nClientHello.Parse(message).CipherSuites.Any(suite => suite.ToString().Contains("_WITH_NULL_", StringComparison.Ordinal));
    }

    /// <summary>Counts the handshakes that .NET's event source tells of, with one host.</summary>
    private sealed class HandshakeListener(string host) : EventListener
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "System.Net.Security")
            {
                EnableEvents(eventSource, EventLevel.Informational);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData is { EventName: "HandshakeStart", Payload: { } payload } && payload.Contains(host))
            {
                Interlocked.Increment(ref _count);
            }
        }
    }
}
