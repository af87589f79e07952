using System.Security.Authentication;

namespace S2nTls.Reliability.Races;

/// <summary>
/// A call on one thread, and the stream's disposal on another at the same moment, again and again. The call ends by
/// what it does, or with <see cref="ObjectDisposedException"/>; it never hangs, and nothing is left.
/// </summary>
internal sealed class DisposalRace(int seed)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static readonly (string Name, Func<S2nStream, Task> Call)[] s_calls =
    [
        ("ReadAsync", stream => stream.ReadAsync(new byte[100]).AsTask()),
        ("ReadAsync of nothing", stream => stream.ReadAsync(Memory<byte>.Empty).AsTask()),
        ("Read", stream => Task.Run(() => stream.Read(new byte[100]))),
        ("WriteAsync", stream => stream.WriteAsync(new byte[100]).AsTask()),
        ("WriteAsync of much", stream => stream.WriteAsync(new byte[200_000]).AsTask()),
        ("Write", stream => Task.Run(() => stream.Write(new byte[100]))),
        ("ShutdownWriteAsync", stream => stream.ShutdownWriteAsync()),
        ("RequestKeyUpdateAsync", stream => stream.RequestKeyUpdateAsync()),
        ("FlushAsync", stream => stream.FlushAsync(CancellationToken.None)),
        ("CopyToAsync", stream => stream.CopyToAsync(Stream.Null)),
        ("DataAvailable", stream => Task.FromResult(stream.DataAvailable)),
        ("Available", stream => Task.FromResult(stream.Available)),
        ("NegotiatedCipherSuite", stream => Task.FromResult(stream.NegotiatedCipherSuite)),
        ("RemoteCertificate", stream => Task.FromResult(stream.RemoteCertificate)),
        ("KeyExchangeGroup", stream => Task.FromResult(stream.KeyExchangeGroup)),
        ("ExportKeyingMaterial", stream => Task.FromResult(stream.ExportKeyingMaterial("EXPERIMENTAL race", 16))),
        ("DisposeAsync", stream => stream.DisposeAsync().AsTask()),
    ];

    private readonly Random _random = new(seed);

    /// <summary>One stream is made, called, and disposed.</summary>
    /// <exception cref="InvalidOperationException">Something happened that must not.</exception>
    internal async Task RunOnceAsync()
    {
        bool inHandshake = _random.Next(8) == 0;
        (string name, Func<S2nStream, Task> call) = s_calls[_random.Next(s_calls.Length)];
        int spins = _random.Next(_random.Next(2) == 0 ? 20 : 2000);
        bool asynchronously = _random.Next(2) == 0;
        bool isTls12 = _random.Next(4) == 0;
        bool isServer = _random.Next(2) == 0;

        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        var client = new S2nStream(clientEnd);
        var server = new S2nStream(serverEnd);
        S2nStream stream = isServer ? server : client;
        Task handshakes = Task.WhenAll(
            Task.Run(() => client.AuthenticateAsClientAsync(isTls12 ? TestContexts.Client12 : TestContexts.Client, "localhost")),
            Task.Run(() => server.AuthenticateAsServerAsync(isTls12 ? TestContexts.Server12 : TestContexts.Server)));
        if (!inHandshake)
        {
            await handshakes.WaitAsync(s_patience);
        }

        Task called = inHandshake ? handshakes : Task.Run(() => call(stream));
        Thread.SpinWait(spins);
        if (asynchronously)
        {
            await stream.DisposeAsync().AsTask().WaitAsync(s_patience);
        }
        else
        {
            stream.Dispose();
        }

        (isServer ? client : server).Dispose();
        await EndAsync(called, inHandshake ? "handshake" : name, isTls12);
        await EndAsync(handshakes, "handshake", isTls12);
        stream.Dispose();
    }

    private async Task EndAsync(Task task, string name, bool isTls12)
    {
        try
        {
            await task.WaitAsync(s_patience);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"seed {seed}: {name} hangs.", e);
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException or AuthenticationException)
        {
            // As it is documented; an IOException where the other end was quicker.
        }
        catch (NotSupportedException) when (name == "RequestKeyUpdateAsync" && isTls12)
        {
            // TLS 1.2 has none.
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}: {name}: {e.GetType()}: {e.Message}", e);
        }
    }
}
