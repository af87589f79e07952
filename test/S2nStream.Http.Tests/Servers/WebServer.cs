using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace S2nTls.Http.Tests.Servers;

/// <summary>Kestrel as it comes, over SslStream.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    /// <summary>The path at which a response is begun and the connection then aborted.</summary>
    public const string Abort = "/abort";

    private readonly WebApplication _application;

    private WebServer(WebApplication application, Uri url)
    {
        _application = application;
        Url = url;
    }

    /// <summary>Its address, with <c>localhost</c> for a host.</summary>
    public Uri Url { get; }

    public int Port => Url.Port;

    public static async Task<WebServer> StartAsync(
        Action<HttpsConnectionAdapterOptions>? configure = null,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2,
        bool isSecure = true,
        IPAddress? address = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(address ?? IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = protocols;
                if (isSecure)
                {
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = TestAuthority.Localhost;
                        configure?.Invoke(https);
                    });
                }
            });
        });
        WebApplication application = builder.Build();
        application.UseWebSockets();
        Map(application);
        await application.StartAsync().WithDeadline();
        var bound = new Uri(application.Urls.Single());
        return new WebServer(application, new UriBuilder(bound.Scheme, address is null ? "localhost" : bound.Host, bound.Port).Uri);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _application.StopAsync(atOnce.Token).WithDeadline();
        await _application.DisposeAsync();
    }

    private static void Map(WebApplication application)
    {
        application.Map("/", context => context.Response.WriteAsync($"{context.Request.Method} over {context.Request.Protocol}"));
        application.Map("/connection", context => context.Response.WriteAsync(context.Connection.Id));
        application.Map("/certificate", async context =>
            await context.Response.WriteAsync((await context.Connection.GetClientCertificateAsync())?.Subject ?? "none"));
        application.Map("/echo", context => context.Request.Body.CopyToAsync(context.Response.Body));
        application.Map("/digest", async context => await context.Response.WriteAsync($"{await Digest.ReadAsync(context.Request.Body)}"));
        application.Map("/data/{length}/{seed}", async (HttpContext context, long length, ulong seed) => { await new RandomData(length, seed).WriteToAsync(context.Response.Body); });
        application.Map("/redirect", (HttpContext context, string to) => context.Response.Redirect(to));
        application.Map("/cookie", (HttpContext context) =>
        {
            string seen = context.Request.Cookies["crumb"] ?? "none";
            context.Response.Cookies.Append("crumb", "kept");
            return context.Response.WriteAsync(seen);
        });
        application.Map("/never", context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        application.Map("/user-agent", context => context.Response.WriteAsync(context.Request.Headers.UserAgent.ToString()));
        application.Map("/hint-of-3", context =>
        {
            context.Response.Headers.AltSvc = $"h3=\":{context.Connection.LocalPort}\"";
            return context.Response.WriteAsync(context.Request.Protocol);
        });
        application.Map(Abort, async context =>
        {
            context.Response.ContentLength = 1_000_000;
            await context.Response.Body.WriteAsync(new byte[1000]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        application.Map("/ws", EchoMessagesAsync);
    }

    private static async Task EchoMessagesAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
        {
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
    }
}
