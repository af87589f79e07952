using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>
/// What a peer hears whose certificate is refused: at once, whoever judges. Blinding would take twenty minutes at least in
/// these tests, longer than any of their waits.
/// </summary>
public class CertificateRefusalTests
{
    private const string ByS2n = "s2n";
    private const string ByDotNet = ".NET";

    private static readonly X509Certificate2 s_root = CertificateTable.Root;
    private static readonly X509Certificate2 s_strangersRoot = Authority("Stranger");

    public static TheoryData<string, string, TlsAlert> ServersOfTls12
    {
        get
        {
            var cases = new TheoryData<string, string, TlsAlert>();
            foreach (string judge in new[] { ByS2n, ByDotNet })
            {
                cases.Add("untrusted", judge, TlsAlert.UnknownCA);
                cases.Add("expired", judge, TlsAlert.CertificateExpired);
                cases.Add("not yet valid", judge, TlsAlert.CertificateExpired);
                cases.Add("of another host", judge, TlsAlert.BadCertificate);
                cases.Add("for clients", judge, TlsAlert.UnsupportedCertificate);
                cases.Add("at the end of a long chain", judge, TlsAlert.BadCertificate);
            }

            cases.Add("good, and not liked", ByDotNet, TlsAlert.AccessDenied);
            cases.Add("good, and the callback throws", ByDotNet, TlsAlert.InternalError);
            return cases;
        }
    }

    public static TheoryData<string, string, TlsAlert> ClientsOfTls12
    {
        get
        {
            var cases = new TheoryData<string, string, TlsAlert>();
            foreach (string judge in new[] { ByS2n, ByDotNet })
            {
                cases.Add("none", judge, TlsAlert.HandshakeFailure);
                cases.Add("untrusted", judge, TlsAlert.UnknownCA);
                cases.Add("expired", judge, TlsAlert.CertificateExpired);
                cases.Add("for servers", judge, TlsAlert.UnsupportedCertificate);
            }

            return cases;
        }
    }

    public static TheoryData<string, SslProtocols> Judges => new()
    {
        { ByS2n, SslProtocols.Tls12 },
        { ByS2n, SslProtocols.Tls13 },
        { ByDotNet, SslProtocols.Tls12 },
        { ByDotNet, SslProtocols.Tls13 },
    };

    [Theory]
    [MemberData(nameof(ServersOfTls12))]
    public async Task On_tls_1_2_a_server_hears_the_reason(string certificate, string judge, TlsAlert alert)
    {
        using S2nContext client = Client(judge, SslProtocols.Tls12, certificate);
        using S2nContext server = Server(certificate, SslProtocols.Tls12);
        (NetworkStream clientEnd, NetworkStream serverEnd) = await TcpPair.ConnectAsync();
        await using var serverStream = new S2nStream(serverEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(server);
        await RefuseAsync(clientEnd, client);
        Assert.Equal(alert, await AlertAsync(serverSide));
        Assert.Equal(0, await serverEnd.ReadAsync(new byte[1]).WithDeadline()); // and that was all
    }

    [Theory]
    [MemberData(nameof(ClientsOfTls12))]
    public async Task On_tls_1_2_a_client_hears_the_reason(string certificate, string judge, TlsAlert alert)
    {
        using S2nContext server = ServerThatAsks(judge, SslProtocols.Tls12);
        using S2nContext client = ClientWith(certificate, SslProtocols.Tls12);
        (NetworkStream clientEnd, NetworkStream serverEnd) = await TcpPair.ConnectAsync();
        await using var clientStream = new S2nStream(clientEnd);
        Task clientSide = clientStream.AuthenticateAsClientAsync(client, "localhost");
        await RefuseAsClientAsync(serverEnd, server);
        Assert.Equal(alert, await AlertAsync(clientSide));
    }

    [Theory]
    [MemberData(nameof(Judges))]
    [Needs("openssl")]
    public async Task Openssls_server_hears_at_once(string judge, SslProtocols protocol)
    {
        using S2nContext client = Client(judge, protocol);
        var directory = new TempDirectory();
        PemFiles.Write(directory, Leaf(s_strangersRoot));
        await using PeerProgram program = PeerProgram.Start(
            "openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-naccept", "1", Version(protocol), "-cert", PemFiles.Certificate, "-key", PemFiles.Key],
            directory);
        int port = await ListeningPort.OfAsync(program);
        await RefuseAsync(new NetworkStream(await ConnectAsync(port), ownsSocket: true), client);
        await program.ExitCodeAsync();
        Assert.Contains(protocol == SslProtocols.Tls12 ? "alert unknown ca" : "ERROR", program.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Judges))]
    [Needs("openssl")]
    public async Task Openssls_client_hears_at_once(string judge, SslProtocols protocol)
    {
        using S2nContext server = ServerThatAsks(judge, protocol);
        var directory = new TempDirectory();
        PemFiles.Write(directory, Leaf(s_strangersRoot, usage: ClientAuthentication));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using PeerProgram program = PeerProgram.Start(
            "openssl",
            ["s_client", "-connect", $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", Version(protocol), "-cert", PemFiles.Certificate, "-key", PemFiles.Key],
            directory);
        Socket accepted = await program.UnlessItExitsAsync(listener.AcceptSocketAsync());
        await RefuseAsClientAsync(new NetworkStream(accepted, ownsSocket: true), server);
        string said = await new StreamReader(program.Output).ReadToEndAsync().WithDeadline();
        await program.ExitCodeAsync();
        Assert.Contains(protocol == SslProtocols.Tls12 ? "alert unknown ca" : "closed", program.Errors + said, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Judges))]
    public async Task SslStreams_server_hears_at_once(string judge, SslProtocols protocol)
    {
        using S2nContext client = Client(judge, protocol);
        (NetworkStream clientEnd, NetworkStream serverEnd) = await TcpPair.ConnectAsync();
        await using var ssl = new SslStream(serverEnd);
        Task serverSide = ssl.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(Leaf(s_strangersRoot), null, offline: true),
            EnabledSslProtocols = protocol,
        });
        await RefuseAsync(clientEnd, client);

        // On TLS 1.3 s2n has only close_notify for it. In the handshake that is a failure too; on .NET 11 the end of the connection that follows is.
        Exception error = await Record.ExceptionAsync(() => serverSide.WithDeadline());
        Assert.IsType(protocol == SslProtocols.Tls13 && Runtime.IsNet11 ? typeof(IOException) : typeof(AuthenticationException), error);
        Assert.Equal(protocol == SslProtocols.Tls12, error.ToString().Contains("alert unknown ca", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Judges))]
    public async Task SslStreams_client_hears_at_once(string judge, SslProtocols protocol)
    {
        using S2nContext server = ServerThatAsks(judge, protocol);
        (NetworkStream clientEnd, NetworkStream serverEnd) = await TcpPair.ConnectAsync();
        await using var ssl = new SslStream(clientEnd);
        Task clientSide = ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificates = [Leaf(s_strangersRoot, usage: ClientAuthentication)],
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            EnabledSslProtocols = protocol,
        });
        await RefuseAsClientAsync(serverEnd, server);
        if (protocol == SslProtocols.Tls12)
        {
            var error = await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());
            Assert.Contains("alert unknown ca", error.ToString(), StringComparison.Ordinal);
        }
        else
        {
            // The client's handshake is over by then, and s2n has only close_notify to tell it: it reads an end.
            await clientSide.WithDeadline();
            Assert.Equal(0, await ssl.ReadAsync(new byte[1]).WithDeadline());
        }
    }

    [Theory]
    [MemberData(nameof(Judges))]
    public async Task A_thousand_refused_servers_leave_no_socket_open(string judge, SslProtocols protocol)
    {
        using S2nContext client = Client(judge, protocol);
        using S2nContext server = Server("untrusted", protocol);
        await LeaveNoneAsync(
            (stream, deadline) => stream.AuthenticateAsServerAsync(server, deadline),
            socket => RefuseAsync(new NetworkStream(socket, ownsSocket: true), client));
    }

    [Theory]
    [MemberData(nameof(Judges))]
    public async Task A_thousand_refused_clients_leave_no_socket_open(string judge, SslProtocols protocol)
    {
        using S2nContext server = ServerThatAsks(judge, protocol);
        using S2nContext client = ClientWith("untrusted", protocol);
        await LeaveNoneAsync(
            async (stream, deadline) =>
            {
                await stream.AuthenticateAsClientAsync(client, "localhost", deadline);
                _ = await stream.ReadAsync(new byte[1], deadline);
            },
            socket => RefuseAsClientAsync(new NetworkStream(socket, ownsSocket: true), server));
    }

    /// <summary>The peers stand where the sockets are accepted: their sides end when they hear of the refusal.</summary>
    private static async Task LeaveNoneAsync(Func<S2nStream, CancellationToken, Task> peer, Func<Socket, Task> refuse)
    {
        const int Connections = 1000;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(128);
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Task peers = Parallel.ForAsync(0, Connections, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, stop) =>
        {
            await using var stream = new S2nStream(new NetworkStream(await listener.AcceptSocketAsync(stop), ownsSocket: true));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(Deadline.Default);
            try
            {
                await peer(stream, limit.Token);
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                // Refused, which is what it is about.
            }
        });
        await Parallel.ForAsync(0, Connections, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) => await refuse(await ConnectAsync(port)));
        await peers.WithDeadline();
        await OpenSockets.ExpectNoneAsync(port);
    }

    /// <summary>This library's client refuses the server at the other end, and is disposed.</summary>
    private static Task RefuseAsync(Stream transport, S2nContext client) =>
        RefuseAsync(transport, stream => stream.AuthenticateAsClientAsync(client, "localhost"));

    private static Task RefuseAsClientAsync(Stream transport, S2nContext server) =>
        RefuseAsync(transport, stream => stream.AuthenticateAsServerAsync(server));

    private static async Task RefuseAsync(Stream transport, Func<S2nStream, Task> authenticate)
    {
        await using var stream = new S2nStream(transport);
        Exception refusal = await Assert.ThrowsAnyAsync<Exception>(() => authenticate(stream).WithDeadline());
        Assert.True(refusal is AuthenticationException or InvalidDataException, refusal.ToString());
    }

    private static async Task<TlsAlert?> AlertAsync(Task peer)
    {
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => peer.WithDeadline());
        return Assert.IsType<S2nException>(error.InnerException).Alert;
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port).WithDeadline();
        return socket;
    }

    private static S2nContext Client(string judge, SslProtocols protocol, string certificate = "untrusted") => TestContexts.MakeClient(options =>
    {
        options.TrustedRoots = [X509CertificateLoader.LoadCertificate(s_root.RawData)];
        options.SecurityPolicy = Policy(protocol);
        options.MaxBlindingDelay = TimeSpan.FromHours(1);
        options.RemoteCertificateValidationCallback = judge == ByS2n ? null : (_, _, _, errors) => certificate switch
        {
            "good, and not liked" => false,
            "good, and the callback throws" => throw new InvalidDataException("by the callback"),
            _ => errors == SslPolicyErrors.None,
        };
    });

    private static S2nContext Server(string certificate, SslProtocols protocol)
    {
        (X509Certificate2 leaf, X509Certificate2Collection? intermediates) = certificate switch
        {
            "untrusted" => (Leaf(s_strangersRoot), null),
            "expired" => (Leaf(s_root, notBefore: DateTimeOffset.UtcNow.AddDays(-4), notAfter: DateTimeOffset.UtcNow.AddDays(-2)), null),
            "not yet valid" => (Leaf(s_root, notBefore: DateTimeOffset.UtcNow.AddDays(2)), null),
            "of another host" => (Leaf(s_root, ["elsewhere.test"], []), null),
            "for clients" => (Leaf(s_root, usage: ClientAuthentication), null),
            "at the end of a long chain" => CertificateTable.Chain(7),
            _ => (Leaf(s_root), (X509Certificate2Collection?)null),
        };
        using S2nCertificate own = S2nCertificate.FromX509(leaf, intermediates);
        return S2nContext.CreateServer(new S2nServerOptions { Certificates = { own }, SecurityPolicy = Policy(protocol), AllowTlsResume = false });
    }

    private static S2nContext ServerThatAsks(string judge, SslProtocols protocol) => TestContexts.MakeServer(options =>
    {
        options.ClientCertificateMode = S2nClientCertificateMode.Required;
        options.TrustedRoots = TestAuthority.Default.Roots;
        options.SecurityPolicy = Policy(protocol);
        options.MaxBlindingDelay = TimeSpan.FromHours(1);
        options.RemoteCertificateValidationCallback = judge == ByS2n ? null : (_, _, _, errors) => errors == SslPolicyErrors.None;
    });

    private static S2nContext ClientWith(string certificate, SslProtocols protocol) => TestContexts.MakeClient(options =>
    {
        options.SecurityPolicy = Policy(protocol);
        options.Certificate = certificate switch
        {
            "none" => null,
            "untrusted" => S2nCertificate.FromX509(Leaf(s_strangersRoot, usage: ClientAuthentication)),
            "expired" => S2nCertificate.FromX509(TestAuthority.Default.Issue(
                notBefore: DateTimeOffset.UtcNow.AddDays(-4), notAfter: DateTimeOffset.UtcNow.AddDays(-2), forClients: true)),
            _ => S2nCertificate.FromX509(TestAuthority.Default.Issue()),
        };
    });

    private static S2nSecurityPolicy Policy(SslProtocols protocol) =>
        protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;

    private static string Version(SslProtocols protocol) => protocol == SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3";
}
