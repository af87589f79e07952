using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Handshakes as Kestrel reports them: its log events, its instruments; and those that go wrong.</summary>
public class HandshakeTests
{
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    [Fact]
    public async Task Success_and_failure_are_logged_as_Kestrel_does()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost));
        await using (await Clients.ConnectAsync(host.Port))
        {
            LogEntry established = await host.Log.WaitForAsync(entry => entry.Category == Category && entry.Id.Id == 3);
            Assert.Equal(LogLevel.Debug, established.Level);
            Assert.Equal("HttpsConnectionEstablished", established.Id.Name);
            Assert.Contains("Tls13", established.Text, StringComparison.Ordinal);
        }

        using var plain = new TcpClient();
        await plain.ConnectAsync(IPAddress.Loopback, host.Port);
        await plain.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());

        LogEntry failed = await host.Log.WaitForAsync(entry => entry.Category == Category && entry.Id.Id == 1);
        Assert.Equal(LogLevel.Debug, failed.Level);
        Assert.Equal("AuthenticationFailed", failed.Id.Name);
        Assert.IsType<AuthenticationException>(failed.Exception);
        Assert.DoesNotContain(host.Log.Entries, entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task One_that_takes_too_long_is_ended_and_logged()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost, https => https.HandshakeTimeout = TimeSpan.FromMilliseconds(100)));
        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, host.Port);

        Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1]).AsTask().WithDeadline());

        LogEntry timedOut = await host.Log.WaitForAsync(entry => entry.Category == Category && entry.Id.Id == 2);
        Assert.Equal("AuthenticationTimedOut", timedOut.Id.Name);
    }

    [Fact]
    public async Task One_that_ends_in_time_leaves_no_limit_behind()
    {
        for (TimeSpan limit = TimeSpan.FromSeconds(1); limit < Deadline.Default; limit *= 2)
        {
            TimeSpan tried = limit;
            await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
                listen => listen.UseS2n(TestAuthority.Localhost, https => https.HandshakeTimeout = tried));
            Task<SslStream> connecting = Clients.ConnectAsync(host.Port);
            LogEntry ended = await host.Log.WaitForAsync(entry => entry.Category == Category && entry.Id.Id is 2 or 3);
            if (ended.Id.Name == "AuthenticationTimedOut")
            {
                await connecting.ContinueWith(_ => { }, TaskScheduler.Default);
                continue; // the machine is too slow for this limit
            }

            await using SslStream client = await connecting;
            await Task.Delay(1.2 * limit);
            await client.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            Assert.StartsWith("HTTP/1.1 200", await new StreamReader(client).ReadToEndAsync().WithDeadline(), StringComparison.Ordinal);
            return;
        }

        Assert.Fail("No handshake ended in time.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_selector_that_has_kept_its_token_hears_nothing_of_later_handshakes(bool refuses)
    {
        // A slow machine may need longer for a handshake than the limit: then that is made longer.
        TimeSpan limit = TimeSpan.FromSeconds(2);
        while (!await HearsNothingAsync(refuses, limit))
        {
            limit *= 2;
            Assert.True(limit < Deadline.Default, "No handshake ended in time.");
        }
    }

    /// <returns>Whether the first handshake has ended within the limit.</returns>
    private static async Task<bool> HearsNothingAsync(bool refuses, TimeSpan limit)
    {
        var kept = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(
            (_, _, token) => kept.TrySetResult(token) && refuses ? ValueTask.FromResult<S2nContext?>(null) : ValueTask.FromResult<S2nContext?>(TestContexts.Server),
            handshakeTimeout: limit));
        Exception? refusal = await Record.ExceptionAsync(async () => await (await Clients.ConnectAsync(host.Port)).DisposeAsync());
        LogEntry ended = await host.Log.WaitForAsync(entry => entry.Category == Category && entry.Id.Id is 1 or 2 or 3);
        if (ended.Id.Id == 2)
        {
            return false;
        }

        Assert.Equal(refuses ? 1 : 3, ended.Id.Id);
        Assert.Equal(refuses, refusal is AuthenticationException);
        CancellationToken token = await kept.Task.WithDeadline();
        int heard = 0;
        using CancellationTokenRegistration registration = token.Register(() => Interlocked.Increment(ref heard));

        using var silent = new TcpClient();
        await silent.ConnectAsync(IPAddress.Loopback, host.Port);
        Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1]).AsTask().WithDeadline());
        await host.Log.WaitForAsync(entry => entry.Category == Category && entry.Id.Id == 2);

        Assert.False(token.IsCancellationRequested);
        Assert.Equal(0, heard);
        return true;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(50)]
    public void A_limit_that_no_timer_takes_is_refused_when_it_is_set(int days) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nHttpsOptions { HandshakeTimeout = TimeSpan.FromDays(days) });

    [Theory]
    [InlineData(49)]
    [InlineData(null)]
    public async Task The_longest_limit_and_none_at_all_are_taken(int? days)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(
            TestAuthority.Localhost, https => https.HandshakeTimeout = days is { } some ? TimeSpan.FromDays(some) : Timeout.InfiniteTimeSpan));

        await using SslStream client = await Clients.ConnectAsync(host.Port);
    }

    [Fact]
    public async Task A_tampered_record_is_answered_after_the_blinding_delay_and_not_before()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost, https => https.Tls.MaxBlindingDelay = TimeSpan.FromSeconds(3)));
        using TcpClient client = await ConnectAsync(host.Port);
        long start = Stopwatch.GetTimestamp();
        await TamperAsync(client);

        await ReadToEndAsync(client).WithDeadline();

        // s2n waits for at least a third of the limit, by a clock of its own.
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(0.95), Deadline.Default);
    }

    [Fact]
    public async Task A_stopping_server_does_not_wait_for_a_blinding_delay()
    {
        // The delay, ten minutes at least, and what a host gives those who stop are both longer than the deadline.
        WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost, https => https.Tls.MaxBlindingDelay = TimeSpan.FromMinutes(30)),
            build: builder => builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(10)));
        using TcpClient client = await ConnectAsync(host.Port);
        await TamperAsync(client);
        await host.Log.WaitForAsync(entry => entry.Text.Contains("S2N_ERR", StringComparison.Ordinal) || entry.Exception is S2nException);

        await host.Application.StopAsync().WithDeadline();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Kestrels_instruments_count_and_time_them_with_Kestrels_tags()
    {
        var measured = new MeasurementKeeper("kestrel.tls_handshake.duration", "kestrel.active_tls_handshakes", "kestrel.connection.duration");
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost, https => https.Tls.MaxBlindingDelay = TimeSpan.Zero));
        measured.Start(host.Application.Services);
        using (measured)
        {
            await using (await Clients.ConnectAsync(host.Port))
            {
            }

            Assert.Equal("1.3", (await measured.WaitForAsync("kestrel.tls_handshake.duration", tags => !tags.ContainsKey("error.type")))["tls.protocol.version"]);
            IReadOnlyDictionary<string, object?> ended = await measured.WaitForAsync("kestrel.connection.duration", tags => !tags.ContainsKey("error.type"));
            Assert.Equal("1.3", ended["tls.protocol.version"]);

            using var plain = new TcpClient();
            await plain.ConnectAsync(IPAddress.Loopback, host.Port);
            await plain.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());

            IReadOnlyDictionary<string, object?> failed = await measured.WaitForAsync("kestrel.tls_handshake.duration", tags => tags.ContainsKey("error.type"));
            Assert.Equal(typeof(AuthenticationException).FullName, failed["error.type"]);
            Assert.Equal(host.Port, failed["server.port"]);
            Assert.Equal("ipv4", failed["network.type"]);
            Assert.Equal("tcp", failed["network.transport"]);
            ended = await measured.WaitForAsync("kestrel.connection.duration", tags => tags.ContainsKey("error.type"));
            Assert.Equal("tls_handshake_failed", ended["error.type"]);
            Assert.Equal(0, measured.Sum("kestrel.active_tls_handshakes"));
            Assert.True(measured.Count("kestrel.active_tls_handshakes") >= 4);
            Assert.All(measured.Instruments("kestrel.tls_handshake.duration"), instrument => Assert.Same(measured.Instruments("kestrel.tls_handshake.duration")[0], instrument));
        }
    }

    [Fact]
    public async Task The_tags_of_failures_name_the_exceptions_that_SslStream_throws_and_the_applications_own()
    {
        using var measured = new MeasurementKeeper("kestrel.tls_handshake.duration", "kestrel.connection.duration");
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n((_, hello, _) =>
            hello.ServerName == "localhost" ? throw new FormatException("The application's own.") : ValueTask.FromResult<S2nContext?>(null)));
        measured.Start(host.Application.Services);

        using (var goes = new TcpClient())
        {
            await goes.ConnectAsync(IPAddress.Loopback, host.Port).WithDeadline();
        }

        await Assert.ThrowsAnyAsync<Exception>(() => Clients.ConnectAsync(host.Port, host: "refused.example"));
        await Assert.ThrowsAnyAsync<Exception>(() => Clients.ConnectAsync(host.Port));

        await measured.WaitForAsync("kestrel.tls_handshake.duration", static tags => Is(tags, "System.IO.IOException"));
        await measured.WaitForAsync("kestrel.tls_handshake.duration", static tags => Is(tags, "System.Security.Authentication.AuthenticationException"));
        await measured.WaitForAsync("kestrel.connection.duration", static tags => Is(tags, "tls_handshake_failed"));
        await measured.WaitForAsync("kestrel.tls_handshake.duration", static tags => Is(tags, "System.FormatException"));
        await measured.WaitForAsync("kestrel.connection.duration", static tags => Is(tags, "System.FormatException"));

        static bool Is(IReadOnlyDictionary<string, object?> tags, string error) => tags.TryGetValue("error.type", out object? its) && (string?)its == error;
    }

    private static async Task<TcpClient> ConnectAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = TestAuthority.Default.ChainPolicy }).WithDeadline();
        return client;
    }

    /// <summary>Sends a record that nobody has encrypted.</summary>
    private static async Task TamperAsync(TcpClient client) => await client.GetStream().WriteAsync((byte[])[23, 3, 3, 0, 40, .. new byte[40]]);

    private static async Task ReadToEndAsync(TcpClient client)
    {
        try
        {
            while (await client.GetStream().ReadAsync(new byte[100]) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset, because not all that was sent has been read: an end too.
        }
    }
}
