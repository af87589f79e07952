using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Interop;

namespace S2nTls.Http.Tests.Connections;

/// <summary>What fails, fails in the form that it has with SocketsHttpHandler; each is tried with both.</summary>
public class FailureTests
{
    public enum Kind
    {
        S2n,
        Sockets,
    }

    public static TheoryData<Kind, string> Certificates
    {
        get
        {
            var cases = new TheoryData<Kind, string>();
            foreach (Kind kind in Enum.GetValues<Kind>())
            {
                foreach (string certificate in new[] { "expired", "untrusted", "of another host" })
                {
                    cases.Add(kind, certificate);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Certificates))]
    public async Task A_bad_certificate_is_a_secure_connection_error_with_an_AuthenticationException_inside(Kind kind, string certificate)
    {
        using X509Certificate2 shown = certificate switch
        {
            "expired" => TestAuthority.Default.Issue(notBefore: DateTimeOffset.UtcNow.AddDays(-9), notAfter: DateTimeOffset.UtcNow.AddDays(-2)),
            "untrusted" => new TestAuthority("another").Issue(),
            _ => TestAuthority.Default.Issue(["elsewhere.test"], []),
        };
        await using WebServer server = await WebServer.StartAsync(https => https.ServerCertificate = shown);
        using HttpClient client = Create(kind);
        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url, "/", version));
            Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
            Assert.IsType<AuthenticationException>(error.InnerException);
            Assert.True(kind == Kind.Sockets || error.InnerException.InnerException is S2nException);
        }
    }

    [Theory]
    [InlineData(Kind.S2n, true)]
    [InlineData(Kind.Sockets, true)]
    [InlineData(Kind.S2n, false)]
    [InlineData(Kind.Sockets, false)]
    public async Task A_name_counts_for_what_it_is_only(Kind kind, bool isUri)
    {
        // A URI that reads like the host, and an address that is written as a DNS name.
        using X509Certificate2 root = CertificateMaker.Authority("Web Root");
        using X509Certificate2 authority = CertificateMaker.Authority("Web Authority", root, permittedDomain: "corp.test");
        using X509Certificate2 shown = isUri
            ? CertificateMaker.Leaf(authority, ["a.corp.test"], [], uri: "localhost")
            : CertificateMaker.Leaf(root, ["127.0.0.1"], []);
        await using WebServer server = await WebServer.StartAsync(https =>
        {
            https.ServerCertificate = shown;
            https.ServerCertificateChain = [authority];
        });
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(root);
        using HttpClient client = Create(kind, new SslClientAuthenticationOptions { CertificateChainPolicy = policy });
        var url = new UriBuilder(server.Url) { Host = isUri ? "localhost" : "127.0.0.1" };
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(url.Uri).WithDeadline());
        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        Assert.IsType<AuthenticationException>(error.InnerException);
        Assert.True(kind == Kind.Sockets || error.InnerException.InnerException is S2nException { S2nErrorName: "S2N_ERR_CERT_INVALID_HOSTNAME" });
    }

    [Theory]
    [InlineData(Kind.S2n)]
    [InlineData(Kind.Sockets)]
    public async Task Two_hundred_refused_servers_leave_no_socket_open(Kind kind)
    {
        using X509Certificate2 untrusted = new TestAuthority("another").Issue();
        await using WebServer server = await WebServer.StartAsync(https => https.ServerCertificate = untrusted);
        using S2nContext context = TestContexts.MakeClient(options => options.MaxBlindingDelay = TimeSpan.FromHours(1)); // were it blinded: 20 minutes at least
        using HttpClient client = kind == Kind.S2n ? Clients.Create(context: context) : Create(kind);
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, _) =>
        {
            var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());
            Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        });
        await OpenSockets.ExpectNoneAsync(server.Port);
    }

    [Theory]
    [InlineData(Kind.S2n)]
    [InlineData(Kind.Sockets)]
    public async Task A_callback_that_refuses_is_a_secure_connection_error(Kind kind)
    {
        await using WebServer server = await WebServer.StartAsync();
        SslClientAuthenticationOptions options = Clients.SslOptions();
        options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors != SslPolicyErrors.None;
        using HttpClient client = Create(kind, options);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());
        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        Assert.IsType<AuthenticationException>(error.InnerException);
    }

    [Theory]
    [InlineData(Kind.S2n)]
    [InlineData(Kind.Sockets)]
    public async Task What_a_callback_throws_is_inside_a_secure_connection_error(Kind kind)
    {
        await using WebServer server = await WebServer.StartAsync();
        foreach (bool own in new[] { true, false })
        {
            SslClientAuthenticationOptions options = Clients.SslOptions();
            options.LocalCertificateSelectionCallback = own ? (_, _, _, _, _) => throw new InvalidDataException("mine") : null;
            options.RemoteCertificateValidationCallback = (_, _, _, _) => throw new InvalidDataException("mine");
            using HttpClient client = Create(kind, options);
            var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());
            Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);

            // .NET 11's SslStream mostly contains what a validation callback throws; S2nStream does so there always.
            bool isContained = Runtime.IsNet11 && !own && (kind == Kind.S2n || error.InnerException is AuthenticationException);
            Assert.IsType<InvalidDataException>(isContained ? Assert.IsType<AuthenticationException>(error.InnerException).InnerException : error.InnerException);
        }
    }

    [Theory]
    [InlineData(Kind.S2n)]
    [InlineData(Kind.Sockets)]
    public async Task A_connection_that_ends_in_the_handshake_is_a_secure_connection_error_with_an_IOException_inside(Kind kind)
    {
        await using var server = new TcpService(async client => await client.ReadExactlyAsync(new byte[50]));
        using HttpClient client = Create(kind);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"https://localhost:{server.Port}")).WithDeadline());
        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
        Assert.IsAssignableFrom<IOException>(error.InnerException);
    }

    [Theory]
    [InlineData(Kind.S2n)]
    [InlineData(Kind.Sockets)]
    public async Task A_server_that_is_no_tls_server_is_a_secure_connection_error(Kind kind)
    {
        await using WebServer server = await WebServer.StartAsync(isSecure: false);
        using HttpClient client = Create(kind);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"https://localhost:{server.Port}")).WithDeadline());
        Assert.Equal(HttpRequestError.SecureConnectionError, error.HttpRequestError);
    }

    [Theory]
    [InlineData(Kind.S2n)]
    [InlineData(Kind.Sockets)]
    public async Task A_port_where_nobody_listens_is_a_connection_error(Kind kind)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, and not listened on
        using HttpClient client = Create(kind);
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}")).WithDeadline());
        Assert.Equal(HttpRequestError.ConnectionError, error.HttpRequestError);
        Assert.IsType<SocketException>(error.InnerException);
    }

    [Theory]
    [InlineData(Kind.S2n)]
    [InlineData(Kind.Sockets)]
    public async Task A_response_that_is_cut_short_is_an_error_and_the_next_request_has_a_new_connection(Kind kind)
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Create(kind);
        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url, WebServer.Abort, version));
            Assert.StartsWith("GET", await client.GetAsync(server.Url, "/", version), StringComparison.Ordinal);
        }
    }

    /// <summary>Then ends are ends, and it is SocketsHttpHandler's affair.</summary>
    [Fact]
    public async Task A_context_that_ignores_unexpected_ends_has_requests_sent_again_too()
    {
        await using TcpService server = ServerThatEnds(""u8.ToArray());
        using S2nContext context = TestContexts.MakeClient(options => options.IgnoreUnexpectedEof = true);
        using HttpClient client = Clients.Create(context: context);

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"https://localhost:{server.Port}")).WithDeadline());

        Assert.Equal(HttpRequestError.ResponseEnded, error.HttpRequestError);
        Assert.True(server.Connections > 1);
    }

    /// <summary>A server that gives up a kept connection just as a request arrives: most send no <c>close_notify</c>.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)] // what SocketsHttpHandler does
    [InlineData(false, true)]
    public async Task A_kept_connection_that_ends_when_it_is_used_again_is_replaced(bool overS2n, bool synchronously)
    {
        int connections = 0;
        await using var server = new TcpService(async connection =>
        {
            bool isFirst = Interlocked.Increment(ref connections) == 1;
            var tls = new SslStream(connection);
            await tls.AuthenticateAsServerAsync(TestAuthority.Localhost);
            await tls.ReadAtLeastAsync(new byte[1000], 1);
            await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
            await tls.ReadAtLeastAsync(new byte[1000], 1);
            if (!isFirst)
            {
                await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
            }
        });
        using HttpClient client = overS2n ? Clients.Create() : Clients.Over(new SocketsHttpHandler { UseProxy = false, SslOptions = Clients.SslOptions() });
        var url = new Uri($"https://localhost:{server.Port}");

        for (int i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using HttpResponseMessage response = synchronously
                ? await Task.Run(() => client.Send(request)).WithDeadline()
                : await client.SendAsync(request).WithDeadline();
            Assert.Equal("ok", await response.Content.ReadAsStringAsync().WithDeadline());
        }

        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task What_the_ConnectCallback_throws_is_inside()
    {
        using HttpClient client = Clients.Create(handler => handler.ConnectCallback = (_, _) => throw new InvalidDataException("mine"));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://localhost")).WithDeadline());
        Assert.IsType<InvalidDataException>(error.InnerException);
    }

    [Fact]
    public async Task What_Connected_throws_ends_the_connection()
    {
        await using WebServer server = await WebServer.StartAsync();
        S2nStream? seen = null;
        using HttpClient client = Clients.Create(handler => handler.Connected = (_, stream) =>
        {
            seen = stream;
            throw new InvalidDataException("mine");
        });
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Url).WithDeadline());
        Assert.IsType<InvalidDataException>(error.InnerException);
        Assert.False(seen!.IsAuthenticated);
    }

    private static HttpClient Create(Kind kind, SslClientAuthenticationOptions? options = null) => Clients.Over(
        kind == Kind.S2n
            ? new S2nHttpHandler { SslOptions = options ?? Clients.SslOptions(), UseProxy = false }
            : new SocketsHttpHandler { SslOptions = options ?? Clients.SslOptions(), UseProxy = false });

    /// <summary>Takes a request, says this much, and ends without <c>close_notify</c>.</summary>
    private static TcpService ServerThatEnds(byte[] answer) => new(async connection =>
    {
        var tls = new SslStream(connection);
        await tls.AuthenticateAsServerAsync(TestAuthority.Localhost);
        await tls.ReadAtLeastAsync(new byte[1000], 1);
        await tls.WriteAsync(answer);
        connection.Socket.Shutdown(SocketShutdown.Send);
    });
}
