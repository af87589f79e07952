using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

public class HandshakeTests
{
    [Fact]
    public async Task Both_ends_agree_over_tcp_and_data_crosses_both_ways()
    {
        await using TlsPair pair = await TlsPair.OverTcpAsync();
        await pair.Client.WriteAsync("hello"u8.ToArray());
        byte[] buffer = new byte[100];
        int n = await pair.Server.ReadAsync(buffer).WithDeadline();
        Assert.Equal("hello"u8.ToArray(), buffer[..n]);
        await pair.Server.WriteAsync("world!"u8.ToArray());
        n = await pair.Client.ReadAsync(buffer).WithDeadline();
        Assert.Equal("world!"u8.ToArray(), buffer[..n]);
        Assert.Equal(SslProtocols.Tls13, pair.Client.SslProtocol);
    }
}
