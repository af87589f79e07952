using System.Net;
using System.Net.Sockets;
using Nito.AsyncEx;

namespace S2nTls.Reliability.Soaking;

/// <summary>
/// The other end: connections that are held, with data trickling on each; others that come, say something and go;
/// and some that stall, in the handshake or without reading what they have asked for. All that comes back is checked.
/// </summary>
internal sealed class SoakClients(int port, S2nContext context)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<Socket> _stalled = [];
    private long _held;
    private long _cycles;
    private long _bytes;
    private string? _error;

    internal long Held => Volatile.Read(ref _held);

    /// <summary>How many connections have come and gone.</summary>
    internal long Cycles => Volatile.Read(ref _cycles);

    /// <summary>How many bytes have come back right.</summary>
    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>What went wrong first.</summary>
    internal string? Error => Volatile.Read(ref _error);

    /// <param name="connections">How many are held.</param>
    /// <param name="interval">How often each of them says something, on average.</param>
    /// <param name="comers">How many come and go at a time.</param>
    /// <param name="stalled">How many stall in each of the two ways.</param>
    /// <param name="stop">Ends it, in good order.</param>
    internal async Task RunAsync(int connections, TimeSpan interval, int comers, int stalled, CancellationToken stop)
    {
        for (int i = 0; i < stalled; i++)
        {
            await StallInHandshakeAsync();
            await StallInReadingAsync();
        }

        var tasks = new List<Task>();
        tasks.AddRange(Enumerable.Range(0, comers).Select(i => Task.Run(() => ComeAndGoAsync(i, stop), CancellationToken.None)));
        var atATime = new AsyncSemaphore(32);
        for (int i = 0; i < connections && !stop.IsCancellationRequested; i++)
        {
            await atATime.WaitAsync(CancellationToken.None);
            int number = i;
            tasks.Add(Task.Run(() => HoldAsync(number, interval, atATime, stop), CancellationToken.None));
        }

        await Task.WhenAll(tasks);
        _stalled.ForEach(socket => socket.Dispose());
    }

    private async Task HoldAsync(int number, TimeSpan interval, AsyncSemaphore atATime, CancellationToken stop)
    {
        bool isConnecting = true;
        try
        {
            await using S2nStream stream = await ConnectAsync(number);
            isConnecting = false;
            atATime.Release();
            Interlocked.Increment(ref _held);
            var random = new Random(number);
            byte[] sent = new byte[1500];
            byte[] received = new byte[1500];
            while (!stop.IsCancellationRequested)
            {
                await Task.Delay(interval * (2 * random.NextDouble()), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await EchoAsync(stream, random, sent, received);
            }

            await stream.ShutdownWriteAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            Report(e);
        }
        finally
        {
            if (isConnecting)
            {
                atATime.Release();
            }
        }
    }

    private async Task ComeAndGoAsync(int number, CancellationToken stop)
    {
        var random = new Random(~number);
        byte[] sent = new byte[1500];
        byte[] received = new byte[1500];
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await using S2nStream stream = await ConnectAsync((int)Interlocked.Read(ref _cycles));
                await EchoAsync(stream, random, sent, received);
                await stream.ShutdownWriteAsync(CancellationToken.None);
                if (await stream.ReadAsync(received, CancellationToken.None).AsTask().WaitAsync(s_patience, CancellationToken.None) != 0)
                {
                    throw new InvalidDataException("More came back than was sent.");
                }

                Interlocked.Increment(ref _cycles);
            }
        }
        catch (Exception e)
        {
            Report(e);
        }
    }

    private async Task EchoAsync(S2nStream stream, Random random, byte[] sent, byte[] received)
    {
        int count = random.Next(1, sent.Length);
        random.NextBytes(sent.AsSpan(0, count));
        await stream.WriteAsync(sent.AsMemory(0, count));
        await stream.ReadExactlyAsync(received.AsMemory(0, count)).AsTask().WaitAsync(s_patience);
        if (!sent.AsSpan(0, count).SequenceEqual(received.AsSpan(0, count)))
        {
            throw new InvalidDataException("What came back is not what was sent.");
        }

        Interlocked.Add(ref _bytes, count);
    }

    private async Task<S2nStream> ConnectAsync(int number)
    {
        var stream = new S2nStream(new NetworkStream(await ConnectSocketAsync(number), ownsSocket: true));
        await stream.AuthenticateAsClientAsync(context, "localhost").WaitAsync(s_patience);
        return stream;
    }

    private async Task<Socket> ConnectSocketAsync(int number)
    {
        // Closed connections keep their port for a minute: each address has ports of its own.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(new IPAddress([127, 1, 0, (byte)(1 + (number % 250))]), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async Task StallInHandshakeAsync()
    {
        Socket socket = await ConnectSocketAsync(0);
        await socket.SendAsync((byte[])[22, 3, 1, 2, 0, 1, 0, 1, 252]);
        _stalled.Add(socket);
    }

    /// <summary>The server's answer fills the buffers of both ends, and its write waits.</summary>
    private async Task StallInReadingAsync()
    {
        Socket socket = await ConnectSocketAsync(0);
        var stream = new S2nStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(context, "localhost");
        _ = Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await stream.WriteAsync(new byte[16 * 1024]);
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                stream.Dispose(); // the end of the run
            }
        });
        _stalled.Add(socket);
    }

    private void Report(Exception e) => Interlocked.CompareExchange(ref _error, $"{e.GetType()}: {e.Message}", null);
}
