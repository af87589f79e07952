using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>However clients leave, the server serves the others, and keeps nothing of them. Alone, because s2n's memory is counted.</summary>
[Collection(nameof(Alone))]
public class OddEndingsTests
{
    private const string Thrown = "The application does not like the certificate.";

    [Fact]
    public async Task Clients_that_leave_in_the_middle_leave_nothing_and_harm_nobody()
    {
        var blocks = new CountedBlocks();
        using var measured = new MeasurementKeeper("kestrel.active_connections", "kestrel.active_tls_handshakes");
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost, https =>
            {
                https.HandshakeTimeout = TimeSpan.FromMilliseconds(500);
                https.Tls.MaxBlindingDelay = TimeSpan.Zero;
                https.Tls.ClientCertificateMode = S2nClientCertificateMode.Optional;
                https.Tls.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is null ? true : throw new InvalidOperationException(Thrown);
            }),
            application => application.Run(async context =>
            {
                if (context.Request.Path == "/abort")
                {
                    context.Abort();
                    return;
                }

                if (context.Request.Path == "/giveup")
                {
                    context.Response.BodyWriter.Write(new byte[1_000_000]);
                    context.Response.BodyWriter.CancelPendingFlush();
                    await context.Response.BodyWriter.FlushAsync();
                    context.Abort();
                    return;
                }

                await context.Request.Body.CopyToAsync(Stream.Null);
                byte[] piece = new byte[50_000];
                for (int i = 0; i < 40; i++)
                {
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                }
            }),
            builder => builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(blocks));
        measured.Start(host.Application.Services);
        await LeaveAsync(host.Port, times: 1); // what is made once and kept
        await ServedAsync(host.Port);
        long before = await NativeAllocations.SettledAsync();

        await LeaveAsync(host.Port, times: 20);
        await ServedAsync(host.Port);

        Assert.InRange(await NativeAllocations.BackToAsync(before), 0, before);
        await BackToNothingAsync("kestrel.active_connections", () => measured.Sum("kestrel.active_connections"));
        await BackToNothingAsync("kestrel.active_tls_handshakes", () => measured.Sum("kestrel.active_tls_handshakes"));
        await BackToNothingAsync("Blocks that are out", () => blocks.Out);
        Assert.Equal(0, blocks.ReturnedTwice);
        Assert.All(host.Log.Entries.Where(static entry => entry.Level >= LogLevel.Warning), static entry => Assert.Equal(Thrown, entry.Exception?.Message));
    }

    private static Task LeaveAsync(int port, int times) =>
        Parallel.ForEachAsync(
            Enumerable.Repeat(OddEndings.All.Values, times).SelectMany(static endings => endings),
            new ParallelOptions { MaxDegreeOfParallelism = 12 },
            async (ending, _) => await OddEndings.LeaveAsync(port, ending));

    private static async Task ServedAsync(int port)
    {
        using HttpClient client = Clients.Http();
        Assert.Equal(2_000_000, (await client.GetByteArrayAsync(new Uri($"https://localhost:{port}/")).WithDeadline()).Length);
    }

    private static async Task BackToNothingAsync(string what, Func<double> count)
    {
        for (long start = Environment.TickCount64; count() != 0; await Task.Delay(10))
        {
            Assert.True(Environment.TickCount64 - start < Deadline.Default.TotalMilliseconds, $"{what}: {count()}.");
        }
    }
}
