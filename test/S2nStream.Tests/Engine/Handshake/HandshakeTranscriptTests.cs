using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;

namespace S2nTls.Tests.Engine;

/// <summary>What is kept of a TLS 1.2 handshake, from records that come whole, in parts, or not as they should.</summary>
public class HandshakeTranscriptTests
{
    private const TlsCipherSuite Suite = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;

    private static readonly byte[] s_changeCipherSpec = [20, 3, 3, 0, 1, 1];
    private static readonly byte[] s_clientHello = Hello(1, 0xc1, [0, 2, 0xc0, 0x2b, 1, 0]);
    private static readonly byte[] s_serverHello = Hello(2, 0x5e, [0xc0, 0x2b, 0, 0, 4, 0, 23, 0, 0]);
    private static readonly byte[] s_serverHelloWithoutExtensions = Hello(2, 0x5e, [0xc0, 0x2b, 0]);

    [Fact]
    public void The_messages_of_both_sides_are_hashed_in_their_order_up_to_the_first_ChangeCipherSpec()
    {
        var transcript = new HandshakeTranscript();
        transcript.Sent(Record(s_clientHello));
        transcript.Received(Record([.. s_serverHello, 14, 0, 0, 0]));
        transcript.Sent([.. Record([16, 0, 0, 1, 7]), .. s_changeCipherSpec, .. Record([1, 2, 3])]);
        transcript.Received(Record([9, 9, 9]));
        Tls12Handshake handshake = transcript.Summarize(Suite, isServer: false)!;
        Assert.Equal(SHA256.HashData([.. s_clientHello, .. s_serverHello, 14, 0, 0, 0, 16, 0, 0, 1, 7]), handshake.TranscriptHash);
        Assert.Equal([.. Enumerable.Repeat((byte)0xc1, 32), .. Enumerable.Repeat((byte)0x5e, 32)], handshake.Randoms);
        Assert.True(handshake.ClientFinishedFirst);
        Assert.True(handshake.HasExtendedMasterSecret);
    }

    [Fact]
    public void Records_may_come_byte_by_byte_and_a_message_in_several_with_warnings_between_them()
    {
        var whole = new HandshakeTranscript();
        whole.Received(Record(s_clientHello));
        whole.Sent(Record(s_serverHello));
        whole.Received(s_changeCipherSpec);

        var parts = new HandshakeTranscript();
        byte[] records = [.. Record(s_clientHello[..7]), 21, 3, 3, 0, 2, 1, 90, .. Record([]), .. Record(s_clientHello[7..])];
        Array.ForEach(records, value => parts.Received([value]));
        Array.ForEach(Record(s_serverHello), value => parts.Sent([value]));
        Array.ForEach(s_changeCipherSpec, value => parts.Received([value]));

        Assert.Equal(whole.Summarize(Suite, isServer: true)!.TranscriptHash, parts.Summarize(Suite, isServer: true)!.TranscriptHash);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_a_resumed_handshake_the_server_finishes_first(bool asServer)
    {
        var transcript = new HandshakeTranscript();
        Action<byte[]> client = asServer ? b => transcript.Received(b) : b => transcript.Sent(b);
        Action<byte[]> server = asServer ? b => transcript.Sent(b) : b => transcript.Received(b);
        client(Record(s_clientHello));
        server([.. Record(s_serverHello), .. s_changeCipherSpec]);
        client(s_changeCipherSpec);
        Tls12Handshake handshake = transcript.Summarize(Suite, asServer)!;
        Assert.False(handshake.ClientFinishedFirst);
        Assert.True(handshake.FinishedIsUnique);
    }

    /// <summary>The triple handshake (RFC 7627 §1).</summary>
    [Fact]
    public void A_resumed_handshake_without_the_extended_master_secret_is_not_unique()
    {
        var transcript = new HandshakeTranscript();
        transcript.Sent(Record(s_clientHello));
        transcript.Received([.. Record(s_serverHelloWithoutExtensions), .. s_changeCipherSpec]);
        Tls12Handshake handshake = transcript.Summarize(Suite, isServer: false)!;
        Assert.False(handshake.HasExtendedMasterSecret);
        Assert.False(handshake.FinishedIsUnique);
    }

    [Fact]
    public void Of_a_handshake_that_is_too_long_or_no_handshake_nothing_is_known()
    {
        var tooLong = new HandshakeTranscript();
        tooLong.Sent(Record(s_clientHello));
        tooLong.Received(Record(s_serverHello));
        for (int i = 0; i < HandshakeTranscript.MaxLength / 16000 + 1; i++)
        {
            tooLong.Received(Record(new byte[16000]));
        }

        tooLong.Sent(s_changeCipherSpec);
        Assert.Null(tooLong.Summarize(Suite, isServer: false));

        var noHandshake = new HandshakeTranscript();
        noHandshake.Received([23, 3, 3, 0, 1, 0]);
        noHandshake.Received(s_changeCipherSpec);
        Assert.Null(noHandshake.Summarize(Suite, isServer: true));

        var noHello = new HandshakeTranscript();
        noHello.Received(Record([1, 0, 0, 1, 0]));
        noHello.Received(s_changeCipherSpec);
        Assert.Null(noHello.Summarize(Suite, isServer: true));

        Assert.Null(new HandshakeTranscript().Summarize(Suite, isServer: true));
    }

    [Fact]
    public void A_handshake_that_goes_on_over_every_split_has_the_same_first_Finished_on_both_sides()
    {
        using EnginePair pair = EnginePair.Create(SslProtocols.Tls12);
        pair.Connect((from, to) =>
        {
            foreach (byte value in from.TakeOutbound())
            {
                to.Feed([value]);
            }
        });
        byte[] client = new byte[12];
        byte[] server = new byte[12];
        Assert.True(pair.Client.Connection.KeyingMaterial.TryGetFirstFinished(client));
        Assert.True(pair.Server.Connection.KeyingMaterial.TryGetFirstFinished(server));
        Assert.Equal(client, server);
    }

    /// <summary>The test vector that the TLS working group's list has for P_SHA256, and its sibling for P_SHA384.</summary>
    [Theory]
    [InlineData(
        "SHA256", "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c", "test label",
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66")]
    [InlineData(
        "SHA384", "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465", "test label",
        "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f")]
    public void The_pseudorandom_function_gives_the_known_answer(string hash, string secret, string seed, string label, string expected)
    {
        byte[] output = new byte[expected.Length / 2];
        Tls12PseudorandomFunction.Expand(
            new HashAlgorithmName(hash), Convert.FromHexString(secret), System.Text.Encoding.ASCII.GetBytes(label), Convert.FromHexString(seed), output);
        Assert.Equal(expected, Convert.ToHexStringLower(output));
    }

    private static byte[] Record(byte[] fragment) => [22, 3, 3, (byte)(fragment.Length >> 8), (byte)fragment.Length, .. fragment];

    /// <summary>A hello without a session, and after that what is given.</summary>
    private static byte[] Hello(byte type, byte random, byte[] rest) =>
        [type, 0, 0, (byte)(2 + 32 + 1 + rest.Length), 3, 3, .. Enumerable.Repeat(random, 32), 0, .. rest];
}
