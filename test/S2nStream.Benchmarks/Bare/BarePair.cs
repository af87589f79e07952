using S2nTls.Benchmarks.Streams;
using S2nTls.Context;
using S2nTls.Interop;

namespace S2nTls.Benchmarks.Bare;

/// <summary>
/// Two s2n connections of one thread with queues of native memory between them: s2n's own calls and nothing
/// else, connections wiped and used again. The contexts are S2nStream's, so that protocol, certificate and verification are the same.
/// </summary>
internal sealed unsafe class BarePair : IDisposable
{
    private readonly S2nContext _clientContext;
    private readonly S2nContext _serverContext;
    private readonly ByteQueue* _up = ByteQueue.Create();
    private readonly ByteQueue* _down = ByteQueue.Create();
    private ConnectionHandle? _client;
    private ConnectionHandle? _server;

    internal BarePair(TlsSetup setup)
    {
        _clientContext = Contexts.Client(setup);
        _serverContext = Contexts.Server(setup);
    }

    /// <summary>Makes two connections and runs their handshake to its end.</summary>
    internal void Connect()
    {
        _client = Create(Mode.Client, _clientContext, input: _down, output: _up);
        Check(S2n.s2n_set_server_name(_client, Credentials.Host) == S2n.Success);
        _server = Create(Mode.Server, _serverContext, input: _up, output: _down);
        bool clientDone = false;
        bool serverDone = false;
        while (!clientDone || !serverDone)
        {
            clientDone = clientDone || Negotiate(_client);
            serverDone = serverDone || Negotiate(_server);
        }
    }

    /// <summary>Moves data from the client to the server.</summary>
    internal void Transfer(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        for (int sent = 0; sent < data.Length;)
        {
            nint count = S2n.s2n_send(_client!, data[sent..], data.Length - sent, out _);
            Check(count > 0);
            sent += (int)count;
        }

        for (nint received = 0; received < data.Length;)
        {
            nint count = S2n.s2n_recv(_server!, destination, destination.Length, out _);
            Check(count > 0);
            received += count;
        }
    }

    internal void Disconnect()
    {
        _client?.Dispose();
        _server?.Dispose();
        ByteQueue.Clear(_up);
        ByteQueue.Clear(_down);
    }

    public void Dispose()
    {
        Disconnect();
        ByteQueue.Free(_up);
        ByteQueue.Free(_down);
        _clientContext.Dispose();
        _serverContext.Dispose();
    }

    private static ConnectionHandle Create(Mode mode, S2nContext context, ByteQueue* input, ByteQueue* output)
    {
        ContextState state = context.Acquire();
        if (mode == Mode.Client)
        {
            // What is demanded of verified chains beyond s2n is not s2n's work.
            Check(S2n.s2n_config_set_cert_validation_cb(state.Config, null, 0) == S2n.Success);
        }

        ConnectionHandle connection = ConnectionHandle.Create(mode, state.Config, owner: null);
        state.Release();
        Check(S2n.s2n_connection_prefer_throughput(connection) == S2n.Success);
        Check(S2n.s2n_connection_set_recv_ctx(connection, (nint)input) == S2n.Success);
        Check(S2n.s2n_connection_set_recv_cb(connection, &ByteQueue.Receive) == S2n.Success);
        Check(S2n.s2n_connection_set_send_ctx(connection, (nint)output) == S2n.Success);
        Check(S2n.s2n_connection_set_send_cb(connection, &ByteQueue.Send) == S2n.Success);
        return connection;
    }

    private static bool Negotiate(ConnectionHandle connection)
    {
        if (S2n.s2n_negotiate(connection, out _) == S2n.Success)
        {
            return true;
        }

        S2nError error = S2nError.Last;
        return error.IsBlocked ? false : throw new InvalidOperationException($"s2n: {error.Name}");
    }

    private static void Check(bool succeeded)
    {
        if (!succeeded)
        {
            throw new InvalidOperationException($"s2n: {S2nError.Last.Name}");
        }
    }
}
