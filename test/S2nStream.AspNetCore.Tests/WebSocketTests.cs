using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace S2nTls.AspNetCore.Tests;

/// <summary>WebSockets, over an upgraded connection of HTTP/1.1 and over a stream of HTTP/2 (RFC 8441).</summary>
public class WebSocketTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Messages_go_to_and_fro(string version)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            application =>
            {
                application.UseWebSockets();
                application.Run(EchoAsync);
            });
        using HttpClient http = Clients.Http();
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = new Version(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "wss" }.Uri, http, CancellationToken.None).WithDeadline();

        byte[] message = new byte[100_000];
        byte[] echo = new byte[message.Length];
        for (int i = 0; i < 20; i++)
        {
            Random.Shared.NextBytes(message);
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None).WithDeadline();
            int count = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(echo.AsMemory(count), CancellationToken.None).AsTask().WithDeadline();
                count += part.Count;
            }
            while (!part.EndOfMessage);

            Assert.Equal(message, echo.AsSpan(0, count).ToArray());
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "enough", CancellationToken.None).WithDeadline();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] buffer = new byte[8192];
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, CancellationToken.None);
        }
    }
}
