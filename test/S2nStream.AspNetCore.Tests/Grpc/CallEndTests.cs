using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;

namespace S2nTls.AspNetCore.Tests.Grpc;

/// <summary>Calls that end early, each seen from both ends; what becomes of the connection.</summary>
public class CallEndTests
{
    public static TheoryData<Tls, Tls> Pairs => GrpcPair.All;

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_call_that_the_client_cancels_is_cancelled_at_the_server_and_the_connection_lives_on(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        await pair.Client.EchoAsync(new Message()).ResponseAsync.WithDeadline();
        using var cancel = new CancellationTokenSource();
        using AsyncServerStreamingCall<Message> call = pair.Client.Hang(new Message(), cancellationToken: cancel.Token);
        Assert.True(await call.ResponseStream.MoveNext().WithDeadline());

        await cancel.CancelAsync();
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WithDeadline());
        Assert.Equal(StatusCode.Cancelled, e.StatusCode);
        await pair.Seen.Cancelled.Task.WithDeadline();

        await pair.Client.EchoAsync(new Message()).ResponseAsync.WithDeadline();
        Assert.Single(pair.Seen.Connections);
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_deadline_ends_a_call_at_both_ends(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        await pair.Client.EchoAsync(new Message()).ResponseAsync.WithDeadline();
        RpcException? end = null;
        bool isBegun = false;
        for (int milliseconds = 500; !isBegun; milliseconds *= 2) // a slow machine gets more time to begin
        {
            using AsyncServerStreamingCall<Message> call = pair.Client.Hang(new Message(), deadline: DateTime.UtcNow.AddMilliseconds(milliseconds));
            end = await Assert.ThrowsAsync<RpcException>(async () =>
            {
                while (await call.ResponseStream.MoveNext().WithDeadline())
                {
                    isBegun = true;
                }
            });
        }

        Assert.Equal(StatusCode.DeadlineExceeded, end!.StatusCode);
        Assert.NotEqual(DateTime.MaxValue, await pair.Seen.Cancelled.Task.WithDeadline());
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_status_with_its_text_and_trailers_comes_after_what_was_streamed(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        foreach (int before in (int[])[0, 3])
        {
            using AsyncServerStreamingCall<Message> call = pair.Client.Fail(new Message { Number = before });
            for (int i = 0; i < before; i++)
            {
                Assert.True(await call.ResponseStream.MoveNext().WithDeadline());
            }

            RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WithDeadline());
            Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
            Assert.Equal("nothing like it: ä€", e.Status.Detail);
            Assert.Equal([0, 255, 7], e.Trailers.GetValueBytes(CallsService.BinaryTrailer));
            Assert.Equal("1", e.Trailers.GetValue("attempt"));
        }
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_server_that_stops_lets_a_stream_that_is_open_come_to_its_end(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        using AsyncDuplexStreamingCall<Message, Message> call = pair.Client.Converse();
        await SendAndReceiveAsync(call, 1);

        Task stopped = pair.Host.Application.StopAsync();
        await RefusesConnectionsAsync(pair.Host.Port).WithDeadline();
        await SendAndReceiveAsync(call, 2);
        Assert.False(stopped.IsCompleted);

        await call.RequestStream.CompleteAsync().WithDeadline();
        Assert.False(await call.ResponseStream.MoveNext().WithDeadline());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        await stopped.WithDeadline();
    }

    [Theory, MemberData(nameof(Pairs))]
    public async Task A_server_that_has_no_time_left_to_stop_ends_an_open_stream_with_an_error(Tls server, Tls client)
    {
        await using GrpcPair pair = await GrpcPair.StartAsync(server, client);
        using AsyncDuplexStreamingCall<Message, Message> call = pair.Client.Converse();
        await SendAndReceiveAsync(call, 1);

        using var atOnce = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Task stopped = pair.Host.Application.StopAsync(atOnce.Token);

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext().WithDeadline());
        Assert.NotEqual(StatusCode.OK, e.StatusCode);
        await stopped.WithDeadline();
    }

    [Fact]
    public async Task A_server_that_is_not_trusted_is_unavailable_and_the_status_says_why()
    {
        await using WebHostUnderTest host = await GrpcPair.ListenAsync(listen => listen.UseS2n(new TestAuthority("another").Issue()));
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Address, new GrpcChannelOptions
        {
            HttpHandler = new S2nHttpHandler(TestContexts.Client) { UseProxy = false },
            DisposeHttpClient = true,
        });

        RpcException e = await Assert.ThrowsAsync<RpcException>(() => new Calls.CallsClient(channel).EchoAsync(new Message()).ResponseAsync.WithDeadline());
        var request = Assert.IsType<HttpRequestException>(e.Status.DebugException);
        Assert.Equal(HttpRequestError.SecureConnectionError, request.HttpRequestError);
        Assert.IsType<S2nException>(Assert.IsType<AuthenticationException>(request.InnerException).InnerException);
    }

    private static async Task SendAndReceiveAsync(AsyncDuplexStreamingCall<Message, Message> call, int number)
    {
        await call.RequestStream.WriteAsync(new Message { Number = number }).WithDeadline();
        Assert.True(await call.ResponseStream.MoveNext().WithDeadline());
        Assert.Equal(number, call.ResponseStream.Current.Number);
    }

    /// <summary>The first that a server does that stops.</summary>
    private static async Task RefusesConnectionsAsync(int port)
    {
        while (true)
        {
            using var tcp = new TcpClient();
            try
            {
                await tcp.ConnectAsync(IPAddress.Loopback, port);
            }
            catch (SocketException)
            {
                return;
            }

            await Task.Delay(10);
        }
    }
}
