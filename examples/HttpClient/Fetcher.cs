using S2nTls;

namespace Examples;

/// <summary>Fetches URLs with an <see cref="HttpClient"/> whose connections are s2n's, and says what each connection has agreed on.</summary>
internal sealed class Fetcher(S2nContext context, Version version, Uri? proxy, bool isConnectionNew, TimeSpan timeout)
{
    public async Task RunAsync(Uri url, int count, CancellationToken stop)
    {
        using var handler = new S2nHttpHandler(context)
        {
            Connected = (connection, tls) => Console.Error.WriteLine(
                $"Connected to {connection.DnsEndPoint.Host}:{connection.DnsEndPoint.Port}: " +
                $"{Negotiated.Describe(tls, "server")}{(tls.IsSessionResumed ? "" : ", new session")}"),
        };
        if (proxy is not null)
        {
            handler.Proxy = new System.Net.WebProxy(proxy);
        }

        if (isConnectionNew)
        {
            handler.PooledConnectionLifetime = TimeSpan.Zero;
        }

        using var client = new HttpClient(handler) { Timeout = timeout };
        for (int i = 0; i < count; i++)
        {
            await FetchAsync(client, url, stop);
        }
    }

    private async Task FetchAsync(HttpClient client, Uri url, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = version };
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            Console.Error.WriteLine($"HTTP/{response.Version} {(int)response.StatusCode} {ErrorText.OneLine(response.ReasonPhrase ?? "")}");
            await using Stream output = Console.OpenStandardOutput();
            await response.Content.CopyToAsync(output, stop);
        }
        catch (HttpRequestException e) when (e.InnerException is { } cause)
        {
            throw new IOException($"{url.Host}: {ErrorText.Of(cause)}", e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException($"{url.Host} has not answered for {timeout.TotalSeconds} s.", e);
        }
    }
}
