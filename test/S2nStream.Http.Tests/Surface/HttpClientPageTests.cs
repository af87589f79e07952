using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace S2nTls.Http.Tests.Surface;

/// <summary>What docs/httpclient.md shows compiles and runs.</summary>
public class HttpClientPageTests
{
    [Fact]
    public async Task Its_handler_over_a_context_fetches_and_says_what_was_agreed_on()
    {
        await using WebServer server = await WebServer.StartAsync();
        X509Certificate2Collection roots = TestAuthority.Default.Roots;
        var said = new StringWriter();

        using S2nContext context = S2nContext.CreateClient(new S2nClientOptions
        {
            SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum,
            TrustedRoots = roots,
        });
        using var handler = new S2nHttpHandler(context)
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            Connected = (connection, tls) => said.WriteLine(
                $"{connection.DnsEndPoint.Host}: {tls.SslProtocol}, {tls.KeyExchangeGroup}, resumed: {tls.IsSessionResumed}"),
        };
        using var client = new HttpClient(handler);

        Assert.StartsWith("GET", await client.GetStringAsync(server.Url).WithDeadline(), StringComparison.Ordinal);
        Assert.Matches("^localhost: Tls13, .+, resumed: False\n$", said.ToString());
    }

    [Fact]
    public void Its_shortest_forms_make_a_client()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("shop").UseS2n();
        services.AddHttpClient("market").UseS2n(Clients.Context);
        using ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop").Dispose();
        provider.GetRequiredService<IHttpClientFactory>().CreateClient("market").Dispose();

        using var client = new HttpClient(new S2nHttpHandler());
    }

    [Fact]
    public void Its_ways_to_leave_https_to_SslStream_can_be_taken()
    {
        var services = new ServiceCollection();
        services.AddHttpClient("shop").UseS2n((handler, _) => handler.UseSslStreamIfNotSupported = true);
        using ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop").Dispose();

        ILoggerFactory loggerFactory = provider.GetRequiredService<ILoggerFactory>();
        using var handler = new S2nHttpHandler { UseSslStreamIfNotSupported = true, LoggerFactory = loggerFactory };
        Assert.True(handler.UseSslStreamIfNotSupported);
    }

    [Fact]
    public void Its_code_is_the_code_above()
    {
        string source = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "test", "S2nStream.Http.Tests", "Surface", "HttpClientPageTests.cs"));
        string[] parts = File.ReadAllText(Path.Combine(RepositoryRoot.Path, "docs", "httpclient.md")).Split("```csharp\n");
        string[] blocks = [.. parts.Skip(1).Where((_, i) => !parts[i].EndsWith("-->\n", StringComparison.Ordinal))]; // those with a name are SnippetTests' affair
        Assert.NotEmpty(blocks);
        foreach (string line in blocks.SelectMany(block => block.Split("```")[0].Split('\n')))
        {
            Assert.Contains(line.Trim().Replace("Console.WriteLine(", "said.WriteLine(", StringComparison.Ordinal), source, StringComparison.Ordinal);
        }
    }
}
