using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Clients over SslStream that trust the tests' authority.</summary>
internal static class Clients
{
    public static HttpClient Http(Version? version = null, X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                ClientCertificates = certificate is null ? null : [certificate],
            },
            UseProxy = false,
            ConnectTimeout = Deadline.Default,
        };
        return new HttpClient(handler)
        {
            DefaultRequestVersion = version ?? HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromMinutes(1),
        };
    }

    /// <summary>A connection of which the test speaks every byte.</summary>
    public static async Task<SslStream> ConnectAsync(int port, X509Certificate2? certificate = null, string host = "localhost", SslProtocols protocols = SslProtocols.None, params SslApplicationProtocol[] alpn)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port).WithDeadline();
        var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = host,
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                ClientCertificates = certificate is null ? null : [certificate],
                ApplicationProtocols = [.. alpn],
                EnabledSslProtocols = protocols,
            }).WithDeadline();
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
