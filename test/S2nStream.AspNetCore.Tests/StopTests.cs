using System.Net.Security;
using System.Text;
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

    [Fact]
    public async Task What_clients_leave_in_the_middle_harms_nobody()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost, https => https.Tls.MaxBlindingDelay = TimeSpan.Zero),
            application => application.Run(async context =>
            {
                byte[] piece = new byte[50_000];
                for (int i = 0; i < 40; i++)
                {
                    await context.Response.Body.WriteAsync(piece);
                }
            }));
        int seed = Random.Shared.Next();
        await Parallel.ForAsync(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 10 }, async (i, _) =>
        {
            var random = new Random(seed + i);
            using var tcp = new System.Net.Sockets.TcpClient();
            await tcp.ConnectAsync(System.Net.IPAddress.Loopback, host.Port, CancellationToken.None);
            tcp.LingerState = new System.Net.Sockets.LingerOption(i % 2 == 0, 0); // a reset, or an end without close_notify
            var client = new SslStream(tcp.GetStream());
            if (i % 5 == 0)
            {
                await tcp.GetStream().WriteAsync(new byte[] { 22, 3, 1, 2, 0, 1 }, CancellationToken.None); // a part of a hello
                return;
            }

            await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = TestAuthority.Default.ChainPolicy }, CancellationToken.None).WithDeadline();
            string request = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
            await client.WriteAsync(Encoding.ASCII.GetBytes(i % 3 == 0 ? request[..random.Next(1, request.Length)] : request), CancellationToken.None);
            if (i % 3 == 2)
            {
                await client.ReadExactlyAsync(new byte[random.Next(1, 300_000)], CancellationToken.None).AsTask().WithDeadline();
            }
        });

        using HttpClient next = Clients.Http();
        Assert.Equal(2_000_000, (await next.GetByteArrayAsync(host.Address).WithDeadline()).Length);
        Assert.DoesNotContain(host.Log.Entries, entry => entry.Level >= Microsoft.Extensions.Logging.LogLevel.Error && !entry.Category.StartsWith("Microsoft.AspNetCore.Diagnostics", StringComparison.Ordinal));
    }
}
