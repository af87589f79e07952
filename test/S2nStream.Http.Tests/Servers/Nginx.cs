using System.Net.Sockets;

namespace S2nTls.Http.Tests.Servers;

/// <summary>nginx with HTTP/1.1 and HTTP/2. It listens on a socket in its own directory, so that it needs no free port.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly PeerProgram _program;
    private readonly string _socket;

    private Nginx(PeerProgram program, string socket)
    {
        _program = program;
        _socket = socket;
    }

    public static async Task<Nginx> StartAsync(string settings = "")
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        await File.WriteAllTextAsync(directory.PathOf("large"), new string('x', 1_000_000));
        string socket = directory.PathOf("nginx.sock");
        await File.WriteAllTextAsync(directory.PathOf("nginx.conf"),
            $$"""
            user root;
            daemon off;
            worker_processes 1;
            pid nginx.pid;
            error_log stderr;
            events { }
            http {
                access_log off;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                server {
                    listen unix:{{socket}} ssl http2;
                    server_name localhost;
                    ssl_certificate {{PemFiles.Certificate}};
                    ssl_certificate_key {{PemFiles.Key}};
                    {{settings}}
                    location = /large { root {{directory.Path}}; }
                    location / { return 200 "$server_protocol, client $ssl_client_verify, resumed $ssl_session_reused"; }
                }
            }
            """);
        PeerProgram program = PeerProgram.Start("nginx", ["-p", directory.Path, "-c", "nginx.conf", "-e", "stderr"], directory);
        var nginx = new Nginx(program, socket);
        await program.ExplainAsync(nginx.ListeningAsync);
        return nginx;
    }

    /// <summary>What makes a handler connect to it, whatever the URL.</summary>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private async Task ListeningAsync()
    {
        using var limit = new CancellationTokenSource(Deadline.Default);
        while (true)
        {
            try
            {
                await (await ConnectAsync(limit.Token)).DisposeAsync();
                return;
            }
            catch (SocketException) when (!_program.HasExited)
            {
                await Task.Delay(10, limit.Token);
            }
        }
    }
}
