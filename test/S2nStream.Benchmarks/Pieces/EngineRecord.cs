using BenchmarkDotNet.Attributes;
using S2nTls.Benchmarks.Streams;
using S2nTls.Context;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;

namespace S2nTls.Benchmarks.Pieces;

/// <summary>One record through two connections: encrypted by the one, decrypted by the other.</summary>
[MemoryDiagnoser]
public class EngineRecord
{
    private readonly InboundBuffer _clientInbound = new();
    private readonly OutboundBuffer _clientOutbound = new();
    private readonly InboundBuffer _serverInbound = new();
    private readonly OutboundBuffer _serverOutbound = new();
    private S2nContext? _clientContext;
    private S2nContext? _serverContext;
    private TlsConnection? _client;
    private TlsConnection? _server;
    private byte[] _plaintext = [];
    private byte[] _received = [];

    [Params(64, 1024, 16 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Connect()
    {
        _plaintext = new byte[Size];
        _received = new byte[Size];
        var setup = new TlsSetup(Credentials.P256());
        _clientContext = Contexts.Client(setup);
        _serverContext = Contexts.Server(setup);
        TlsHandshake clientHandshake = TlsHandshake.Begin(new HandshakePlan(_clientContext) { TargetHost = Credentials.Host }, _clientInbound, _clientOutbound);
        TlsHandshake serverHandshake = TlsHandshake.Begin(new HandshakePlan(_serverContext), _serverInbound, _serverOutbound);
        (_client, _server) = (clientHandshake.Connection, serverHandshake.Connection);
        HandshakeStatus client = HandshakeStatus.NeedsCiphertext;
        HandshakeStatus server = HandshakeStatus.NeedsCiphertext;
        while ((client, server) != (HandshakeStatus.Done, HandshakeStatus.Done))
        {
            client = client == HandshakeStatus.Done ? client : clientHandshake.Advance();
            Deliver(_clientOutbound, _serverInbound);
            server = server == HandshakeStatus.Done ? server : serverHandshake.Advance();
            Deliver(_serverOutbound, _clientInbound);
        }
    }

    [GlobalCleanup]
    public void Disconnect()
    {
        _client!.Dispose();
        _server!.Dispose();
        _clientContext!.Dispose();
        _serverContext!.Dispose();
    }

    [Benchmark]
    public int EncryptAndDecrypt()
    {
        _client!.Encrypt(_plaintext);
        Deliver(_clientOutbound, _serverInbound);
        _server!.Decrypt(_received, out int count);
        return count == Size ? count : throw new InvalidOperationException("A part of the record is missing.");
    }

    private static void Deliver(OutboundBuffer from, InboundBuffer to)
    {
        ReadOnlySpan<byte> ciphertext = from.Written.Span;
        ciphertext.CopyTo(to.Prepare().Span);
        to.Commit(ciphertext.Length);
        from.Release();
    }
}
