using System.Security.Authentication;
using S2nTls.Engine;

namespace S2nTls.Tests.Engine;

public class CloseTests
{
    [Fact]
    public void On_tls_1_3_a_side_reads_on_after_it_has_closed_its_write_side()
    {
        using EnginePair pair = EnginePair.CreateConnected();
        pair.Client.Connection.CloseWrite();
        pair.Server.Feed(pair.Client.TakeOutbound());
        Assert.Equal(DecryptStatus.Closed, pair.Server.DecryptAll().Status);
        pair.Client.Feed(pair.Server.Encrypt("still here"u8));
        Assert.Equal("still here"u8.ToArray(), pair.Client.DecryptAll().Data);
    }

    [Fact]
    public void On_tls_1_2_what_had_arrived_before_the_close_can_still_be_read()
    {
        using EnginePair pair = EnginePair.CreateConnected(SslProtocols.Tls12);
        pair.Client.Feed(pair.Server.Encrypt("first "u8));
        Assert.True(pair.Client.Connection.IsDataAvailable()); // one byte looked ahead at, the rest in s2n
        pair.Client.Feed(pair.Server.Encrypt("second"u8)); // and a record not decrypted yet
        pair.Client.Connection.CloseWrite();
        pair.Server.Connection.CloseWrite();
        pair.Client.Feed(pair.Server.TakeOutbound());
        Assert.Equal("first second".Length, pair.Client.Connection.Available);
        (byte[] data, DecryptStatus status) = pair.Client.DecryptAll(bufferSize: 4);
        Assert.Equal("first second"u8.ToArray(), data);
        Assert.Equal(DecryptStatus.Closed, status);
    }

    [Fact]
    public void On_tls_1_2_data_that_comes_after_the_close_is_an_error_and_not_lost_silently()
    {
        using EnginePair pair = EnginePair.CreateConnected(SslProtocols.Tls12);
        pair.Client.Connection.CloseWrite();
        pair.Client.Feed(pair.Server.Encrypt("too late"u8));
        var error = Assert.Throws<S2nException>(() => pair.Client.DecryptAll());
        Assert.Equal(S2nErrorType.Closed, error.ErrorType);
        Assert.Contains("after this side's close_notify", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void After_the_peers_close_notify_the_answer_is_closed_again_and_again(SslProtocols protocol)
    {
        using EnginePair pair = EnginePair.CreateConnected(protocol);
        pair.Client.Feed([.. pair.Server.Encrypt("last"u8), .. Close(pair.Server)]);
        pair.Client.FeedEnd();
        Assert.Equal("last"u8.ToArray(), pair.Client.DecryptAll().Data);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((Array.Empty<byte>(), DecryptStatus.Closed), pair.Client.DecryptAll());
            Assert.False(pair.Client.Connection.IsDataAvailable());
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void The_transports_end_without_close_notify_is_an_error_of_type_closed(SslProtocols protocol)
    {
        using EnginePair pair = EnginePair.CreateConnected(protocol);
        pair.Client.FeedEnd();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(S2nErrorType.Closed, Assert.Throws<S2nException>(() => pair.Client.DecryptAll()).ErrorType);
        }
    }

    [Fact]
    public void On_tls_1_2_neither_a_read_that_gives_data_nor_a_question_for_more_meets_the_peers_end()
    {
        using EnginePair pair = EnginePair.CreateConnected(SslProtocols.Tls12);
        pair.Client.Feed([.. pair.Server.Encrypt("question"u8), .. pair.Server.Encrypt("!"u8), .. Close(pair.Server)]);
        Assert.True(pair.Client.Connection.IsDataAvailable());
        byte[] buffer = new byte[100];
        Assert.Equal(DecryptStatus.Done, pair.Client.Connection.Decrypt(buffer, out int count));
        Assert.Equal("question!"u8.ToArray(), buffer[..count]);
        Assert.False(pair.Client.Connection.IsDataAvailable());
        Assert.NotEmpty(pair.Client.Encrypt("answer"u8));
        Assert.Equal(DecryptStatus.Closed, pair.Client.Connection.Decrypt(buffer, out _));
        var error = Assert.Throws<S2nException>(() => pair.Client.Encrypt("too late"u8));
        Assert.StartsWith("The peer has closed the connection with close_notify. On TLS 1.2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void On_tls_1_2_a_write_after_the_transports_end_says_that_it_was_that()
    {
        using EnginePair pair = EnginePair.CreateConnected(SslProtocols.Tls12);
        pair.Client.FeedEnd();
        Assert.Throws<S2nException>(() => pair.Client.DecryptAll());
        var error = Assert.Throws<S2nException>(() => pair.Client.Encrypt("answer"u8));
        Assert.StartsWith("The transport has ended without the peer's close_notify. On TLS 1.2", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Close(EnginePair.Side side)
    {
        side.Connection.CloseWrite();
        return side.TakeOutbound();
    }
}
