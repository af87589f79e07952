using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace S2nTls.AspNetCore.Tests.Grpc;

/// <summary>A server and a channel to it, over the two implementations of TLS that are asked for.</summary>
internal sealed class GrpcPair : IAsyncDisposable
{
    private GrpcPair(WebHostUnderTest host, GrpcChannel channel)
    {
        Host = host;
        Channel = channel;
        Client = new Calls.CallsClient(channel);
    }

    /// <summary>Every pair in which s2n is.</summary>
    public static TheoryData<Tls, Tls> All { get; } = new() { { Tls.S2n, Tls.S2n }, { Tls.S2n, Tls.SslStream }, { Tls.SslStream, Tls.S2n } };

    public WebHostUnderTest Host { get; }

    public GrpcChannel Channel { get; }

    public Calls.CallsClient Client { get; }

    public CallsService.Witness Seen => Host.Application.Services.GetRequiredService<CallsService.Witness>();

    public static async Task<GrpcPair> StartAsync(Tls server, Tls client, int? maxMessageSize = null, Action<S2nStream>? connected = null, bool multipleConnections = false)
    {
        WebHostUnderTest host = await ListenAsync(
            listen => _ = server == Tls.S2n ? listen.UseS2n(TestAuthority.Localhost) : listen.UseHttps(TestAuthority.Localhost), maxMessageSize);
        HttpMessageHandler handler = client == Tls.S2n
            ? new S2nHttpHandler(TestContexts.Client)
            {
                UseProxy = false,
                EnableMultipleHttp2Connections = multipleConnections,
                Connected = (_, stream) => connected?.Invoke(stream),
            }
            : new SocketsHttpHandler { UseProxy = false, SslOptions = new() { CertificateChainPolicy = TestAuthority.Default.ChainPolicy } };
        return new GrpcPair(host, GrpcChannel.ForAddress(host.Address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = maxMessageSize ?? 4 * 1024 * 1024,
        }));
    }

    /// <summary>The server alone.</summary>
    public static Task<WebHostUnderTest> ListenAsync(Action<ListenOptions> configure, int? maxMessageSize = null) => WebHostUnderTest.ListenAsync(
        configure,
        application => application.MapGrpcService<CallsService>(),
        builder =>
        {
            builder.Services.AddSingleton<CallsService.Witness>();
            builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = maxMessageSize ?? options.MaxReceiveMessageSize);
        });

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Host.DisposeAsync();
    }
}
