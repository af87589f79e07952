using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Security;
using Nito.AsyncEx;

namespace S2nTls.Tests.Streams;

public class DisposalTests
{
    [Theory]
    [InlineData("tcp", false)]
    [InlineData("tcp", true)]
    [InlineData("memory", false)]
    [InlineData("memory", true)]
    [InlineData("pipes", false)]
    public async Task It_ends_a_pending_read_with_an_exception(string transport, bool leaveOpen)
    {
        await using TlsPair pair = await ConnectAsync(transport, leaveOpen);
        Task<int> read = pair.Client.ReadAsync(new byte[10]).AsTask();
        Assert.False(read.IsCompleted);
        await pair.Client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WithDeadline());
    }

    [Theory]
    [InlineData("tcp", false)]
    [InlineData("tcp", true)]
    [InlineData("memory", false)]
    [InlineData("memory", true)]
    [InlineData("pipes", false)]
    public async Task It_ends_a_pending_write_with_an_exception(string transport, bool leaveOpen)
    {
        await using TlsPair pair = await ConnectAsync(transport, leaveOpen);
        Task write = pair.Client.WriteAsync(new byte[64 * 1024 * 1024]).AsTask();
        await Task.Delay(20);
        Assert.False(write.IsCompleted);
        await pair.Client.DisposeAsync().WithDeadline();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.WithDeadline());
    }

    [Fact]
    public async Task It_ends_a_half_close_that_waits_for_its_turn()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(pauseAt: 4096);
        Task write = pair.Client.WriteAsync(new byte[1_000_000]).AsTask();
        Task close = pair.Client.ShutdownWriteAsync();
        pair.Client.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.WithDeadline());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => close.WithDeadline());
    }

    [Fact]
    public async Task It_ends_a_synchronous_read_and_write()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        Task<int> read = Task.Factory.StartNew(() => pair.Client.Read(new byte[10], 0, 10), TaskCreationOptions.LongRunning);
        Task write = Task.Factory.StartNew(() => pair.Client.Write(new byte[64 * 1024 * 1024]), TaskCreationOptions.LongRunning);
        await Task.Delay(100);
        Assert.False(read.IsCompleted);
        Assert.False(write.IsCompleted);
        pair.Client.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WithDeadline());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.WithDeadline());
    }

    [Fact]
    public async Task It_ends_a_handshake()
    {
        (Stream client, _) = DuplexPipe.CreateStreams();
        var stream = new S2nStream(client);
        Task handshake = stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        stream.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => handshake.WithDeadline());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task It_ends_a_handshake_that_cannot_send(bool overPipes, bool synchronously)
    {
        (DuplexPipe pipe, _) = DuplexPipe.Create(pauseAt: 64); // less than a hello, and nobody reads
        var stream = overPipes ? new S2nStream(pipe) : new S2nStream(new DuplexPipeStream(pipe));
        Task handshake = synchronously
            ? Deadline.Run(() => stream.AuthenticateAsClient(TestContexts.Client, "localhost"))
            : stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        await Task.Delay(20);
        Assert.False(handshake.IsCompleted);
        await Deadline.Run(stream.Dispose);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => handshake.WithDeadline());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_does_not_wait_for_a_callback_that_chooses_a_servers_options(bool byCallback)
    {
        (Stream clientInner, Stream serverInner) = DuplexPipe.CreateStreams();
        await using var client = new SslStream(clientInner);
        await using var server = new S2nStream(serverInner);
        var asked = new AsyncManualResetEvent();
        var answer = new AsyncManualResetEvent();
        Task handshake = server.AuthenticateAsServerAsync(
            async (_, _, _, _) =>
            {
                asked.Set();
                if (byCallback)
                {
                    await server.DisposeAsync();
                }

                await answer.WaitAsync(CancellationToken.None);
                return new SslServerAuthenticationOptions { ServerCertificate = TestAuthority.Localhost };
            },
            state: null);
        Task other = client.AuthenticateAsClientAsync("localhost");
        await asked.WaitAsync().WithDeadline();
        await Task.Run(async () => await server.DisposeAsync()).WithDeadline();
        answer.Set();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => handshake.WithDeadline());
        await Assert.ThrowsAnyAsync<Exception>(() => other.WithDeadline());
    }

    [Fact]
    public async Task It_does_not_wait_for_a_callback_that_judges_the_peer_even_from_inside_it()
    {
        (Stream clientInner, Stream serverInner) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(serverInner);
        await using var client = new S2nStream(clientInner, leaveInnerStreamOpen: false, (sender, certificate, _, _) =>
        {
            ((Stream)sender).Dispose();
            return certificate is not null;
        });
        Task other = server.AuthenticateAsServerAsync(TestContexts.Server);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.AuthenticateAsClientAsync("localhost").WithDeadline());
        await Assert.ThrowsAnyAsync<Exception>(() => other.WithDeadline());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_closes_the_inner_stream_once_unless_it_is_left_open(bool leaveOpen)
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        var inner = new WrappedStream(client);
        await using TlsPair pair = await TlsPair.OverAsync(inner, server, leaveOpen: leaveOpen);
        pair.Client.Dispose();
        pair.Client.Dispose();
        await pair.Client.DisposeAsync();
        Assert.Equal(leaveOpen ? 0 : 1, inner.DisposeCount);
        Assert.False(pair.Client.CanRead);
        Assert.False(pair.Client.CanWrite);
    }

    [Fact]
    public async Task An_inner_stream_that_was_left_open_carries_on_in_plain_text()
    {
        (Stream client, Stream server) = await TcpPair.ConnectAsync();
        TlsPair pair = await TlsPair.OverAsync(client, server, leaveOpen: true);
        await pair.Client.WriteAsync("secret"u8.ToArray());
        Assert.Equal(6, await pair.Server.ReadAsync(new byte[10]).WithDeadline());
        await pair.Client.ShutdownWriteAsync();
        await pair.Server.ShutdownWriteAsync();
        Assert.Equal(0, await pair.Client.ReadAsync(new byte[10]).WithDeadline());
        Assert.Equal(0, await pair.Server.ReadAsync(new byte[10]).WithDeadline());
        await pair.DisposeAsync();

        await client.WriteAsync("plain"u8.ToArray());
        byte[] buffer = new byte[10];
        Assert.Equal(5, await server.ReadAsync(buffer).WithDeadline());
        Assert.Equal("plain"u8.ToArray(), buffer[..5]);
        client.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task A_pipe_is_completed_unless_it_is_left_open()
    {
        (DuplexPipe client, DuplexPipe server) = DuplexPipe.Create();
        var left = new S2nStream(client, leaveTransportOpen: true);
        left.Dispose();
        await client.Output.WriteAsync(new byte[] { 1 });
        ReadResult result = await server.Input.ReadAsync().WithDeadline();
        Assert.Equal(1, result.Buffer.Length);
        await server.Output.WriteAsync(new byte[] { 2 });
        result = await client.Input.ReadAsync().WithDeadline();
        Assert.False(result.IsCanceled);
        Assert.Equal(1, result.Buffer.Length);
        client.Input.AdvanceTo(result.Buffer.End);

        new S2nStream(server).Dispose();
        result = await client.Input.ReadAsync().WithDeadline();
        Assert.True(result.IsCompleted);
    }

    [Fact]
    public async Task It_does_not_wait_for_a_peer_that_reads_nothing()
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams(pauseAt: 16); // less than an alert
        await using TlsPair pair = await TlsPair.OverAsync(client, server);
        long start = Stopwatch.GetTimestamp();
        await Deadline.Run(pair.Client.Dispose);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, FaultAnswer.AlertTimeout); // or it would have waited for so long
        Assert.False(((DuplexPipeStream)client).IsDisposed); // close_notify waits for the peer, in the background
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_does_not_wait_for_a_cancelled_write_that_is_stuck(bool leaveOpen)
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams(pauseAt: 64);
        await using TlsPair pair = await TlsPair.OverAsync(client, server, leaveOpen: leaveOpen);
        using var cancel = new CancellationTokenSource();
        Task write = pair.Client.WriteAsync(new byte[100_000], cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WithDeadline());
        long start = Stopwatch.GetTimestamp();
        await pair.Client.DisposeAsync().WithDeadline();
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, FaultAnswer.AlertTimeout); // or it would have tried to send an alert
    }

    [Fact]
    public async Task What_the_inner_streams_Dispose_throws_reaches_the_caller()
    {
        (Stream client, Stream server) = DuplexPipe.CreateStreams();
        await using TlsPair pair = await TlsPair.OverAsync(new ThrowingStream(client), server);
        Assert.Equal("from below", Assert.Throws<IOException>(pair.Client.Dispose).Message);
        pair.Client.Dispose();
    }

    [Fact]
    public async Task Disposal_against_reads_writes_and_questions_from_other_threads_ends_everything()
    {
        for (int round = 0; round < 200; round++)
        {
            await using TlsPair pair = await TlsPair.OverTcpAsync();
            using var start = new Barrier(4);
            Task[] calls =
            [
                Loop(start, () => pair.Client.Read(new byte[1000].AsSpan())),
                Loop(start, () => pair.Client.Write(new byte[1000].AsSpan())),
                Loop(start, () => _ = pair.Client.DataAvailable),
            ];
            Task echo = Task.Run(async () =>
            {
                try
                {
                    await pair.Server.CopyToAsync(pair.Server);
                }
                catch (IOException)
                {
                    // The client has gone in the middle of something.
                }
            });
            start.SignalAndWait(Deadline.Default);
            Thread.SpinWait(round * 100);
            pair.Client.Dispose();
            await Task.WhenAll(calls).WithDeadline();
            await pair.Server.DisposeAsync();
            try
            {
                await echo.WithDeadline();
            }
            catch (ObjectDisposedException)
            {
                // The server's end was disposed under its copying.
            }
        }
    }

    private static Task Loop(Barrier start, Action call) => Task.Factory.StartNew(
        () =>
        {
            start.SignalAndWait(Deadline.Default);
            try
            {
                while (true)
                {
                    call();
                }
            }
            catch (ObjectDisposedException)
            {
                // The one way out.
            }
        },
        TaskCreationOptions.LongRunning);

    private static async Task<TlsPair> ConnectAsync(string transport, bool leaveOpen)
    {
        switch (transport)
        {
            case "pipes":
                return await TlsPair.OverPipesAsync(pauseAt: 4096);
            case "memory":
                (Stream client, Stream server) = DuplexPipe.CreateStreams(pauseAt: 4096);
                return await TlsPair.OverAsync(client, server, leaveOpen: leaveOpen);
            default:
                (Stream tcpClient, Stream tcpServer) = await TcpPair.ConnectAsync();
                return await TlsPair.OverAsync(tcpClient, tcpServer, leaveOpen: leaveOpen);
        }
    }

    private sealed class ThrowingStream(Stream inner) : WrappedStream(inner)
    {
        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            throw new IOException("from below");
        }
    }
}
