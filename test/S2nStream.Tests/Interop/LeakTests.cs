using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Nito.AsyncEx;
using S2nTls.Tests.Certificates;

namespace S2nTls.Tests.Interop;

/// <summary>s2n's allocations return to where they were. Alone, because the count is the whole process's.</summary>
[Collection(nameof(Alone))]
public class LeakTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public Task Connections_that_are_disposed_leave_nothing(SslProtocols protocol) => LeavesNothing(async () =>
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol);
        await pair.Client.WriteAsync("hello"u8.ToArray());
        Assert.Equal(5, await pair.Server.ReadAsync(new byte[10]));
        _ = pair.Client.RemoteCertificate;
        _ = pair.Client.KeyExchangeGroup;
    });

    [Fact]
    public async Task A_connection_that_becomes_idle_gives_its_buffers_back()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        long quiet = await NativeAllocations.SettledAsync();
        Task<int> read = pair.Server.ReadAsync(new byte[10]).AsTask();
        await pair.Client.WriteAsync(new byte[10]);
        Assert.Equal(10, await read.WithDeadline());
        Assert.InRange(NativeAllocations.Live, quiet + 2, long.MaxValue); // one to send from, one to receive into
        for (long start = Environment.TickCount64; NativeAllocations.Live > quiet;)
        {
            Assert.InRange(Environment.TickCount64 - start, 0, (long)Deadline.Default.TotalMilliseconds);
            await Task.Delay(50);
        }
    }

    [Fact]
    public Task Certificates_that_net_judges_leave_nothing() => LeavesNothing(async () =>
    {
        bool accept = true;
        using S2nContext client = TestContexts.MakeClient(options => options.RemoteCertificateValidationCallback = (_, _, _, _) => accept);
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = S2nClientCertificateMode.Optional;
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null;
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        accept = false;
        await Assert.ThrowsAsync<AuthenticationException>(() => TlsPair.InMemoryAsync(client: client, server: server));
    });

    [Fact]
    public Task Connections_that_nobody_disposes_are_collected() => LeavesNothing(Abandon);

    [Fact]
    public Task Contexts_and_certificates_leave_nothing_even_disposed_before_their_connections() => LeavesNothing(async () =>
    {
        S2nContext client = TestContexts.MakeClient();
        S2nContext server = TestContexts.MakeServer();
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        client.Dispose();
        server.Dispose();
        await pair.Client.WriteAsync("lives on"u8.ToArray());
        Assert.Equal(8, await pair.Server.ReadAsync(new byte[10]).WithDeadline());
    });

    [Fact]
    public Task Pre_shared_keys_and_early_data_leave_nothing() => LeavesNothing(async () =>
    {
        using var key = new S2nPreSharedKey("device"u8, Enumerable.Repeat((byte)7, 32).ToArray(), maxEarlyDataSize: 100);
        Assert.Throws<S2nException>(() => new S2nPreSharedKey(
            "device"u8, Enumerable.Repeat((byte)7, 32).ToArray(), null, 100, System.Net.Security.TlsCipherSuite.TLS_AES_256_GCM_SHA384));
        _ = new S2nPreSharedKey("disposed by nobody"u8, Enumerable.Repeat((byte)7, 32).ToArray());
        using S2nContext client = S2nContext.CreateClient(new S2nClientOptions { PreSharedKeys = { key } });
        using S2nContext server = EarlyData.EarlyDataPair.MakeServer(configure: options => options.PreSharedKeys.Add(key));
        await using var pair = await EarlyData.EarlyDataPair.ConnectAsync(client, server, new byte[100]);
        Assert.Equal(S2nEarlyDataStatus.Rejected, pair.Client.EarlyDataStatus);
    });

    [Fact]
    public Task A_context_that_cannot_be_made_leaves_nothing() => LeavesNothing(() =>
    {
        Assert.Throws<ArgumentException>(() => TestContexts.MakeClient(options => options.TrustedRoots = []));
        Assert.Throws<ArgumentException>(() => new S2nSecurityPolicy("no such policy"));
        Assert.Throws<S2nException>(() => S2nCertificate.FromPem("no certificate", "no key"));
        return Task.CompletedTask;
    });

    [Fact]
    public Task Certificates_with_keys_outside_s2n_leave_nothing() => LeavesNothing(async () =>
    {
        var identity = new SigningIdentity();
        using S2nContext server = SigningServer(identity.Load());
        await using TlsPair pair = await TlsPair.InMemoryAsync(server: server);

        // Neither disposed nor usable.
        identity.Load();
        Assert.Throws<ArgumentException>(() => S2nCertificate.FromX509(identity.Public, new SigningIdentity().Key));
    });

    [Fact]
    public Task Contexts_that_were_made_for_a_certificate_of_net_go_with_it() => LeavesNothing(async () =>
    {
        X509Certificate2 certificate = TestAuthority.Default.Issue(); // not disposed: replaced, and forgotten
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(server);
        await using var clientStream = new S2nStream(client);
        Task serverSide = serverStream.AuthenticateAsServerAsync(certificate);
        await clientStream.AuthenticateAsClientAsync(TestContexts.Client, "localhost").WithDeadline();
        await serverSide.WithDeadline();
    });

    [Fact]
    public async Task A_key_outside_s2n_is_collected_with_the_last_that_uses_it()
    {
        (WeakReference key, S2nContext server) = Make();
        GC.Collect();
        Assert.True(key.IsAlive);
        server.Dispose();
        GC.KeepAlive(server);
        for (int i = 0; key.IsAlive && i < 100; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(20);
        }

        Assert.False(key.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (WeakReference, S2nContext) Make()
        {
            var identity = new SigningIdentity();
            using S2nCertificate certificate = identity.Load();
            return (new WeakReference(identity.Key), SigningServer(certificate));
        }
    }

    private static S2nContext SigningServer(S2nCertificate certificate) => TestContexts.MakeServer(options =>
    {
        options.Certificates.Clear();
        options.Certificates.Add(certificate);
    });

    private static async Task FailToSignAsync()
    {
        var identity = new SigningIdentity();
        identity.Use.Before = () => throw new TimeoutException();
        using S2nContext context = SigningServer(identity.Load());
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(server);
        await using var clientStream = new S2nStream(client);
        Task clientSide = clientStream.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        await Assert.ThrowsAsync<AuthenticationException>(() => serverStream.AuthenticateAsServerAsync(context).WithDeadline());
        await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());
    }

    private static async Task LeaveSignerAsync(bool byDisposal)
    {
        var asked = new AsyncManualResetEvent();
        using S2nContext context = SigningServer(S2nCertificate.FromX509(TestAuthority.Localhost, new ScriptedSigner(async (_, token) =>
        {
            asked.Set();
            await Task.Delay(Timeout.Infinite, token);
            return [];
        })));
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(server);
        await using var clientStream = new S2nStream(client);
        using var cancel = new CancellationTokenSource();
        Task clientSide = clientStream.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        Task serverSide = serverStream.AuthenticateAsServerAsync(context, cancel.Token);
        await asked.WaitAsync().WithDeadline();
        await (byDisposal ? serverStream.DisposeAsync().AsTask() : cancel.CancelAsync());
        await Assert.ThrowsAnyAsync<Exception>(() => serverSide.WithDeadline());
        await serverStream.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => clientSide.WithDeadline());
    }

    [Fact]
    public Task Certificates_with_borrowed_keys_and_staples_leave_nothing() => LeavesNothing(async () =>
    {
        using S2nCertificate plain = S2nCertificate.FromX509(TestAuthority.Localhost);
        plain.WithSignedCertificateTimestamps([0, 3, 0, 1, 9]); // not disposed
        using S2nCertificate stapled = plain.WithSignedCertificateTimestamps([0, 3, 0, 1, 9]).WithSignedCertificateTimestamps([0, 3, 0, 1, 8]);
        Assert.Throws<ArgumentException>(() => plain.WithOcspResponse([1]));
        plain.Dispose();
        using S2nContext server = SigningServer(stapled);
        using S2nContext client = TestContexts.MakeClient(options => options.RequestSignedCertificateTimestamps = true);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal(5, pair.Client.SignedCertificateTimestamps.Length);
    });

    [Fact]
    public Task Revocation_lists_leave_nothing_even_disposed_before_their_connections() => LeavesNothing(async () =>
    {
        X509Certificate2 root = CertificateMaker.Authority("Leak Root");
        S2nRevocationList list = RevocationListTests.ListOf(root);
        using S2nContext server = TestContexts.MakeServer(certificate: CertificateMaker.Leaf(root));
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [root];
            options.RevocationLists = RevocationListTests.Store(list);
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        list.Dispose();
        await pair.Client.WriteAsync("lives on"u8.ToArray());
        Assert.Equal(8, await pair.Server.ReadAsync(new byte[10]).WithDeadline());
        RevocationListTests.ListOf(root); // not disposed
    });

    private static readonly Dictionary<string, Func<Task>> s_refusals = new()
    {
        ["a peer that speaks HTTP"] = () => RefuseAsServerAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray()),
        ["garbage in a record"] = () => RefuseAsServerAsync([22, 3, 1, 0, 5, 1, 0, 0, 1, 9]),
        ["a peer that closes at once"] = () => RefuseAsServerAsync([]),
        ["an untrusted certificate"] = () => RefuseAsClientAsync(new TestAuthority("Unknown").Issue(), "localhost"),
        ["a key that throws"] = FailToSignAsync,
        ["a signer that is left by cancellation"] = () => LeaveSignerAsync(byDisposal: false),
        ["a signer that is left by disposal"] = () => LeaveSignerAsync(byDisposal: true),
        ["a wrong host"] = () => RefuseAsClientAsync(TestAuthority.Localhost, "other.example"),
        ["an expired certificate"] = () => RefuseAsClientAsync(
            TestAuthority.Default.Issue(notBefore: DateTimeOffset.UtcNow.AddDays(-9), notAfter: DateTimeOffset.UtcNow.AddDays(-1)), "localhost"),
    };

    public static TheoryData<string> Refusals() => [.. s_refusals.Keys];

    [Theory]
    [MemberData(nameof(Refusals))]
    public Task Refused_handshakes_leave_nothing_once_their_delay_is_over(string refusal) => LeavesNothing(s_refusals[refusal]);

    [Fact]
    public Task Cancelled_and_disposed_handshakes_leave_nothing() => LeavesNothing(async () =>
    {
        (Stream client, _) = DuplexPipe.CreateStreams();
        await using var stream = new S2nStream(client);
        using var cancel = new CancellationTokenSource();
        Task handshake = stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.WithDeadline());
    });

    private static async Task RefuseAsServerAsync(byte[] spoken)
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        await using var stream = new S2nStream(server);
        await client.WriteAsync(spoken);
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => stream.AuthenticateAsServerAsync(TestContexts.Server).WithDeadline());
    }

    private static async Task RefuseAsClientAsync(X509Certificate2 certificate, string host)
    {
        using S2nContext context = TestContexts.MakeServer(certificate: certificate);
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(server);
        await using var clientStream = new S2nStream(client);
        Task serverSide = serverStream.AuthenticateAsServerAsync(context);
        await Assert.ThrowsAsync<AuthenticationException>(() => clientStream.AuthenticateAsClientAsync(TestContexts.Client, host).WithDeadline());
        await serverStream.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => serverSide.WithDeadline());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task Abandon()
    {
        TlsPair pair = await TlsPair.InMemoryAsync();
        await pair.Client.WriteAsync("abandoned"u8.ToArray());
    }

    private static async Task LeavesNothing(Func<Task> use)
    {
        await use(); // what is made once and kept
        long before = await NativeAllocations.SettledAsync();
        Assert.True(before > 0, "the counter counts nothing");
        for (int i = 0; i < 20; i++)
        {
            await use();
        }

        Assert.InRange(await NativeAllocations.BackToAsync(before), 0, before);
    }
}
