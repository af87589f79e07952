using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace S2nTls.AspNetCore.Tests.Grpc;

/// <summary>Calls of every kind: s2n at both ends, and at one end with SslStream at the other.</summary>
public class CallTests
{
    public static TheoryData<Tls, Tls> Pairs => GrpcPair.All;

    [Theory, MemberData(nameof(Pairs))]
    public async Task All_calls_of_a_channel_share_a_connection_of_the_kind_that_was_asked_for(Tls server, Tls client)
    {
        var connected = new ConcurrentQueue<S2nStream>();
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client, connected: connected.Enqueue);
        for (int i = 0; i < 3; i++)
        {
            await pair.Client.EchoAsync(new Message()).ResponseAsync.WithDeadline();
        }

        Assert.Equal(server == Tls.S2n, Assert.Single(pair.Seen.Connections).Value);
        Assert.Equal(client == Tls.S2n ? 1 : 0, connected.Count);
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_unary_call_is_answered_with_its_trailers(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        using AsyncUnaryCall<Message> call = pair.Client.EchoAsync(
            new Message { Number = 7, Data = ByteString.CopyFromUtf8("hello") }, new Metadata { { "echo-text", "a" }, { "echo-bin", [0, 255] } });

        Assert.Equal(new Message { Number = 7, Data = ByteString.CopyFromUtf8("hello") }, await call.ResponseAsync.WithDeadline());
        Assert.Equal("a", call.GetTrailers().GetValue("echo-text"));
        Assert.Equal([0, 255], call.GetTrailers().GetValueBytes("echo-bin"));
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_server_streams(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        using AsyncServerStreamingCall<Message> call = pair.Client.Repeat(new Message { Number = 500, Data = Random(1000) });

        Assert.Equal(Enumerable.Range(0, 500), await NumbersAsync(call.ResponseStream).WithDeadline());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_client_streams(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        ByteString data = Random(300_000);
        using AsyncClientStreamingCall<Message, Message> call = pair.Client.Collect();
        for (int i = 0; i < 300; i++)
        {
            await call.RequestStream.WriteAsync(new Message { Number = i, Data = ByteString.CopyFrom(data.Span.Slice(i * 1000, 1000)) }).WithDeadline();
        }

        await call.RequestStream.CompleteAsync().WithDeadline();
        Assert.Equal(new Message { Number = 300 * 299 / 2, Data = data }, await call.ResponseAsync.WithDeadline());
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task Client_and_server_converse_and_no_message_waits_for_another(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        using AsyncDuplexStreamingCall<Message, Message> call = pair.Client.Converse();
        for (int i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(new Message { Number = i }).WithDeadline();
            Assert.True(await call.ResponseStream.MoveNext().WithDeadline());
            Assert.Equal(i, call.ResponseStream.Current.Number);
        }

        await call.RequestStream.CompleteAsync().WithDeadline();
        Assert.False(await call.ResponseStream.MoveNext().WithDeadline());
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task Calls_in_parallel_do_not_mix(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(async i =>
        {
            var message = new Message { Number = i, Data = Random(i * 100) };
            Assert.Equal(message, await pair.Client.EchoAsync(message));
            using AsyncServerStreamingCall<Message> call = pair.Client.Repeat(new Message { Number = 5, Data = message.Data });
            await foreach (Message repeated in call.ResponseStream.ReadAllAsync())
            {
                Assert.Equal(message.Data, repeated.Data);
            }
        })).WithDeadline();
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_message_of_4_MB_goes_there_and_back(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client, maxMessageSize: 5_000_000);
        var message = new Message { Data = Random(4 * 1024 * 1024) };
        Assert.Equal(message, await pair.Client.EchoAsync(message).ResponseAsync.WithDeadline());
    }

    [Fact]
    public async Task A_client_from_the_factory_is_on_s2n_with_one_more_call()
    {
        await using WebHostUnderTest host = await GrpcPair.ListenAsync(listen => listen.UseHttps(TestAuthority.Localhost));
        var services = new ServiceCollection();
        services.AddGrpcClient<Calls.CallsClient>(options => options.Address = host.Address).UseS2n(TestContexts.Client);
        await using ServiceProvider provider = services.BuildServiceProvider();

        Calls.CallsClient client = provider.GetRequiredService<Calls.CallsClient>();

        // SslStream would not trust the tests' root: that there is an answer says whose TLS it is.
        Assert.Equal(3, (await client.EchoAsync(new Message { Number = 3 }).ResponseAsync.WithDeadline()).Number);
    }

    [Fact]
    public async Task Streams_beyond_the_limit_of_a_connection_get_another_one_where_that_is_allowed()
    {
        var connected = new ConcurrentQueue<S2nStream>();
        await using GrpcPair pair = await GrpcPair.StartAsync(Tls.S2n, Tls.S2n, connected: connected.Enqueue, multipleConnections: true);
        List<AsyncDuplexStreamingCall<Message, Message>> calls = [];
        for (int i = 0; i <= 100; i++) // Kestrel allows 100 streams on a connection
        {
            calls.Add(pair.Client.Converse());
            await calls[i].RequestStream.WriteAsync(new Message { Number = i }).WithDeadline();
            Assert.True(await calls[i].ResponseStream.MoveNext().WithDeadline());
        }

        Assert.Equal(2, connected.Count);
        calls.ForEach(call => call.Dispose());
    }

    [Fact]
    public async Task What_a_channel_does_with_a_SocketsHttpHandler_alone_is_refused()
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(Tls.S2n, Tls.S2n);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Channel.ConnectAsync().WithDeadline());
        Assert.Throws<InvalidOperationException>(() => pair.Channel.State);

        using var handler = new S2nHttpHandler(TestContexts.Client);
        Assert.Throws<InvalidOperationException>(() => GrpcChannel.ForAddress(
            $"dns:///localhost:{pair.Host.Port}", new GrpcChannelOptions { HttpHandler = handler, Credentials = ChannelCredentials.SecureSsl }));
    }

    private static ByteString Random(int length)
    {
        byte[] bytes = new byte[length];
        System.Random.Shared.NextBytes(bytes);
        return ByteString.CopyFrom(bytes);
    }

    private static async Task<List<int>> NumbersAsync(IAsyncStreamReader<Message> messages)
    {
        var numbers = new List<int>();
        await foreach (Message message in messages.ReadAllAsync())
        {
            numbers.Add(message.Number);
        }

        return numbers;
    }
}
