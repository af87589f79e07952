using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using S2nTls.Context;

namespace S2nTls.Reliability.Fuzzing;

/// <summary>Makes a corpus by listening to implementations that are on this machine: SslStream, OpenSSL, GnuTLS, curl, this library.</summary>
internal static class CorpusCapture
{
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(300);

    internal static async Task<Corpus> CaptureAsync()
    {
        var clients = new List<byte[]>();
        var servers = new List<byte[]>();
        foreach (SslProtocols protocol in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            string version = protocol == SslProtocols.Tls12 ? "1.2" : "1.3";
            clients.Add(await ClientAsync(port => SslStreamClientAsync(port, protocol)));
            clients.Add(await ClientAsync(port => ProgramAsync("openssl", "s_client", "-connect", $"127.0.0.1:{port}", $"-tls{version.Replace('.', '_')}", "-servername", "localhost", "-alpn", "h2,http/1.1", "-status")));
            clients.Add(await ClientAsync(port => ProgramAsync("gnutls-cli", "--port", $"{port}", "--priority", $"NORMAL:-VERS-ALL:+VERS-TLS{version}", "--alpn", "h2", "127.0.0.1")));
            clients.Add(await ClientAsync(port => ProgramAsync("curl", "-s", "--max-time", "2", version == "1.2" ? "--tls-max" : "--tlsv1.3", version == "1.2" ? "1.2" : "--http2", $"https://localhost:{port}/")));
            clients.Add(await ClientAsync(port => OwnClientAsync(port, protocol)));
            servers.Add(await ServerAsync(protocol, "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", PemFiles.Certificate, "-key", PemFiles.Key, "-Verify", "1", "-quiet"));
            servers.Add(await ServerAsync(protocol, "gnutls-serv", "--port", "0", "--x509certfile", PemFiles.Certificate, "--x509keyfile", PemFiles.Key, "--echo"));
            servers.Add(await SslStreamServerAsync(protocol));
        }

        return new Corpus(clients, servers);
    }

    /// <summary>What a client says first to a server that says nothing.</summary>
    private static async Task<byte[]> ClientAsync(Func<int, Task> connectAsync)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task client = connectAsync(((IPEndPoint)listener.LocalEndpoint).Port);
        byte[] flight;
        using (TcpClient accepted = await listener.AcceptTcpClientAsync().WithDeadline())
        {
            flight = await ReadFlightAsync(accepted.GetStream());
        }

        await client.WithDeadline();
        return flight.Length > 0 ? flight : throw new InvalidOperationException("A client said nothing.");
    }

    private static async Task<byte[]> ServerAsync(SslProtocols protocol, string program, params string[] arguments)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        await using PeerProgram server = PeerProgram.Start(program, arguments, directory);
        using var tcp = new TcpClient("127.0.0.1", await ListeningPort.OfAsync(server));
        return await AnswerAsync(tcp.GetStream(), protocol);
    }

    private static async Task<byte[]> SslStreamServerAsync(SslProtocols protocol)
    {
        (Stream client, Stream inner) = await TcpPair.ConnectAsync();
        await using var server = new SslStream(inner);
        Task handshake = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = TestAuthority.Localhost, ClientCertificateRequired = true });
        byte[] flight = await AnswerAsync(client, protocol);
        await client.DisposeAsync();
        await IgnoreAsync(handshake);
        return flight;
    }

    /// <summary>What a server says to this library's first flight.</summary>
    private static async Task<byte[]> AnswerAsync(Stream stream, SslProtocols protocol)
    {
        using var client = new EngineSide(new HandshakePlan(TestContexts.ClientFor(protocol)) { TargetHost = "localhost" });
        client.Advance();
        await stream.WriteAsync(client.TakeOutbound());
        return await ReadFlightAsync(stream);
    }

    private static async Task<byte[]> ReadFlightAsync(Stream stream)
    {
        var flight = new List<byte>();
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            using var silence = new CancellationTokenSource(flight.Count == 0 ? TimeSpan.FromSeconds(10) : s_silence);
            try
            {
                int count = await stream.ReadAsync(buffer, silence.Token);
                if (count == 0)
                {
                    return [.. flight];
                }

                flight.AddRange(buffer.AsSpan(0, count));
            }
            catch (OperationCanceledException)
            {
                return [.. flight];
            }
        }
    }

    private static async Task SslStreamClientAsync(int port, SslProtocols protocol)
    {
        using var tcp = new TcpClient("127.0.0.1", port);
        await using var client = new SslStream(tcp.GetStream());
        await IgnoreAsync(client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocol,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        }));
    }

    private static async Task OwnClientAsync(int port, SslProtocols protocol)
    {
        using var tcp = new TcpClient("127.0.0.1", port);
        await using var client = new S2nStream(tcp.GetStream());
        await IgnoreAsync(client.AuthenticateAsClientAsync(TestContexts.ClientFor(protocol), "localhost"));
    }

    private static async Task ProgramAsync(string program, params string[] arguments)
    {
        await using PeerProgram client = PeerProgram.Start(program, arguments, new TempDirectory());
        client.Input.Close();
        await client.ExitCodeAsync();
    }

    /// <summary>The other side says nothing, and then closes.</summary>
    private static async Task IgnoreAsync(Task handshake)
    {
        try
        {
            await handshake;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
        }
    }
}
