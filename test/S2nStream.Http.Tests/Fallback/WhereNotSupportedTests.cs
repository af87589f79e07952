using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace S2nTls.Http.Tests.Fallback;

/// <summary>Clients in processes that cannot load libs2n: with <see cref="S2nHttpHandler.UseSslStreamIfNotSupported"/>, and without.</summary>
public class WhereNotSupportedTests
{
    private const string Warning =
        "Warning S2nTls.S2nHttpHandler 1 UsesSslStreamInstead: S2nHttpHandler does not use s2n-tls, which is not supported here, but SslStream. Settings without effect: ";

    [Theory]
    [InlineData(UnusableLibrary.Missing, "fallback", "none")]
    [InlineData(UnusableLibrary.NotALibrary, "fallback connected", "Connected")]
    [InlineData(UnusableLibrary.WithoutFunctions, "fallback factory", "none")]
    public async Task SslStream_makes_the_connections_and_the_log_says_so_once(UnusableLibrary library, string settings, string lost)
    {
        await using WebServer server = await WebServer.StartAsync();
        Assert.Equal(
            [$"{Warning}{lost}. (DllNotFoundException)", "GET over HTTP/2", "GET over HTTP/2"], await GetAsync(server, settings, library));
    }

    [Theory]
    [InlineData("")]
    [InlineData("factory")]
    public async Task Without_the_option_a_request_fails_and_says_that_the_library_is_missing(string settings)
    {
        await using WebServer server = await WebServer.StartAsync();
        string[] said = await GetAsync(server, settings);
        Assert.Equal(2, said.Length);
        Assert.StartsWith("Failed: HttpRequestException: The TLS connection could not be established: ", said[0], StringComparison.Ordinal);
        Assert.StartsWith("Failed: DllNotFoundException: The native library libs2n (s2n-tls) could not be loaded.", said[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fallback anyone")] // the system's roots
    [InlineData("fallback")]
    public async Task A_server_that_is_not_trusted_is_refused_by_SslStream_as_by_s2n(string settings)
    {
        await using WebServer server = await WebServer.StartAsync(https => https.ServerCertificate = new TestAuthority("another").Issue());
        foreach (UnusableLibrary? library in new UnusableLibrary?[] { null, UnusableLibrary.Missing })
        {
            string[] said = await GetAsync(server, settings, library);
            Assert.StartsWith("Failed: AuthenticationException: ", said.First(static line => !line.Contains("HttpRequestException", StringComparison.Ordinal) && line[0] == 'F'), StringComparison.Ordinal);
            Assert.DoesNotContain("GET over HTTP/2", said);
        }
    }

    [Fact]
    public async Task An_SslStream_to_connect_with_is_refused_because_it_would_pass_for_the_origins()
    {
        await using WebServer server = await WebServer.StartAsync();
        string[] said = await GetAsync(server, "fallback tls");
        Assert.Contains(
            said, static line => line.StartsWith("Failed: NotSupportedException: ConnectCallback has given an SslStream.", StringComparison.Ordinal));
        Assert.DoesNotContain("GET over HTTP/2", said);
    }

    [Theory]
    [InlineData("fallback connected")]
    [InlineData("fallback connected factory")]
    public async Task Where_the_library_can_be_used_the_option_changes_nothing_and_nothing_is_logged(string settings)
    {
        await using WebServer server = await WebServer.StartAsync();
        Assert.Equal(["Connected by s2n", "GET over HTTP/2", "GET over HTTP/2"], await GetAsync(server, settings, library: null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(UnusableLibrary.Missing)]
    public async Task It_does_not_go_unnoticed_without_a_log_everywhere(UnusableLibrary? library)
    {
        await using WebServer server = await WebServer.StartAsync();
        Assert.StartsWith(
            "Failed: InvalidOperationException: UseSslStreamIfNotSupported needs a LoggerFactory", Assert.Single(await GetAsync(server, "fallback silent", library)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_leaves_no_way_back_to_SslStream()
    {
        using var handler = new S2nHttpHandler(Clients.Context) { UseSslStreamIfNotSupported = false };
        Assert.Contains("S2nContext", Assert.Throws<InvalidOperationException>(() => handler.UseSslStreamIfNotSupported = true).Message, StringComparison.Ordinal);
        var services = new ServiceCollection();
        services.AddHttpClient("one").UseS2n(Clients.Context, static (its, _) => its.UseSslStreamIfNotSupported = true);
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("one"));
    }

    [Fact]
    public async Task The_option_and_the_log_can_be_set_until_the_first_request()
    {
        await using WebServer server = await WebServer.StartAsync();
        using var handler = new S2nHttpHandler { SslOptions = Clients.SslOptions(), UseProxy = false, UseSslStreamIfNotSupported = true, LoggerFactory = NullLoggerFactory.Instance };
        using HttpClient client = Clients.Over(handler);
        Assert.Equal("GET over HTTP/2", await client.GetAsync(server.Url, "", new Version(2, 0)));
        Assert.Throws<InvalidOperationException>(() => handler.UseSslStreamIfNotSupported = false);
        Assert.Throws<InvalidOperationException>(() => handler.LoggerFactory = null);
    }

    [Fact]
    public void A_client_of_the_factory_logs_where_the_application_does()
    {
        var services = new ServiceCollection();
        ILoggerFactory? given = null;
        services.AddHttpClient("one").UseS2n((handler, _) => given = handler.LoggerFactory);
        using ServiceProvider provider = services.BuildServiceProvider();
        using HttpMessageHandler made = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("one");
        Assert.Same(provider.GetRequiredService<ILoggerFactory>(), given);
    }

    private static async Task<string[]> GetAsync(WebServer server, string settings, UnusableLibrary? library = UnusableLibrary.Missing)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        return await ElsewhereProgram.RunAsync(
            library?.In(directory), directory, ["get", server.Url.ToString(), .. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
    }
}
