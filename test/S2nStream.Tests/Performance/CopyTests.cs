using System.Security.Authentication;
using S2nTls.Context;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;

namespace S2nTls.Tests.Performance;

/// <summary>
/// How often a record's bytes are copied on their way: once between the inner stream's memory and s2n's, and not
/// at all between s2n and the caller's, apart from what s2n itself does. Where a copy more would hide, the test
/// changes the bytes behind the engine's back, and sees whether the change arrives.
/// </summary>
public class CopyTests
{
    private const int Record = 16 * 1024;
    private const int Records = 4;

    [Fact]
    public void Every_byte_of_ciphertext_is_taken_once_a_record_in_two_pieces()
    {
        using var pair = new Pair();
        byte[] ciphertext = pair.Encrypt(new byte[Records * Record]);
        pair.Inbound.Reset(ciphertext);
        byte[] plaintext = new byte[Records * Record];
        Assert.Equal(DecryptStatus.Done, pair.Server.Decrypt(plaintext, out int count));
        Assert.Equal(plaintext.Length, count);
        Assert.Equal(ciphertext.Length, pair.Inbound.BytesTaken);
        Assert.Equal(2 * Records, pair.Inbound.TimesTaken); // its header, and the rest
    }

    [Fact]
    public void Every_record_is_appended_once_and_whole()
    {
        using var pair = new Pair();
        pair.Outbound.Reset();
        pair.Client.Encrypt(new byte[Records * Record]);
        Assert.Equal(Records, pair.Outbound.TimesAppended);
        Assert.Equal(1, pair.Outbound.TimesReserved); // enough, once: so it does not grow, which is copying
        Assert.InRange(pair.Outbound.Written.Length, Records * Record, pair.Outbound.Reserved);
    }

    [Fact]
    public void Plaintext_is_encrypted_from_where_the_caller_has_it()
    {
        using var pair = new Pair();
        byte[] plaintext = new byte[Records * Record];
        pair.Outbound.Reset();
        pair.Outbound.OnAppend = () => plaintext[^1] = 1; // when the first record is made already
        pair.Client.Encrypt(plaintext);
        pair.Outbound.OnAppend = null;

        pair.Inbound.Reset(pair.Outbound.Written);
        byte[] received = new byte[plaintext.Length];
        pair.Server.Decrypt(received, out _);
        Assert.Equal(1, received[^1]);
    }

    [Fact]
    public void Plaintext_is_decrypted_to_where_the_caller_wants_it()
    {
        using var pair = new Pair();
        byte[] sent = new byte[Records * Record];
        Array.Fill(sent, (byte)7);
        pair.Inbound.Reset(pair.Encrypt(sent));
        byte[] received = new byte[sent.Length];
        int seen = -1;
        pair.Inbound.OnTake = () => seen = pair.Inbound.TimesTaken == 3 ? received[Record - 1] : seen; // at the second record's header
        pair.Server.Decrypt(received, out _);
        Assert.Equal(7, seen);
    }

    [Fact]
    public void Ciphertext_is_taken_from_where_the_inner_stream_has_put_it()
    {
        var inbound = new InboundBuffer();
        Memory<byte> room = inbound.Prepare();
        inbound.Commit(3);
        room.Span[2] = 42;
        byte[] taken = new byte[3];
        Assert.Equal(3, inbound.Take(taken));
        Assert.Equal(42, taken[2]);
        inbound.Discard();
    }

    [Fact]
    public void Ciphertext_is_sent_from_where_it_was_appended()
    {
        var outbound = new OutboundBuffer();
        outbound.Reserve(100_000);
        outbound.Append(new byte[1000]);
        ReadOnlyMemory<byte> first = outbound.Written;
        outbound.Append(new byte[90_000]);
        Assert.True(first.Span.Overlaps(outbound.Written.Span), "it was moved although there was room");
        outbound.Release();
    }

    /// <summary>A client that encrypts and a server that decrypts, over ciphertext that is counted.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly CountingInbound _clientInbound = new();
        private readonly CountingOutbound _serverOutbound = new();

        internal Pair()
        {
            TlsHandshake client = TlsHandshake.Begin(new HandshakePlan(TestContexts.ClientFor(SslProtocols.Tls13)) { TargetHost = "localhost" }, _clientInbound, Outbound);
            TlsHandshake server = TlsHandshake.Begin(new HandshakePlan(TestContexts.ServerFor(SslProtocols.Tls13)), Inbound, _serverOutbound);
            (Client, Server) = (client.Connection, server.Connection);
            for (int flight = 0; flight < 3; flight++)
            {
                client.Advance();
                Inbound.Reset(Outbound.Written);
                Outbound.Reset();
                server.Advance();
                _clientInbound.Reset(_serverOutbound.Written);
                _serverOutbound.Reset();
            }
        }

        internal TlsConnection Client { get; }

        internal TlsConnection Server { get; }

        internal CountingOutbound Outbound { get; } = new();

        internal CountingInbound Inbound { get; } = new();

        internal byte[] Encrypt(byte[] plaintext)
        {
            Outbound.Reset();
            Client.Encrypt(plaintext);
            return Outbound.Written;
        }

        public void Dispose()
        {
            Client.Dispose();
            Server.Dispose();
        }
    }

    private sealed class CountingInbound : InboundCiphertext
    {
        private byte[] _bytes = [];

        internal int BytesTaken { get; private set; }

        internal int TimesTaken { get; private set; }

        internal Action? OnTake { get; set; }

        internal override bool IsEmpty => BytesTaken == _bytes.Length;

        internal override byte First => _bytes[BytesTaken];

        internal void Reset(byte[] bytes) => (_bytes, BytesTaken, TimesTaken) = (bytes, 0, 0);

        internal override int Take(Span<byte> destination)
        {
            int count = Math.Min(destination.Length, _bytes.Length - BytesTaken);
            if (count > 0)
            {
                TimesTaken++;
                OnTake?.Invoke();
                _bytes.AsSpan(BytesTaken, count).CopyTo(destination);
                BytesTaken += count;
            }

            return count;
        }

        internal override void ReleaseIfEmpty() { }
    }

    private sealed class CountingOutbound : OutboundCiphertext
    {
        private readonly List<byte> _bytes = [];

        internal int TimesAppended { get; private set; }

        internal int TimesReserved { get; private set; }

        internal int Reserved { get; private set; }

        internal Action? OnAppend { get; set; }

        internal byte[] Written => [.. _bytes];

        internal override bool IsEmpty => _bytes.Count == 0;

        internal void Reset()
        {
            _bytes.Clear();
            (TimesAppended, TimesReserved, Reserved) = (0, 0, 0);
        }

        internal override void Reserve(int count)
        {
            TimesReserved++;
            Reserved = count;
        }

        internal override void Append(ReadOnlySpan<byte> ciphertext)
        {
            TimesAppended++;
            _bytes.AddRange(ciphertext);
            OnAppend?.Invoke();
        }
    }
}
