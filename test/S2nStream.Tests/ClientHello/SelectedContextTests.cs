using System.Net.Security;
using System.Security.Authentication;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;
using S2nTls.Tests.Engine;

namespace S2nTls.Tests.ClientHello;

/// <summary>A context that is selected after the hello does as one that was there from the beginning.</summary>
public class SelectedContextTests
{
    private static readonly X509Certificate2 s_alice = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);

    public static TheoryData<SslProtocols> Protocols { get; } = [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory, MemberData(nameof(Protocols))]
    public async Task Its_security_policy_holds(SslProtocols protocol)
    {
        using S2nContext client = TestContexts.MakeClient();
        (S2nStream one, S2nStream other) = await Selecting.ConnectAsync(client, TestContexts.ServerFor(protocol));
        await using (one)
        await using (other)
        {
            Assert.Equal(protocol, one.SslProtocol);
        }
    }

    [Fact]
    public async Task Its_policys_groups_hold()
    {
        using S2nContext client = TestContexts.MakeClient(options => options.SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum);
        using S2nContext postQuantum = TestContexts.MakeServer(options => options.SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum);
        using S2nContext old = TestContexts.MakeServer(options => options.SecurityPolicy = new S2nSecurityPolicy("20240501"));
        Assert.Equal(TlsNamedGroup.X25519MLKEM768, await GroupAsync(client, postQuantum));
        Assert.Equal(TlsNamedGroup.Secp256R1, await GroupAsync(client, old));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Its_certificate_is_shown_and_bound_to(SslProtocols protocol)
    {
        using X509Certificate2 certificate = TestAuthority.Default.Issue(subject: "CN=another");
        using S2nContext server = MakeServer(protocol, certificate: certificate);
        (S2nStream one, S2nStream other) = await Selecting.ConnectAsync(TestContexts.ClientFor(protocol), server);
        await using (one)
        await using (other)
        {
            Assert.Equal("CN=another", one.RemoteCertificate!.Subject);
            Assert.Equal("CN=another", other.LocalCertificate!.Subject);
            using ChannelBinding ours = one.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint)!;
            using ChannelBinding theirs = other.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint)!;
            Assert.Equal(BytesOf(ours), BytesOf(theirs));
        }
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Its_private_key_signs_where_it_is(SslProtocols protocol)
    {
        using System.Security.Cryptography.ECDsa key = TestAuthority.Localhost.GetECDsaPrivateKey()!;
        using S2nCertificate certificate = S2nCertificate.FromPem(TestAuthority.Localhost.ExportCertificatePem(), key);
        using S2nContext server = MakeServer(protocol, options =>
        {
            options.Certificates.Clear();
            options.Certificates.Add(certificate);
        });
        await TalkAsync(await Selecting.ConnectAsync(TestContexts.ClientFor(protocol), server));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Its_application_protocols_are_chosen_from(SslProtocols protocol)
    {
        using S2nContext client = MakeClient(protocol, options =>
        {
            options.ApplicationProtocols.Add(SslApplicationProtocol.Http2);
            options.ApplicationProtocols.Add(SslApplicationProtocol.Http11);
        });
        using S2nContext server = MakeServer(protocol, options => options.ApplicationProtocols.Add(SslApplicationProtocol.Http11));
        (S2nStream one, S2nStream other) = await Selecting.ConnectAsync(client, server);
        await using (one)
        await using (other)
        {
            Assert.Equal(SslApplicationProtocol.Http11, one.NegotiatedApplicationProtocol);
            Assert.Equal(SslApplicationProtocol.Http11, other.NegotiatedApplicationProtocol);
        }
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Its_application_protocols_refuse_a_client_that_has_others(SslProtocols protocol)
    {
        using S2nContext client = MakeClient(protocol, options => options.ApplicationProtocols.Add(SslApplicationProtocol.Http2));
        using S2nContext server = MakeServer(protocol, options => options.ApplicationProtocols.Add(SslApplicationProtocol.Http11));
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var one = new S2nStream(clientEnd);
        await using var other = new S2nStream(serverEnd);
        Task clientSide = one.AuthenticateAsClientAsync(client, "localhost");
        var refused = await Assert.ThrowsAsync<AuthenticationException>(() => other.AuthenticateAsServerAsync((_, _, _) => new(server)).WithDeadline());
        Assert.Equal("S2N_ERR_NO_APPLICATION_PROTOCOL", Assert.IsType<S2nException>(refused.InnerException).S2nErrorName);
        var heard = await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());
        Assert.Equal(TlsAlert.NoApplicationProtocol, Assert.IsType<S2nException>(heard.InnerException).Alert);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, false)]
    [InlineData(SslProtocols.Tls13, true)]
    public async Task It_asks_for_a_client_certificate_and_judges_it(SslProtocols protocol, bool byCallback)
    {
        int judged = 0;
        using S2nContext server = MakeMutual(protocol, options => options.RemoteCertificateValidationCallback = !byCallback ? null : (_, _, _, errors) =>
        {
            judged++;
            return errors == SslPolicyErrors.None;
        });
        using S2nCertificate own = S2nCertificate.FromX509(s_alice);
        using S2nContext client = MakeClient(protocol, options => options.Certificate = own);
        (S2nStream one, S2nStream other) = await Selecting.ConnectAsync(client, server);
        await using (one)
        await using (other)
        {
            Assert.True(other.IsMutuallyAuthenticated);
            Assert.Equal("CN=alice", other.RemoteCertificate!.Subject);
            Assert.Equal(byCallback ? 1 : 0, judged);
        }
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task It_refuses_a_client_without_a_certificate_or_with_a_strangers(SslProtocols protocol)
    {
        using S2nContext server = MakeMutual(protocol);
        await FailsAsync(TestContexts.ClientFor(protocol), server);
        using S2nCertificate stranger = S2nCertificate.FromX509(new TestAuthority("Another").Issue(subject: "CN=alice", forClients: true));
        using S2nContext client = MakeClient(protocol, options => options.Certificate = stranger);
        await FailsAsync(client, server);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Sessions_are_resumed_through_it(SslProtocols protocol)
    {
        using S2nContext client = MakeClient(protocol, options => options.AllowTlsResume = true);
        using S2nContext server = MakeServer(protocol, options => options.AllowTlsResume = true);
        Assert.False(await TalkAsync(await Selecting.ConnectAsync(client, server)));
        Assert.True(await TalkAsync(await Selecting.ConnectAsync(client, server)));
        Assert.True(await TalkAsync(await Selecting.ConnectAsync(client, server)));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task Sessions_go_between_it_and_a_server_that_selects_nothing(SslProtocols protocol)
    {
        using S2nContext client = MakeClient(protocol, options => options.AllowTlsResume = true);
        using S2nContext server = MakeServer(protocol, options => options.AllowTlsResume = true);
        await using (TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server))
        {
            await TalkAsync((pair.Client, pair.Server));
        }

        Assert.True(await TalkAsync(await Selecting.ConnectAsync(client, server)));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_session_of_another_context_leads_to_a_full_handshake(SslProtocols protocol)
    {
        using S2nContext client = MakeClient(protocol, options => options.AllowTlsResume = true);
        using S2nContext first = MakeServer(protocol, options => options.AllowTlsResume = true);
        using S2nContext second = MakeServer(protocol, options => options.AllowTlsResume = true);
        await TalkAsync(await Selecting.ConnectAsync(client, first));
        Assert.False(await TalkAsync(await Selecting.ConnectAsync(client, second)));
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_session_of_an_anonymous_context_is_no_way_around_a_client_certificate(SslProtocols protocol)
    {
        S2nTicketKeyRing shared = S2nTicketKeyRing.CreateRandom();
        using S2nContext client = MakeClient(protocol, options => options.AllowTlsResume = true);
        using S2nContext anonymous = MakeServer(protocol, options => (options.AllowTlsResume, options.TicketKeys) = (true, shared));
        using S2nContext mutual = MakeMutual(protocol, options => (options.AllowTlsResume, options.TicketKeys) = (true, shared));
        await TalkAsync(await Selecting.ConnectAsync(client, anonymous));
        await FailsAsync(client, mutual);
    }

    [Fact]
    public async Task Its_record_size_holds()
    {
        using S2nContext server = TestContexts.MakeServer(options => options.RecordSize = S2nRecordSize.LowLatency);
        RecordSizes? written = null;
        (S2nStream one, S2nStream other) = await Selecting.ConnectAsync(
            TestContexts.Client, (_, _, _) => new(server), wrapServer: inner => written = new RecordSizes(inner));
        await using (one)
        await using (other)
        {
            written!.Take();
            await other.WriteAsync(new byte[50_000]);
            List<int> sizes = written.Take();
            Assert.True(sizes.Sum() > 50_000); // all that was written, and what encryption adds
            Assert.All(sizes, size => Assert.InRange(size, 1, 1500));
        }
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task It_accepts_a_maximum_fragment_length(SslProtocols protocol)
    {
        using S2nContext client = MakeClient(protocol, options => options.MaxFragmentLength = 512);
        using S2nContext server = MakeServer(protocol, options => options.AcceptMaxFragmentLength = true);
        RecordSizes? written = null;
        (S2nStream one, S2nStream other) = await Selecting.ConnectAsync(client, (_, _, _) => new(server), wrapServer: inner => written = new RecordSizes(inner));
        await using (one)
        await using (other)
        {
            written!.Take();
            await other.WriteAsync(new byte[20_000]);
            List<int> sizes = written.Take();
            Assert.True(sizes.Sum() > 20_000); // all that was written, and what encryption adds
            Assert.All(sizes, size => Assert.InRange(size, 1, 512 + 256));
        }
    }

    [Fact]
    public async Task It_may_take_the_transports_end_for_the_datas()
    {
        using S2nContext server = TestContexts.MakeServer(options => options.IgnoreUnexpectedEof = true);
        Stream? transport = null;
        (S2nStream one, S2nStream other) = await Selecting.ConnectAsync(TestContexts.Client, (_, _, _) => new(server), wrapClient: inner => transport = inner);
        await using (one)
        await using (other)
        {
            await transport!.DisposeAsync();
            Assert.Equal(0, await other.ReadAsync(new byte[1]).WithDeadline());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_may_ignore_warnings_that_come_after_the_hello(bool ignores)
    {
        using S2nContext server = MakeServer(SslProtocols.Tls12, options => options.IgnoreWarningAlerts = ignores);
        await AssertSucceedsAsync(ignores, () => Selecting.ConnectAsync(
            TestContexts.Client12, (_, _, _) => new(server), wrapClient: inner => new Warning(inner, before: 2)));
    }

    /// <summary>What comes before the hello comes before the choice: docs/client-hello.md says so.</summary>
    [Fact]
    public async Task A_warning_before_the_hello_is_fatal_whatever_would_have_been_selected()
    {
        using S2nContext server = MakeServer(SslProtocols.Tls12, options => options.IgnoreWarningAlerts = true);
        await AssertSucceedsAsync(false, () => Selecting.ConnectAsync(
            TestContexts.Client12, (_, _, _) => new(server), wrapClient: inner => new Warning(inner, before: 1)));
    }

    [Fact]
    public void Its_longest_delay_holds_for_errors_after_the_hello_and_s2ns_own_for_a_malformed_hello()
    {
        // What is left of the delay when it is looked at: of s2n's own 10 to 30 seconds, or of 2 to 6.
        TimeSpan longest = TimeSpan.FromSeconds(6);
        using S2nContext server = TestContexts.MakeServer(options => options.MaxBlindingDelay = longest);
        Assert.InRange(DelayAfter(HelloBytes.Make([0x1301], [(0, [])], sessionId: new byte[33]), server), longest, TimeSpan.FromSeconds(30));

        // A key share that is cut off is found out when the context's groups are known.
        byte[] malformedLater = HelloBytes.Make(
            [0x1301], [(10, HelloBytes.List(23)), (13, HelloBytes.List(0x0403)), (43, HelloBytes.Versions(0x0304)), (51, [0, 9, 0, 23, 0, 65])]);
        Assert.InRange(DelayAfter(malformedLater, server), TimeSpan.FromMilliseconds(1), longest);
    }

    private static TimeSpan DelayAfter(byte[] hello, S2nContext selected)
    {
        EnginePair.Side side = HelloSide.Create(selected);
        using TlsConnection connection = side.Connection;
        side.Feed(HelloBytes.Records(hello));
        Assert.Throws<S2nException>(() =>
        {
            Assert.Equal(HandshakeStatus.Asks, side.Handshake.Advance());
            side.Answer();
            side.Handshake.Advance();
        });
        return connection.BlindingDelay;
    }

    private static S2nSecurityPolicy PolicyFor(SslProtocols protocol) => protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;

    private static S2nContext MakeClient(SslProtocols protocol, Action<S2nClientOptions> configure) => TestContexts.MakeClient(options =>
    {
        options.SecurityPolicy = PolicyFor(protocol);
        configure(options);
    });

    private static S2nContext MakeServer(SslProtocols protocol, Action<S2nServerOptions>? configure = null, X509Certificate2? certificate = null) => TestContexts.MakeServer(
        options =>
        {
            options.SecurityPolicy = PolicyFor(protocol);
            configure?.Invoke(options);
        },
        certificate);

    private static S2nContext MakeMutual(SslProtocols protocol, Action<S2nServerOptions>? configure = null) => MakeServer(protocol, options =>
    {
        options.ClientCertificateMode = S2nClientCertificateMode.Required;
        options.TrustedRoots = TestAuthority.Default.Roots;
        configure?.Invoke(options);
    });

    private static async Task<TlsNamedGroup?> GroupAsync(S2nContext client, S2nContext server)
    {
        (S2nStream one, S2nStream other) = await Selecting.ConnectAsync(client, server);
        await using (one)
        await using (other)
        {
            return one.KeyExchangeGroup;
        }
    }

    /// <summary>Data both ways, so that the client has seen the server's tickets.</summary>
    /// <returns>Whether a session was resumed.</returns>
    private static async Task<bool> TalkAsync((S2nStream Client, S2nStream Server) pair)
    {
        await using (pair.Client)
        await using (pair.Server)
        {
            await pair.Client.WriteAsync("a"u8.ToArray());
            await pair.Server.ReadExactlyAsync(new byte[1]).AsTask().WithDeadline();
            await pair.Server.WriteAsync("b"u8.ToArray());
            await pair.Client.ReadExactlyAsync(new byte[1]).AsTask().WithDeadline();
            Assert.Equal(pair.Client.IsSessionResumed, pair.Server.IsSessionResumed);
            return pair.Server.IsSessionResumed;
        }
    }

    private static async Task FailsAsync(S2nContext client, S2nContext server)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams(pauseAt: 0);
        await using var one = new S2nStream(clientEnd);
        await using var other = new S2nStream(serverEnd);
        Task clientSide = one.AuthenticateAsClientAsync(client, "localhost");
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => other.AuthenticateAsServerAsync((_, _, _) => new(server)).WithDeadline());
        Assert.IsType<S2nException>(error.InnerException);
        await clientEnd.DisposeAsync();
        await ((Task)Task.WhenAny(clientSide)).WithDeadline();
    }

    private static async Task AssertSucceedsAsync(bool expected, Func<Task<(S2nStream Client, S2nStream Server)>> connect)
    {
        if (expected)
        {
            (S2nStream one, S2nStream other) = await connect();
            await one.DisposeAsync();
            await other.DisposeAsync();
        }
        else
        {
            await Assert.ThrowsAnyAsync<Exception>(connect);
        }
    }

    private static byte[] BytesOf(ChannelBinding binding)
    {
        byte[] bytes = new byte[binding.Size];
        System.Runtime.InteropServices.Marshal.Copy(binding.DangerousGetHandle(), bytes, 0, bytes.Length);
        return bytes;
    }

    /// <summary>Warns once, before a write that is counted from 1.</summary>
    private sealed class Warning(Stream inner, int before) : WrappedStream(inner)
    {
        private int _writes;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (++_writes == before)
            {
                await base.WriteAsync((byte[])[21, 3, 3, 0, 2, 1, (byte)TlsAlert.UnrecognizedName], cancellationToken);
            }

            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
