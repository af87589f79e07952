using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace S2nTls.Http.Tests.Surface;

public class FactoryTests
{
    [Fact]
    public async Task A_client_of_the_factory_is_put_on_s2n_in_one_call()
    {
        await using WebServer server = await WebServer.StartAsync();
        int handshakes = 0;
        var services = new ServiceCollection();
        services.AddHttpClient("ours", client => client.BaseAddress = server.Url).UseS2n((handler, _) =>
        {
            handler.SslOptions = Clients.SslOptions();
            handler.Connected = (_, _) => Interlocked.Increment(ref handshakes);
        });
        await using ServiceProvider provider = services.BuildServiceProvider();
        using HttpClient client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("ours");
        Assert.StartsWith("GET", await client.GetStringAsync(new Uri("/", UriKind.Relative)).WithDeadline(), StringComparison.Ordinal);
        Assert.Equal(1, handshakes);
    }

    [Fact]
    public async Task A_typed_client_may_share_a_context_that_lives_longer_than_its_handlers()
    {
        await using WebServer server = await WebServer.StartAsync();
        using S2nContext context = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        var resumed = new List<bool>();
        for (int i = 0; i < 2; i++)
        {
            var services = new ServiceCollection();
            services.AddHttpClient<Typed>().UseS2n(context, (handler, _) => handler.Connected = (_, stream) => resumed.Add(stream.IsSessionResumed));
            await using ServiceProvider provider = services.BuildServiceProvider();
            await provider.GetRequiredService<Typed>().Client.GetAsync(server.Url, "/", HttpVersion.Version20);
        }

        Assert.Equal([false, true], resumed);
    }

    internal sealed class Typed(HttpClient client)
    {
        public HttpClient Client { get; } = client;
    }
}
