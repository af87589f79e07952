using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace S2nTls.AspNetCore.Tests;

/// <summary>A server that stops ends its connections cleanly, and no request that it has begun is lost.</summary>
public class StopTests
{
    [Fact]
    public async Task An_idle_connection_is_ended_with_close_notify()
    {
        WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost));
        var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(System.Net.IPAddress.Loopback, host.Port);
        await using var client = new S2nStream(tcp.GetStream());
        await client.AuthenticateAsClientAsync(TestContexts.Client, "localhost").WithDeadline();
        await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        Assert.True(await client.ReadAsync(new byte[1000]).AsTask().WithDeadline() > 0);

        Task stopped = host.Application.StopAsync();
        while (await client.ReadAsync(new byte[1000]).AsTask().WithDeadline() > 0) // throws where there is no close_notify
        {
        }

        await stopped.WithDeadline();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_stop_under_load_loses_no_request_that_was_accepted(string version)
    {
        int begun = 0;
        int answered = 0;
        WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            application => application.Run(async context =>
            {
                Interlocked.Increment(ref begun);
                await Task.Delay(20);
                await context.Response.WriteAsync(new string('x', 10_000));
            }));
        using HttpClient client = Clients.Http(new Version(version));
        using var stop = new CancellationTokenSource();

        Task[] visitors = [.. Enumerable.Range(0, 40).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    Assert.Equal(10_000, (await client.GetStringAsync(host.Address)).Length);
                    Interlocked.Increment(ref answered);
                }
                catch (HttpRequestException)
                {
                    await Task.Delay(5); // refused, or not accepted any more
                }
            }
        }))];
        for (long start = Environment.TickCount64; Volatile.Read(ref answered) < 200;)
        {
            Assert.InRange(Environment.TickCount64 - start, 0, 30_000);
            await Task.Delay(10);
        }

        await host.Application.StopAsync().WithDeadline();
        await stop.CancelAsync();
        await Task.WhenAll(visitors).WithDeadline();
        await host.DisposeAsync();

        Assert.Equal(begun, answered);
    }
}
