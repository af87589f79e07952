using System.Security.Authentication;

namespace S2nTls.Http.Tests.Connections;

/// <summary>A server of TLS 1.2 that warns, by <c>unrecognized_name</c>, and goes on (RFC 6066 §3).</summary>
[Needs("openssl")]
public class WarningAlertTests
{
    [Fact]
    public async Task With_SslStreams_options_it_is_served_as_SocketsHttpHandler_serves_it()
    {
        await using PeerProgram server = Start();
        var url = new Uri($"https://localhost:{await ListeningPort.OfAsync(server)}/");
        using HttpClient ours = Clients.Over(new S2nHttpHandler { UseProxy = false, SslOptions = Clients.SslOptions() });
        using HttpClient theirs = Clients.Over(new SocketsHttpHandler { UseProxy = false, SslOptions = Clients.SslOptions() });
        foreach (HttpClient client in (HttpClient[])[ours, theirs])
        {
            Assert.Contains("TLSv1.2", await client.GetStringAsync(url).WithDeadline(), StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task With_a_context_it_is_the_contexts_choice(bool ignores)
    {
        using S2nContext context = TestContexts.MakeClient(options => options.IgnoreWarningAlerts = ignores);
        await using PeerProgram server = Start();
        var url = new Uri($"https://localhost:{await ListeningPort.OfAsync(server)}/");
        using HttpClient client = Clients.Create(context: context);
        Exception? error = await Record.ExceptionAsync(() => client.GetStringAsync(url).WithDeadline());
        Assert.Equal(ignores ? null : TlsAlert.UnrecognizedName, ((error?.InnerException as AuthenticationException)?.InnerException as S2nException)?.Alert);
        Assert.Equal(ignores, error is null);
    }

    /// <summary>It knows another name than the one that is asked for.</summary>
    private static PeerProgram Start()
    {
        var directory = new TempDirectory(); // the program's
        PemFiles.Write(directory, TestAuthority.Localhost);
        return PeerProgram.Start(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:0", "-tls1_2", "-www", "-cert", PemFiles.Certificate, "-key", PemFiles.Key,
                "-servername", "other.test", "-cert2", PemFiles.Certificate, "-key2", PemFiles.Key,
            ],
            directory);
    }
}
