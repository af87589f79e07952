using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace S2nTls.Reliability.Soaking;

/// <summary>Echoes on every connection, each on its own, and counts.</summary>
internal sealed class SoakServer : IDisposable
{
    private static readonly TimeSpan s_handshakeTimeout = TimeSpan.FromSeconds(20);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly S2nContext _context;
    private readonly CancellationTokenSource _stop = new();
    private long _held;
    private long _served;
    private long _bytes;
    private long _failed;

    internal SoakServer(S2nContext context)
    {
        _context = context;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1024);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        Ended = AcceptAsync();
    }

    internal int Port { get; }

    /// <summary>Ends when no connection is accepted any more.</summary>
    internal Task Ended { get; }

    /// <summary>How many are open now.</summary>
    internal long Held => Volatile.Read(ref _held);

    /// <summary>How many have ended in good order.</summary>
    internal long Served => Volatile.Read(ref _served);

    /// <summary>How many bytes were echoed.</summary>
    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How many have ended otherwise.</summary>
    internal long Failed => Volatile.Read(ref _failed);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync(_stop.Token);
                socket.NoDelay = true;
                _ = Task.Run(() => ServeAsync(socket));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                if (!_stop.IsCancellationRequested)
                {
                    await Task.Delay(10);
                }
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new S2nStream(new NetworkStream(socket, ownsSocket: true));
        Interlocked.Increment(ref _held);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(s_handshakeTimeout);
            await stream.AuthenticateAsServerAsync(_context, limit.Token);
            byte[] buffer = new byte[2048];
            while (await stream.ReadAsync(Memory<byte>.Empty, _stop.Token) == 0 && await stream.ReadAsync(buffer, _stop.Token) is var count and > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
                Interlocked.Add(ref _bytes, count);
            }

            Interlocked.Increment(ref _served);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException)
        {
            Interlocked.Increment(ref _failed);
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
    }
}
