using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls;

namespace Examples;

/// <summary>Conversations over TCP between a client and a server in this process.</summary>
internal sealed class Conversations : IDisposable
{
    private readonly SelfMadeAuthority _authority = new("Observability root");
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly S2nContext _server;
    private readonly S2nContext _client;
    private readonly S2nContext _stranger;

    public Conversations()
    {
        _listener.Start();
        using X509Certificate2 localhost = _authority.IssueForLocalhost();
        using S2nCertificate certificate = S2nCertificate.FromX509(localhost);
        _server = S2nContext.CreateServer(new S2nServerOptions { Certificates = { certificate } });
        _client = S2nContext.CreateClient(new S2nClientOptions { TrustedRoots = [_authority.Root] });
        _stranger = S2nContext.CreateClient(new S2nClientOptions()); // trusts the system's roots only
    }

    /// <summary>The server sends a word. From the second time on, the session is resumed.</summary>
    public Task SucceedAsync() => TalkAsync(_client);

    /// <summary>The client does not trust the server.</summary>
    public async Task FailAsync()
    {
        try
        {
            await TalkAsync(_stranger);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // Reported to whoever listens: there is nothing to do about it here.
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _server.Dispose();
        _client.Dispose();
        _stranger.Dispose();
        _authority.Dispose();
    }

    private Task TalkAsync(S2nContext clientContext) => Task.WhenAll(ServeAsync(), ListenAsync(clientContext));

    private async Task ListenAsync(S2nContext context)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync((IPEndPoint)_listener.LocalEndpoint);
        await using var tls = new S2nStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(context, "localhost");
        using var reader = new StreamReader(tls);
        await reader.ReadToEndAsync();
    }

    private async Task ServeAsync()
    {
        await using var tls = new S2nStream((await _listener.AcceptTcpClientAsync()).GetStream());
        await tls.AuthenticateAsServerAsync(_server);
        await tls.WriteAsync("hello"u8.ToArray());
    }
}
