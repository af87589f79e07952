using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.Http.Tests.Requests;

public class WebSocketTests
{
    [Theory]
    [InlineData(1, HttpVersionPolicy.RequestVersionOrHigher)]
    [InlineData(2, HttpVersionPolicy.RequestVersionOrLower)]
    public async Task A_server_of_http_1_1_only_is_spoken_to_in_it_where_that_is_allowed(int version, HttpVersionPolicy policy)
    {
        await using WebServer server = await WebServer.StartAsync(protocols: HttpProtocols.Http1);
        using var invoker = new HttpMessageInvoker(Clients.Handler());
        using var socket = new ClientWebSocket
        {
            Options = { HttpVersion = version == 1 ? HttpVersion.Version11 : HttpVersion.Version20, HttpVersionPolicy = policy },
        };
        await socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = Uri.UriSchemeWss, Path = "/ws" }.Uri, invoker, CancellationToken.None).WithDeadline();
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Theory]
    [MemberData(nameof(RequestTests.Versions), MemberType = typeof(RequestTests))]
    public async Task Messages_are_echoed(Version version)
    {
        await using WebServer server = await WebServer.StartAsync();
        using S2nHttpHandler handler = Clients.Handler();
        var streams = handler.NoteStreams();
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket { Options = { HttpVersion = version, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        await socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = Uri.UriSchemeWss, Path = "/ws" }.Uri, invoker, CancellationToken.None).WithDeadline();
        byte[] received = new byte[64 * 1024];
        for (int size = 1; size < 64 * 1024; size *= 5)
        {
            byte[] message = RandomNumberGenerator.GetBytes(size);
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None).WithDeadline();
            int count = 0;
            while (true)
            {
                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(received.AsMemory(count), CancellationToken.None).WithDeadline();
                count += part.Count;
                if (part.EndOfMessage)
                {
                    break;
                }
            }

            Assert.Equal(message, received[..count]);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None).WithDeadline();
        Assert.Single(streams);
    }
}
