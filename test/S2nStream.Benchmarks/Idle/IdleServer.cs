using System.Net;
using System.Net.Sockets;
using S2nTls.Benchmarks.Measuring;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Idle;

/// <summary>
/// The process that is measured: a server with many connections that do nothing. It says on standard output
/// where it listens, takes some connections to warm up, measures itself, takes the others, measures itself
/// again, and ends when its standard input does.
/// </summary>
internal sealed class IdleServer(Contender contender, int connections, int readSize)
{
    /// <summary>Connections that are made before the first measurement, and stay.</summary>
    internal const int WarmUp = 200;

    private readonly List<Stream> _streams = [];
    private readonly List<Task> _reads = [];

    internal async Task RunAsync()
    {
        // Even before the last client has come, if there is nobody any more who waits for the result.
        // On a thread of its own: the asynchronous calls of the console's reader block.
        Task end = Task.Factory.StartNew(() => Console.In.ReadToEnd(), TaskCreationOptions.LongRunning);
        await await Task.WhenAny(ServeAsync(end), end);
    }

    private async Task ServeAsync(Task end)
    {
        Credentials credentials = Credentials.P256();
        using StreamKind kind = StreamKind.Create(contender, new TlsSetup(credentials));
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        Console.WriteLine($"{((IPEndPoint)listener.LocalEndPoint!).Port} {Convert.ToBase64String(credentials.Root.RawData)}");

        await AcceptAsync(listener, kind, WarmUp);
        ProcessMemory before = ProcessMemory.Now();
        Console.WriteLine("warm");

        await AcceptAsync(listener, kind, connections);
        ProcessMemory after = ProcessMemory.Now();
        if (_reads.Any(read => read.IsCompleted))
        {
            throw new InvalidOperationException("A read that was to wait did not.");
        }

        double total = (double)(after.Total - before.Total) / connections;
        double managed = (double)(after.ManagedCommitted - before.ManagedCommitted) / connections;
        Console.WriteLine($"{total:R} {total - managed:R} {managed:R}");
        await end;
        GC.KeepAlive(_streams);
    }

    private async Task AcceptAsync(Socket listener, StreamKind kind, int count)
    {
        var accepted = new List<Task<Stream>>();
        for (int i = 0; i < count; i++)
        {
            Socket socket = await listener.AcceptAsync();
            accepted.Add(Task.Run(() => kind.AsServerAsync(new NetworkStream(socket, ownsSocket: true))));
        }

        foreach (Task<Stream> stream in accepted)
        {
            _streams.Add(await stream);
            _reads.Add((await stream).ReadAsync(new byte[readSize]).AsTask());
        }
    }
}
