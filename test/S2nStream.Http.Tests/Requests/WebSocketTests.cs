using System.Net.WebSockets;
using System.Security.Cryptography;

namespace S2nTls.Http.Tests.Requests;

public class WebSocketTests
{
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
