using System.Net.Security;
using System.Security.Authentication;
using Org.BouncyCastle.Tls;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.Behaviours.Options;

/// <summary>Warning alerts of TLS 1.2 (RFC 5246 §7.2), which a client goes on after, with SslStream's options. A context is strict unless it is told otherwise.</summary>
public class ReceivingWarnings
{
    private const byte UnrecognizedName = (byte)TlsAlert.UnrecognizedName;

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    [Needs("openssl")]
    public async Task A_client_goes_on_after_the_warning_of_openssl_s_server_that_it_does_not_know_the_name(Kind kind)
    {
        await WithServerAsync(async stream =>
        {
            TlsEnd client = StreamKind.Of(kind).Create(stream, false, null, null, EncryptionPolicy.RequireEncryption);
            await client.AuthenticateAsync(Talk.ClientOptions()).WithDeadline();
            Assert.Equal(SslProtocols.Tls12, client.SslProtocol);
            await client.Stream.DisposeAsync();
        });
    }

    [Theory, InlineData(false), InlineData(true)]
    [Needs("openssl")]
    public async Task A_context_is_strict_unless_it_is_told_to_ignore_warnings(bool ignores)
    {
        using S2nContext context = TestContexts.MakeClient(options => options.IgnoreWarningAlerts = ignores);
        await WithServerAsync(async stream =>
        {
            await using var client = new S2nStream(stream);
            Exception? error = await Record.ExceptionAsync(() => client.AuthenticateAsClientAsync(context, "localhost").WithDeadline());
            Assert.Equal(ignores ? null : TlsAlert.UnrecognizedName, (error?.InnerException as S2nException)?.Alert);
            Assert.Equal(ignores, error is null);
        });
    }

    /// <summary>What else may look at the server's first flight before s2n does.</summary>
    [Theory, MemberData(nameof(Watched))]
    public async Task It_does_not_matter_who_else_looks_at_the_flight_or_how_it_is_cut(Kind kind, bool selects, bool validates, bool drips)
    {
        int selections = 0;
        Exception? error = await ConnectAsync(kind, [UnrecognizedName], drips, options =>
        {
            options.LocalCertificateSelectionCallback = selects ? Select : null;
            options.RemoteCertificateValidationCallback = validates ? (_, _, _, errors) => errors == SslPolicyErrors.None : null;
        });
        Assert.Null(error);
        Assert.Equal(selects ? 2 : 0, selections);

        System.Security.Cryptography.X509Certificates.X509Certificate Select(
            object sender, string host, System.Security.Cryptography.X509Certificates.X509CertificateCollection own,
            System.Security.Cryptography.X509Certificates.X509Certificate? remote, string[] issuers)
        {
            selections++;
            return null!;
        }
    }

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    public async Task Four_warnings_are_ignored_and_more_by_s2n_only(Kind kind)
    {
        Assert.Null(await ConnectAsync(kind, [.. Enumerable.Repeat(UnrecognizedName, 4)]));
        Exception? error = await ConnectAsync(kind, [.. Enumerable.Repeat(UnrecognizedName, 5)]);
        Differences.ManyWarnings.Differs(kind, ssl: () => Assert.IsType<AuthenticationException>(error), s2n: () => Assert.Null(error));
    }

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    public async Task That_renegotiation_is_refused_ends_the_handshake_with_SslStream_only(Kind kind)
    {
        Exception? error = await ConnectAsync(kind, [(byte)TlsAlert.NoRenegotiation]);
        Differences.NoRenegotiationAsWarning.Differs(kind, ssl: () => Assert.IsType<AuthenticationException>(error), s2n: () => Assert.Null(error));
    }

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    public async Task Other_warnings_are_ignored_as_well(Kind kind)
    {
        Assert.Null(await ConnectAsync(kind, [(byte)TlsAlert.UserCanceled, (byte)TlsAlert.HandshakeFailure, 200]));
    }

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    public async Task A_fatal_alert_is_the_end_before_the_hello_too(Kind kind) =>
        Assert.IsType<AuthenticationException>(await ConnectAsync(kind, [UnrecognizedName], level: 2));

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    public async Task A_close_notify_is_the_end_before_the_hello_too(Kind kind) =>
        Assert.NotNull(await ConnectAsync(kind, [(byte)TlsAlert.CloseNotify]));

    [Theory, InlineData(Kind.SslStream), InlineData(Kind.S2nStream)]
    public async Task User_canceled_as_a_warning_and_then_close_notify_is_the_end_of_the_data(Kind kind)
    {
        (Stream own, Stream peer) = DuplexPipe.CreateStreams();
        TlsEnd client = StreamKind.Of(kind).Create(own, false, null, null, EncryptionPolicy.RequireEncryption);
        Task<BouncyCastleServer> accepting = BouncyCastleServer.AcceptAsync(peer, TestAuthority.Localhost);
        await client.AuthenticateAsync(Talk.ClientOptions()).WithDeadline();
        BouncyCastleServer server = await accepting.WithDeadline();
        await Deadline.Run(() =>
        {
            server.Stream.Write("last words"u8);
            server.Warn(AlertDescription.user_canceled);
        });
        Task closing = Deadline.Run(server.Close);
        byte[] words = new byte[10];
        await client.Stream.ReadExactlyAsync(words).WithDeadline();
        Assert.Equal("last words"u8.ToArray(), words);
        Assert.Equal(0, await client.Stream.ReadAsync(words).WithDeadline());
        await client.Stream.DisposeAsync();
        await closing.WithDeadline();
    }

    public static TheoryData<Kind, bool, bool, bool> Watched()
    {
        var all = new TheoryData<Kind, bool, bool, bool>();
        foreach (Kind kind in Enum.GetValues<Kind>())
        {
            for (int i = 0; i < 8; i++)
            {
                all.Add(kind, (i & 1) != 0, (i & 2) != 0, (i & 4) != 0);
            }
        }

        return all;
    }

    /// <summary>Connects to a server of TLS 1.2 that says alerts before its hello.</summary>
    private static async Task<Exception?> ConnectAsync(
        Kind kind, byte[] alerts, bool drips = false, Action<SslClientAuthenticationOptions>? configure = null, byte level = 1)
    {
        (Stream own, Stream peer) = DuplexPipe.CreateStreams();
        TlsEnd client = StreamKind.Of(kind).Create(drips ? new DrippingStream(own) : own, false, null, null, EncryptionPolicy.RequireEncryption);
        await using var server = new SslStream(new SayingFirst(peer, [.. alerts.SelectMany(alert => (byte[])[21, 3, 3, 0, 2, level, alert])]));
        Task serving = server.AuthenticateAsServerAsync(Talk.ServerOptions(SslProtocols.Tls12, options =>
        {
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = static (_, _, _, errors) => errors >= SslPolicyErrors.None;
        }));
        Exception? error = await Record.ExceptionAsync(() => client.AuthenticateAsync(Talk.ClientOptions(configure)).WithDeadline());
        if (error is null)
        {
            await serving.WithDeadline();
        }

        await client.Stream.DisposeAsync();
        await own.DisposeAsync();
        await Record.ExceptionAsync(() => serving.WithDeadline());
        return error;
    }

    /// <summary>A server that has a certificate for another name, and says so to whoever asks for this one.</summary>
    private static async Task WithServerAsync(Func<Stream, Task> talk)
    {
        var directory = new TempDirectory(); // the program's
        PemFiles.Write(directory, TestAuthority.Localhost);
        await using PeerProgram program = PeerProgram.Start(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-tls1_2", "-cert", PemFiles.Certificate, "-key", PemFiles.Key,
                "-servername", "other.test", "-cert2", PemFiles.Certificate, "-key2", PemFiles.Key,
            ],
            directory);
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(System.Net.IPAddress.Loopback, await ListeningPort.OfAsync(program)).WithDeadline();
        await program.ExplainAsync(() => talk(tcp.GetStream()));
    }

    /// <summary>Says something before all else.</summary>
    private sealed class SayingFirst(Stream inner, byte[] first) : WrappedStream(inner)
    {
        private bool _hasSaid;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_hasSaid)
            {
                _hasSaid = true;
                await base.WriteAsync(first, cancellationToken);
            }

            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
