// A client and a server in one process talk lines of text, through TLS, over TCP.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Examples;
using S2nTls;

// Certificates: a root made on the spot, and one for localhost that it has issued.
using var authority = new SelfMadeAuthority("Quickstart root");
using X509Certificate2 localhost = authority.IssueForLocalhost();
using S2nCertificate certificate = S2nCertificate.FromX509(localhost);

// Configuration, made once and shared by all connections.
var protocol = new SslApplicationProtocol("shout/1");
using S2nContext serverContext = S2nContext.CreateServer(new S2nServerOptions
{
    Certificates = { certificate },
    ApplicationProtocols = { protocol },
});
using S2nContext clientContext = S2nContext.CreateClient(new S2nClientOptions
{
    TrustedRoots = [authority.Root], // left out, the system's roots are trusted
    ApplicationProtocols = { protocol },
});

// The server.
using var listener = new TcpListener(IPAddress.Loopback, port: 0);
listener.Start();
Task server = ShoutingServer.ServeOneClientAsync(listener, serverContext);

// The client connects.
using var tcp = new TcpClient();
await tcp.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
await using var tls = new S2nStream(tcp.GetStream());
await tls.AuthenticateAsClientAsync(clientContext, "localhost");
Console.WriteLine($"Connected: {tls.SslProtocol}, {tls.NegotiatedCipherSuite}, key exchange {tls.KeyExchangeGroup}, ALPN {tls.NegotiatedApplicationProtocol}");
Console.WriteLine();

// It reads the first bytes of the server's greeting. The rest is decrypted with them, and ready.
byte[] start = new byte[5];
await tls.ReadExactlyAsync(start);
Console.WriteLine($"""The client reads "{Encoding.UTF8.GetString(start)}". DataAvailable: {tls.DataAvailable}, {tls.Available} more bytes can be read without waiting.""");

var reader = new StreamReader(tls);
var writer = new StreamWriter(tls) { AutoFlush = true };
string? rest = await reader.ReadLineAsync();
Console.WriteLine($"""The client reads "{rest}". DataAvailable: {tls.DataAvailable}, the next read will wait.""");
Console.WriteLine();

// It says some lines and hears the answers.
string[] lines = ["to be", "or not to be", "that is the question"];
List<string?> answers = [Encoding.UTF8.GetString(start) + rest];
foreach (string line in lines)
{
    await writer.WriteLineAsync(line);
    answers.Add(await reader.ReadLineAsync());
    Console.WriteLine($"client: {line}");
    Console.WriteLine($"server: {answers[^1]}");
}

// Half-close: the client has said its last, and goes on reading.
await tls.ShutdownWriteAsync();
Console.WriteLine("client: (closes its side)");
while (await reader.ReadLineAsync() is { } answer) // null: the server has closed its side too
{
    answers.Add(answer);
    Console.WriteLine($"server: {answer}");
}

Console.WriteLine("server: (closes its side)");
Console.WriteLine();
await server;

string?[] expected = [ShoutingServer.Greeting, .. lines.Select(line => line.ToUpperInvariant()), ShoutingServer.Farewell(lines.Length)];
if (!answers.SequenceEqual(expected))
{
    Console.WriteLine($"Expected: {string.Join(" | ", expected)}");
    Console.WriteLine($"Received: {string.Join(" | ", answers)}");
    return 1;
}

Console.WriteLine("Every line came back as expected.");
return 0;
