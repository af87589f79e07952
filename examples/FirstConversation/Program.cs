#region snippet first-conversation
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls;

[assembly: SupportedOSPlatform("linux")] // where s2n-tls runs: the compiler warns of no other platform

// A certificate for localhost, made on the spot.
using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
var names = new SubjectAlternativeNameBuilder();
names.AddDnsName("localhost");
request.CertificateExtensions.Add(names.Build());
DateTimeOffset now = DateTimeOffset.UtcNow;
using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(30));

// The server: it greets one client.
using var listener = new TcpListener(IPAddress.Loopback, port: 0);
listener.Start();
Task server = Task.Run(async () =>
{
    TcpClient tcp = await listener.AcceptTcpClientAsync();
    await using var tls = new S2nStream(tcp.GetStream());
    await tls.AuthenticateAsServerAsync(certificate);
    string? name = await new StreamReader(tls).ReadLineAsync();
    await tls.WriteAsync(Encoding.UTF8.GetBytes($"Hello, {name}!\n"));
});

// The client: it trusts that certificate, and nothing else.
using var context = S2nContext.CreateClient(new S2nClientOptions { TrustedRoots = [certificate] });
using var tcp = new TcpClient();
await tcp.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
await using var tls = new S2nStream(tcp.GetStream());
await tls.AuthenticateAsClientAsync(context, "localhost");
Console.WriteLine($"{tls.SslProtocol}, {tls.NegotiatedCipherSuite}, {tls.KeyExchangeGroup}");

await tls.WriteAsync("world\n"u8.ToArray());
Console.WriteLine(await new StreamReader(tls).ReadLineAsync());
await server;
#endregion
