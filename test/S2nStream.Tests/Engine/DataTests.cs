using System.Security.Authentication;
using S2nTls.Engine;

namespace S2nTls.Tests.Engine;

public class DataTests
{
    private static readonly SslProtocols[] s_protocols = [SslProtocols.Tls12, SslProtocols.Tls13];

    public static TheoryData<SslProtocols, int> SizesAroundRecordBoundaries()
    {
        var rows = new TheoryData<SslProtocols, int>();
        foreach (SslProtocols protocol in s_protocols)
        {
            foreach (int size in new[] { 1, 2, 1000, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 64 * 1024 })
            {
                rows.Add(protocol, size);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(SizesAroundRecordBoundaries))]
    public void What_one_side_encrypts_the_other_decrypts(SslProtocols protocol, int size)
    {
        using EnginePair pair = EnginePair.CreateConnected(protocol);
        byte[] sent = RandomBytes(size);
        byte[] ciphertext = pair.Client.Encrypt(sent);
        using var received = new MemoryStream();
        foreach (byte[] piece in ciphertext.Chunk(20_000))
        {
            pair.Server.Feed(piece);
            (byte[] data, DecryptStatus status) = pair.Server.DecryptAll();
            received.Write(data);
            Assert.Equal(DecryptStatus.NeedsCiphertext, status);
        }

        Assert.Equal(sent, received.ToArray());
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Two_records_cut_at_every_point_give_their_bytes_once_and_in_order(SslProtocols protocol)
    {
        using EnginePair pair = EnginePair.CreateConnected(protocol);
        int length = 2;
        for (int cut = 0; cut < length; cut++)
        {
            byte[] first = RandomBytes(50);
            byte[] second = RandomBytes(70);
            byte[] ciphertext = [.. pair.Client.Encrypt(first), .. pair.Client.Encrypt(second)];
            length = ciphertext.Length;
            pair.Server.Feed(ciphertext.AsSpan(0, cut));
            byte[] early = pair.Server.DecryptAll().Data;
            pair.Server.Feed(ciphertext.AsSpan(cut));
            byte[] late = pair.Server.DecryptAll().Data;
            Assert.Equal([.. first, .. second], (byte[])[.. early, .. late]);
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Ciphertext_that_comes_one_byte_at_a_time_gives_data_exactly_when_a_record_is_complete(SslProtocols protocol)
    {
        using EnginePair pair = EnginePair.CreateConnected(protocol);
        byte[] sent = RandomBytes(300);
        byte[] ciphertext = pair.Client.Encrypt(sent);
        for (int i = 0; i < ciphertext.Length; i++)
        {
            pair.Server.Feed(ciphertext.AsSpan(i, 1));
            bool complete = i == ciphertext.Length - 1;
            Assert.Equal(complete, pair.Server.Connection.IsDataAvailable());
        }

        Assert.Equal(sent, pair.Server.DecryptAll().Data);
    }

    [Fact]
    public void Several_records_at_hand_fill_one_destination()
    {
        using EnginePair pair = EnginePair.CreateConnected();
        pair.Server.Feed(pair.Client.Encrypt("one "u8));
        pair.Server.Feed(pair.Client.Encrypt("two "u8));
        pair.Server.Feed(pair.Client.Encrypt("three"u8));
        byte[] buffer = new byte[100];
        Assert.Equal(DecryptStatus.Done, pair.Server.Connection.Decrypt(buffer, out int count));
        Assert.Equal("one two three"u8.ToArray(), buffer[..count]);
    }

    [Fact]
    public void Looking_ahead_takes_nothing_away()
    {
        using EnginePair pair = EnginePair.CreateConnected();
        Assert.False(pair.Server.Connection.IsDataAvailable());
        Assert.Equal(0, pair.Server.Connection.Available);
        pair.Server.Feed(pair.Client.Encrypt("abc"u8));
        Assert.Equal(0, pair.Server.Connection.Available); // received, not decrypted
        Assert.True(pair.Server.Connection.IsDataAvailable());
        Assert.True(pair.Server.Connection.IsDataAvailable());
        Assert.Equal(3, pair.Server.Connection.Available);
        byte[] one = new byte[1];
        Assert.Equal(DecryptStatus.Done, pair.Server.Connection.Decrypt(one, out _));
        Assert.Equal((byte)'a', one[0]);
        Assert.Equal(2, pair.Server.Connection.Available);
        Assert.Equal("bc"u8.ToArray(), pair.Server.DecryptAll().Data);
        Assert.False(pair.Server.Connection.IsDataAvailable());
    }

    [Fact]
    public void Good_records_before_a_corrupted_one_are_given_before_the_error()
    {
        using EnginePair pair = EnginePair.CreateConnected();
        byte[] good = pair.Client.Encrypt("good"u8);
        byte[] bad = pair.Client.Encrypt("bad"u8);
        bad[^1] ^= 1;
        pair.Server.Feed([.. good, .. bad]);
        byte[] buffer = new byte[100];
        Assert.Equal(DecryptStatus.Done, pair.Server.Connection.Decrypt(buffer, out int count));
        Assert.Equal("good"u8.ToArray(), buffer[..count]);
        var error = Assert.Throws<S2nException>(() => pair.Server.Connection.Decrypt(buffer, out _));
        Assert.Equal(S2nErrorType.Protocol, error.ErrorType);

        // And it is remembered, in both directions.
        Assert.Equal(error.S2nErrorName, Assert.Throws<S2nException>(() => pair.Server.Connection.Decrypt(buffer, out _)).S2nErrorName);
        Assert.Equal(error.S2nErrorName, Assert.Throws<S2nException>(() => pair.Server.Connection.Encrypt("x"u8)).S2nErrorName);
    }

    internal static byte[] RandomBytes(int size)
    {
        byte[] bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }
}
