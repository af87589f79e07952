using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace S2nTls.AspNetCore.Tests;

/// <summary>What an application can ask of a connection.</summary>
public class FeatureTests
{
    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task The_features_agree_with_what_the_client_sees(SslProtocols protocol)
    {
        ITlsHandshakeFeature? handshake = null;
        SslProtocols? seen = null;
        TlsCipherSuite? suite = null;
        string? host = null;
        TlsNamedGroup? seenGroup = null;
        bool resumed = true;
        S2nHandshakeTypes types = default;
        await using WebHostUnderTest server = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            application => application.Run(context =>
            {
                handshake = context.Features.Get<ITlsHandshakeFeature>();
                seen = handshake?.Protocol;
                suite = handshake?.NegotiatedCipherSuite;
                host = handshake?.HostName;
                IS2nConnectionFeature s2n = context.Features.Get<IS2nConnectionFeature>()!;
                seenGroup = s2n.KeyExchangeGroup;
                resumed = s2n.IsSessionResumed;
                types = s2n.HandshakeTypes;
                Assert.True(s2n.Stream.IsAuthenticated);
                Assert.NotNull(context.Features.Get<ITlsConnectionFeature>());
                return Task.CompletedTask;
            }));

        await using SslStream client = await Clients.ConnectAsync(server.Port, protocols: protocol);
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        await new StreamReader(client).ReadToEndAsync().WithDeadline();

        Assert.Equal(protocol, seen);
        Assert.Equal(client.NegotiatedCipherSuite, suite);
        Assert.Equal("localhost", host);
        Assert.Contains(seenGroup, new TlsNamedGroup?[] { TlsNamedGroup.Secp256R1, TlsNamedGroup.X25519 });
        Assert.False(resumed);
        Assert.True(types.HasFlag(S2nHandshakeTypes.FullHandshake));
    }

    [Fact]
    public async Task A_second_connection_resumes_the_session_of_the_first()
    {
        await using WebHostUnderTest server = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            application => application.Run(context => context.Response.WriteAsync($"{context.Features.Get<IS2nConnectionFeature>()!.IsSessionResumed}")));
        using S2nContext context = TestContexts.MakeClient(options => options.AllowTlsResume = true);

        Assert.Equal("False", await AskAsync());
        Assert.Equal("True", await AskAsync());

        async Task<string> AskAsync()
        {
            var tcp = new System.Net.Sockets.TcpClient();
            await tcp.ConnectAsync(IPAddress.Loopback, server.Port).WithDeadline();
            await using var stream = new S2nStream(tcp.GetStream());
            await stream.AuthenticateAsClientAsync(context, "localhost").WithDeadline();
            await stream.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\n\r\n"));
            string answer = await new StreamReader(stream).ReadToEndAsync().WithDeadline();
            return answer[(answer.LastIndexOf('\n') + 1)..];
        }
    }

    [Fact]
    public async Task What_the_page_about_Kestrel_shows_works()
    {
        X509Certificate2 certificate = TestAuthority.Localhost;
        await using WebHostUnderTest host = await WebHostUnderTest.StartAsync(
            builder => builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseS2n(certificate, https =>
                {
                    https.Tls.SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum;
                    https.Tls.ClientCertificateMode = S2nClientCertificateMode.Optional;
                }));
            }),
            app => app.MapGet("/", (HttpContext context) =>
            {
                ITlsHandshakeFeature handshake = context.Features.GetRequiredFeature<ITlsHandshakeFeature>();
                IS2nConnectionFeature s2n = context.Features.GetRequiredFeature<IS2nConnectionFeature>();
                return $"{handshake.Protocol} {handshake.NegotiatedCipherSuite} {s2n.KeyExchangeGroup} {s2n.IsSessionResumed}";
            }));
        using HttpClient client = Clients.Http();

        Assert.Matches("^Tls13 TLS_[A-Z0-9_]+ [a-zA-Z0-9]+ False$", await client.GetStringAsync(host.Address).WithDeadline());
    }
}
