using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Telemetry;

/// <summary>The handshake's activity, which whoever listens to SslStream's sees too.</summary>
[Collection(nameof(Alone))]
public class ActivityTests : QuietProcess
{
    private const string Name = "Experimental.System.Net.Security.TlsHandshake";

    [Theory]
    [InlineData(SslProtocols.Tls12, "1.2")]
    [InlineData(SslProtocols.Tls13, "1.3")]
    public async Task It_lasts_as_long_as_the_handshake_and_has_what_was_negotiated(SslProtocols protocol, string version)
    {
        using var activities = new Activities();
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.SecurityPolicy = TestContexts.ClientFor(protocol).Settings.SecurityPolicy;
            options.ApplicationProtocols.Add(SslApplicationProtocol.Http2);
        });
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.SecurityPolicy = TestContexts.ServerFor(protocol).Settings.SecurityPolicy;
            options.ApplicationProtocols.Add(SslApplicationProtocol.Http2);
        });
        await using TlsPair pair = await TlsPair.OverTcpAsync(protocol, client, server);
        Activity clients = activities.Single("TLS client handshake localhost"), servers = activities.Single("TLS server handshake");
        foreach (Activity activity in (Activity[])[clients, servers])
        {
            Assert.Equal((Name, ActivityKind.Internal, ActivityStatusCode.Unset), (activity.OperationName, activity.Kind, activity.Status));
            Assert.True(activity.Duration > TimeSpan.FromMilliseconds(0.1));
            Assert.Equal(("tls", version), (activity.GetTagItem("tls.protocol.name"), activity.GetTagItem("tls.protocol.version")));
            Assert.Equal((pair.Client.NegotiatedCipherSuite.ToString(), false, "h2"), (activity.GetTagItem("tls.cipher"), activity.GetTagItem("tls.resumed"), activity.GetTagItem("tls.next_protocol")));
            Assert.Equal($"{pair.Client.KeyExchangeGroup}", (string)activity.GetTagItem("tls.curve")!, ignoreCase: true);
            Assert.Equal("127.0.0.1", activity.GetTagItem("network.peer.address"));
            Assert.IsType<int>(activity.GetTagItem("network.peer.port"));
            Assert.Null(activity.GetTagItem("error.type"));
        }

        Assert.Equal(("localhost", null), (clients.GetTagItem("server.address"), servers.GetTagItem("server.address")));
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task A_failure_has_the_exceptions_type_s2ns_name_and_the_alert()
    {
        using X509Certificate2 stranger = new TestAuthority().Issue();
        using S2nContext server = TestContexts.MakeServer(options => options.SecurityPolicy = TestContexts.Tls12Policy, stranger);
        using var activities = new Activities();
        await ErrorMetricsTests.FailAsync(TestContexts.Client12, server);
        Activity clients = activities.Single("TLS client handshake localhost"), servers = activities.Single("TLS server handshake");
        Assert.Equal((ActivityStatusCode.Error, ActivityStatusCode.Error), (clients.Status, servers.Status));
        Assert.Equal("System.Security.Authentication.AuthenticationException", clients.GetTagItem("error.type"));
        Assert.Equal(("S2N_ERR_CERT_UNTRUSTED", "SERVER_CERT"), (clients.GetTagItem("s2n.error.name"), clients.GetTagItem("s2n.handshake.last_message")));
        Assert.Equal(("S2N_ERR_ALERT", "unknown_ca"), (servers.GetTagItem("s2n.error.name"), servers.GetTagItem("s2n.alert")));
    }

    [Fact]
    public async Task What_happens_in_a_handshake_is_its_child_and_it_is_a_child_of_its_caller()
    {
        using var activities = new Activities();
        using Activity caller = new Activity("caller").Start();
        Activity? current = null;
        using S2nContext client = TestContexts.MakeClient(options => options.RemoteCertificateValidationCallback = (_, _, _, errors) =>
        {
            current = Activity.Current;
            return errors == SslPolicyErrors.None;
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client);
        Assert.Same(activities.Single("TLS client handshake localhost"), current);
        Assert.Equal(caller.SpanId, current!.ParentSpanId);
        Assert.Same(caller, Activity.Current);
    }

    [Fact]
    public async Task An_address_of_IPv4_is_written_as_one_whatever_the_socket()
    {
        using var activities = new Activities();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var tcp = new TcpClient(); // for both versions of IP
        await tcp.ConnectAsync((IPEndPoint)listener.LocalEndpoint).WithDeadline();
        await using TlsPair pair = await TlsPair.OverAsync(tcp.GetStream(), new NetworkStream(await listener.AcceptSocketAsync().WithDeadline(), ownsSocket: true));
        Activity client = activities.Single("TLS client handshake localhost");
        Assert.Equal(("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port), (client.GetTagItem("network.peer.address"), client.GetTagItem("network.peer.port")));
    }

    [Fact]
    public async Task Synchronous_handshakes_have_one_too()
    {
        using var activities = new Activities();
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var client = new S2nStream(inner);
        await using var server = new S2nStream(peer);
        Task serving = Deadline.Run(() => server.AuthenticateAsServer(TestContexts.Server));
        await Deadline.Run(() =>
        {
            client.AuthenticateAsClient(TestContexts.Client, "localhost");
            Assert.Null(Activity.Current);
        });
        await serving;
        activities.Single("TLS client handshake localhost");
        activities.Single("TLS server handshake");
    }

    /// <summary>Sources are not exclusive: listeners ask for a name. SslStream's activity says the same, if less.</summary>
    [Fact]
    public async Task A_listener_for_SslStreams_handshakes_sees_both()
    {
        using var activities = new Activities();
        (Stream inner, Stream peer) = await TcpPair.ConnectAsync();
        await using var client = new SslStream(inner);
        await using var server = new S2nStream(peer);
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = TestAuthority.Default.ChainPolicy }),
            server.AuthenticateAsServerAsync(TestContexts.Server)).WithDeadline();
        Activity theirs = activities.Single("TLS client handshake localhost"), ours = activities.Single("TLS server handshake");
        Assert.Equal((theirs.OperationName, theirs.Kind, theirs.Source.Name), (ours.OperationName, ours.Kind, ours.Source.Name));
        Assert.NotSame(theirs.Source, ours.Source);
        foreach (string tag in (string[])["tls.protocol.name", "tls.protocol.version"])
        {
            Assert.Equal(theirs.GetTagItem(tag), ours.GetTagItem(tag));
        }
    }

    private sealed class Activities : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _stopped = [];
        private readonly ActivityListener _listener;

        public Activities()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = static source => source.Name == "Experimental.System.Net.Security",
                Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = _stopped.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public Activity Single(string displayName) => Assert.Single(_stopped, activity => activity.DisplayName == displayName);

        public void Dispose()
        {
            _listener.Dispose();
            string[] documented = ObservabilityPage.ActivityTags;
            Assert.All(_stopped.SelectMany(activity => activity.TagObjects), tag => Assert.Contains(tag.Key, documented));
        }
    }
}
