using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

/// <summary>How a client comes to the certificate that it shows: when its callback is asked, and what it is told.</summary>
public class SelectingCertificates
{
    private static readonly X509Certificate2 s_alice = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);
    private static readonly X509Certificate2 s_bob = TestAuthority.Default.Issue(subject: "CN=bob", forClients: true);
    private static readonly X509Certificate2 s_withoutKey = X509CertificateLoader.LoadCertificate(s_alice.RawData);

    private static readonly X509Certificate2[] s_authorities =
        [Authority("CN=one"), Authority("CN=\"two, with a comma\", O=tests, C=DE"), Authority("CN=dr\u00fcben, OU=a + OU=b")];

    private static readonly string[] s_issuers = [.. s_authorities.Select(authority => authority.Issuer)];

    /// <summary>Who is looked at, over which protocol, and whether a validation callback judges the server.</summary>
    public static TheoryData<Kind, SslProtocols, bool> Clients { get; } = MakeClients();

    [Theory, MemberData(nameof(Clients))]
    public async Task A_callback_that_gives_a_certificate_is_asked_once_before_the_handshake(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, _ => s_alice);
        Assert.Equal(["localhost 0 - []"], outcome.Calls);
        Assert.Equal(s_alice.RawData, outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task A_callback_that_gives_none_is_asked_again_when_the_server_has_asked(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, call => call == 0 ? null : s_bob);
        Assert.Equal(["localhost 0 - []", "localhost 0 CN=leaf []"], outcome.Calls);
        Assert.Equal(s_bob.RawData, outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task It_is_told_the_issuers_that_the_server_would_like(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, call => call == 0 ? null : s_bob, sendsIssuers: true);
        Assert.Equal(["localhost 0 - []", $"localhost 0 CN=leaf [{string.Join('|', s_issuers)}]"], outcome.Calls);
        Assert.Equal(s_bob.RawData, outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task A_callback_that_gives_none_again_shows_none(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, _ => null, sendsIssuers: true);
        Assert.Equal(2, outcome.Calls.Count);
        Assert.Null(outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task A_certificate_without_a_private_key_is_none(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, call => call == 0 ? s_withoutKey : s_bob);
        Assert.Equal(2, outcome.Calls.Count);
        Assert.Equal(s_bob.RawData, outcome.Shown);

        outcome = await RunAsync(kind, protocol, judges, call => call == 0 ? null : s_withoutKey);
        Assert.Equal(2, outcome.Calls.Count);
        Assert.Null(outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task A_callback_is_not_asked_again_by_a_server_that_does_not_ask(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, _ => null, asks: false);
        Assert.Equal(["localhost 0 - []"], outcome.Calls);
        Assert.Null(outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task Its_sender_is_the_stream_and_it_is_given_the_clients_certificates(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, call => call == 0 ? null : s_bob, configure: options => options.ClientCertificates = [s_alice, s_bob]);
        Assert.Equal(["localhost 2 - []", "localhost 2 CN=leaf []"], outcome.Calls);
        Assert.All(outcome.Senders, sender => Assert.Same(outcome.Client, sender));
        Assert.Equal(s_bob.RawData, outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task The_servers_certificate_is_the_callbacks_for_the_call_only(Kind kind, SslProtocols protocol, bool judges)
    {
        X509Certificate? kept = null;
        await RunAsync(kind, protocol, judges, _ => null, configure: options =>
        {
            LocalCertificateSelectionCallback inner = options.LocalCertificateSelectionCallback!;
            options.LocalCertificateSelectionCallback = (sender, host, local, remote, issuers) =>
            {
                kept = remote;
                Assert.True(remote is null or X509Certificate2);
                return inner(sender, host, local, remote, issuers);
            };
        });
        Assert.NotNull(kept);
        Assert.ThrowsAny<CryptographicException>(() => kept.Subject);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task What_the_second_call_throws_is_thrown_by_the_handshake(Kind kind, SslProtocols protocol, bool judges)
    {
        var thrown = new InvalidTimeZoneException("nothing of TLS");
        Outcome outcome = await RunAsync(kind, protocol, judges, call => call == 0 ? null : throw thrown);
        Assert.Same(thrown, outcome.ClientError);
        Assert.NotNull(outcome.ServerError);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task It_is_asked_by_a_synchronous_handshake_too(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, call => call == 0 ? null : s_bob, sendsIssuers: true, synchronously: true);
        Assert.Equal(2, outcome.Calls.Count);
        Assert.Equal(s_bob.RawData, outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task It_does_not_matter_how_the_transport_cuts_the_ciphertext(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(
            kind, protocol, judges, call => call == 0 ? null : s_bob, sendsIssuers: true, wrap: inner => new DrippingStream(inner));
        Assert.Equal(2, outcome.Calls.Count);
        Assert.Equal(s_bob.RawData, outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task A_certificate_context_goes_before_the_callback_which_is_not_asked(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(
            kind, protocol, judges, _ => s_bob, configure: options => options.ClientCertificateContext = SslStreamCertificateContext.Create(s_alice, null, offline: true));
        Assert.Empty(outcome.Calls);
        Assert.Equal(s_alice.RawData, outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task Without_a_callback_the_first_certificate_is_shown(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, _ => null, configure: options =>
        {
            options.LocalCertificateSelectionCallback = null;
            options.ClientCertificates = [s_alice, s_bob];
        });
        Assert.Equal(s_alice.RawData, outcome.Shown);
    }

    [Theory, MemberData(nameof(Clients))]
    public async Task Without_a_callback_a_first_certificate_without_a_private_key_is_not_the_last(Kind kind, SslProtocols protocol, bool judges)
    {
        Outcome outcome = await RunAsync(kind, protocol, judges, _ => null, configure: options =>
        {
            options.LocalCertificateSelectionCallback = null;
            options.ClientCertificates = [s_withoutKey, s_bob];
        });
        Differences.CertificatesWithoutKey.Differs(
            kind,
            ssl: () => Assert.Null(outcome.Shown),
            s2n: () => Assert.Equal(s_bob.RawData, outcome.Shown));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_server_that_the_selection_has_seen_is_validated_all_the_same(SslProtocols protocol)
    {
        // After the selection: with another config, s2n's verification starts afresh, and must not be lost.
        Outcome outcome = await RunAsync(
            Kind.S2nStream, protocol, judges: false, call => call == 0 ? null : s_bob,
            configure: options => options.CertificateChainPolicy = new TestAuthority().ChainPolicy);
        Assert.Equal(2, outcome.Calls.Count);
        Assert.IsType<AuthenticationException>(outcome.ClientError);
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", Assert.IsType<S2nException>(outcome.ClientError.InnerException).S2nErrorName);

        outcome = await RunAsync(
            Kind.S2nStream, protocol, judges: false, call => call == 0 ? null : s_bob, configure: options => options.TargetHost = "elsewhere.test");
        Assert.Equal(2, outcome.Calls.Count);
        Assert.Equal("S2N_ERR_CERT_INVALID_HOSTNAME", Assert.IsType<S2nException>(outcome.ClientError?.InnerException).S2nErrorName);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task What_was_offered_before_the_selection_holds_after_it(SslProtocols protocol)
    {
        Outcome outcome = await RunAsync(
            Kind.S2nStream, protocol, judges: true, call => call == 0 ? null : s_bob,
            configure: options => options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]);
        Assert.Equal(s_bob.RawData, outcome.Shown);
        Assert.Equal(SslApplicationProtocol.Http11, outcome.ServersProtocol);
        Assert.Equal(SslApplicationProtocol.Http11, outcome.ClientsProtocol);
        Assert.Equal(1, outcome.Validations);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
    public async Task A_stream_that_the_callback_disposes_says_so(SslProtocols protocol, bool whenAskedAgain)
    {
        Outcome outcome = await RunAsync(Kind.S2nStream, protocol, judges: false, call => call == 0 ? null : s_bob, configure: options =>
        {
            LocalCertificateSelectionCallback inner = options.LocalCertificateSelectionCallback!;
            options.LocalCertificateSelectionCallback = (sender, host, local, remote, issuers) =>
            {
                if (remote is not null == whenAskedAgain)
                {
                    ((Stream)sender).Dispose();
                }

                return inner(sender, host, local, remote, issuers);
            };
        });
        Assert.IsType<ObjectDisposedException>(outcome.ClientError);
    }

    private static TheoryData<Kind, SslProtocols, bool> MakeClients()
    {
        var clients = new TheoryData<Kind, SslProtocols, bool>();
        foreach (Kind kind in Enum.GetValues<Kind>())
        {
            foreach (SslProtocols protocol in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
            {
                clients.Add(kind, protocol, false);
                clients.Add(kind, protocol, true);
            }
        }

        return clients;
    }

    /// <summary>Connects a client to an SslStream that asks for a certificate, and takes whatever it is shown.</summary>
    private static async Task<Outcome> RunAsync(
        Kind kind,
        SslProtocols protocol,
        bool judges,
        Func<int, X509Certificate?> answer,
        bool asks = true,
        bool sendsIssuers = false,
        bool synchronously = false,
        Action<SslClientAuthenticationOptions>? configure = null,
        Func<Stream, Stream>? wrap = null)
    {
        (Stream clientInner, Stream serverInner) = DuplexPipe.CreateStreams();
        clientInner = wrap?.Invoke(clientInner) ?? clientInner;
        await using var server = new SslStream(serverInner);
        await using AuthenticatedStream client = kind == Kind.SslStream ? new SslStream(clientInner) : new S2nStream(clientInner);
        var outcome = new Outcome(client);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            AllowTlsResume = false,
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            RemoteCertificateValidationCallback = !judges ? null : (_, _, _, errors) =>
            {
                outcome.Validations++;
                return errors == SslPolicyErrors.None;
            },
            LocalCertificateSelectionCallback = (sender, host, local, remote, issuers) =>
            {
                int call = outcome.Calls.Count;
                outcome.Senders.Add(sender);
                outcome.Calls.Add($"{host} {local.Count} {remote?.Subject ?? "-"} [{string.Join('|', issuers)}]");
                return answer(call)!;
            },
        };
        configure?.Invoke(options);
        SslServerAuthenticationOptions serverOptions = ServerOptions(protocol, asks, sendsIssuers);

        Task serving = Task.Run(async () =>
        {
            outcome.ServerError = await Record.ExceptionAsync(async () =>
            {
                await server.AuthenticateAsServerAsync(serverOptions);
                outcome.Shown = server.RemoteCertificate?.GetRawCertData();
                outcome.ServersProtocol = server.NegotiatedApplicationProtocol;
                await server.WriteAsync("done"u8.ToArray());
            });
            if (outcome.ServerError is not null)
            {
                serverInner.Dispose();
            }
        });
        outcome.ClientError = await Record.ExceptionAsync(async () =>
        {
            Task handshake = (client, synchronously) switch
            {
                (SslStream ssl, false) => ssl.AuthenticateAsClientAsync(options),
                (SslStream ssl, true) => Calls.Blocking(() => ssl.AuthenticateAsClient(options)),
                (S2nStream s2n, false) => s2n.AuthenticateAsClientAsync(options),
                _ => Calls.Blocking(() => ((S2nStream)client).AuthenticateAsClient(options)),
            };
            await handshake.WithDeadline();
            await client.ExpectAsync("done");
            outcome.ClientsProtocol = (client as S2nStream)?.NegotiatedApplicationProtocol ?? ((SslStream)client).NegotiatedApplicationProtocol;
            Assert.Equal(outcome.Shown is not null, client.IsMutuallyAuthenticated);
        });
        if (outcome.ClientError is not null)
        {
            clientInner.Dispose();
        }

        await serving.WithDeadline();
        Assert.False(outcome.ClientError is Xunit.Sdk.XunitException or TimeoutException, $"{outcome.ClientError}");
        return outcome;
    }

    private static SslServerAuthenticationOptions ServerOptions(SslProtocols protocol, bool asks, bool sendsIssuers)
    {
        SslCertificateTrust? trust = sendsIssuers
            ? SslCertificateTrust.CreateForX509Collection([.. s_authorities], sendTrustInHandshake: true)
            : null;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(TestAuthority.Localhost, null, offline: true, trust),
            EnabledSslProtocols = protocol,
            AllowTlsResume = false,
            ClientCertificateRequired = asks,
            RemoteCertificateValidationCallback = (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch), // any, and none
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
    }

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return new CertificateRequest(name, key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private sealed record Outcome(AuthenticatedStream Client)
    {
        internal List<string> Calls { get; } = [];

        internal List<object> Senders { get; } = [];

        internal int Validations { get; set; }

        internal byte[]? Shown { get; set; }

        internal SslApplicationProtocol ServersProtocol { get; set; }

        internal SslApplicationProtocol ClientsProtocol { get; set; }

        internal Exception? ClientError { get; set; }

        internal Exception? ServerError { get; set; }
    }
}
