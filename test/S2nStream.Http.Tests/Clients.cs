using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;

namespace S2nTls.Http.Tests;

/// <summary>Handlers that trust <see cref="TestAuthority.Default"/>, and clients over them.</summary>
internal static class Clients
{
    /// <summary>Shared: so is what it has parsed. It resumes nothing.</summary>
    public static S2nContext Context => TestContexts.Client;

    public static SslClientAuthenticationOptions SslOptions() => new() { CertificateChainPolicy = TestAuthority.Default.ChainPolicy };

    public static S2nHttpHandler Handler(Action<S2nHttpHandler>? configure = null, S2nContext? context = null)
    {
        var handler = new S2nHttpHandler(context ?? Context) { UseProxy = false };
        configure?.Invoke(handler);
        return handler;
    }

    public static HttpClient Create(Action<S2nHttpHandler>? configure = null, S2nContext? context = null) => Over(Handler(configure, context));

    public static HttpClient Over(HttpMessageHandler handler) => new(handler) { Timeout = Deadline.Default };

    /// <summary>Has a handler note each stream that it connects.</summary>
    public static ConcurrentQueue<S2nStream> NoteStreams(this S2nHttpHandler handler)
    {
        var streams = new ConcurrentQueue<S2nStream>();
        handler.Connected = (_, stream) => streams.Enqueue(stream);
        return streams;
    }

    public static HttpRequestMessage Get(Uri server, string path, Version version, HttpVersionPolicy policy = HttpVersionPolicy.RequestVersionExact) =>
        new(HttpMethod.Get, new Uri(server, path)) { Version = version, VersionPolicy = policy };

    public static async Task<string> GetAsync(this HttpClient client, Uri server, string path, Version version, HttpVersionPolicy policy = HttpVersionPolicy.RequestVersionExact)
    {
        using HttpRequestMessage request = Get(server, path, version, policy);
        using HttpResponseMessage response = await client.SendAsync(request).WithDeadline();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync().WithDeadline();
    }
}
