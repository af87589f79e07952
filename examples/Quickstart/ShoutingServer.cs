using System.Net.Sockets;
using S2nTls;

namespace Examples;

/// <summary>Sends every line back in capitals, and counts them for whoever has said the last.</summary>
internal static class ShoutingServer
{
    public const string Greeting = "Hello, say something";

    public static string Farewell(int lines) => $"THAT WAS {lines} LINES";

    public static async Task ServeOneClientAsync(TcpListener listener, S2nContext context)
    {
        TcpClient tcp = await listener.AcceptTcpClientAsync();
        await using var tls = new S2nStream(tcp.GetStream()); // disposing it closes the connection too
        await tls.AuthenticateAsServerAsync(context);

        var reader = new StreamReader(tls);
        var writer = new StreamWriter(tls) { AutoFlush = true };
        await writer.WriteLineAsync(Greeting);

        int lines = 0;
        while (await reader.ReadLineAsync() is { } line) // null: the client has closed its side
        {
            lines++;
            await writer.WriteLineAsync(line.ToUpperInvariant());
        }

        await writer.WriteLineAsync(Farewell(lines));
    }
}
