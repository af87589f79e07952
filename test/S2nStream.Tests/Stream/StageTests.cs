
namespace S2nTls.Tests.Streams;

/// <summary>Calls before authentication and after disposal.</summary>
public class StageTests
{
    private static readonly Dictionary<string, Func<S2nStream, Task>> s_calls = new()
    {
        ["ReadAsync"] = s => s.ReadAsync(new byte[1]).AsTask(),
        ["ReadAsync(array)"] = s => s.ReadAsync(new byte[1], 0, 1, CancellationToken.None),
        ["ReadAsync(empty)"] = s => s.ReadAsync(Memory<byte>.Empty).AsTask(),
        ["Read(array)"] = s => Do(() => s.Read(new byte[1], 0, 1)),
        ["Read(span)"] = s => Do(() => s.Read(new byte[1].AsSpan())),
        ["ReadByte"] = s => Do(() => s.ReadByte()),
        ["WriteAsync"] = s => s.WriteAsync(new byte[1]).AsTask(),
        ["WriteAsync(array)"] = s => s.WriteAsync(new byte[1], 0, 1, CancellationToken.None),
        ["WriteAsync(empty)"] = s => s.WriteAsync(ReadOnlyMemory<byte>.Empty).AsTask(),
        ["Write(array)"] = s => Do(() => s.Write(new byte[1], 0, 1)),
        ["Write(span)"] = s => Do(() => s.Write(new byte[1].AsSpan())),
        ["WriteByte"] = s => Do(() => s.WriteByte(1)),
        ["CopyToAsync"] = s => s.CopyToAsync(Stream.Null),
        ["ShutdownWriteAsync"] = s => s.ShutdownWriteAsync(),
        ["ShutdownWrite"] = s => Do(s.ShutdownWrite),
        ["ShutdownAsync"] = s => s.ShutdownAsync(),
        ["DataAvailable"] = s => Do(() => _ = s.DataAvailable),
        ["Available"] = s => Do(() => _ = s.Available),
        ["SslProtocol"] = s => Do(() => _ = s.SslProtocol),
        ["NegotiatedCipherSuite"] = s => Do(() => _ = s.NegotiatedCipherSuite),
        ["NegotiatedApplicationProtocol"] = s => Do(() => _ = s.NegotiatedApplicationProtocol),
        ["KeyExchangeGroup"] = s => Do(() => _ = s.KeyExchangeGroup),
        ["IsSessionResumed"] = s => Do(() => _ = s.IsSessionResumed),
        ["RemoteCertificate"] = s => Do(() => _ = s.RemoteCertificate),
    };

    public static TheoryData<string> Calls() => [.. s_calls.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Before_authentication_a_call_throws_InvalidOperationException(string call)
    {
        await using var stream = new S2nStream(DuplexPipe.CreateStreams().Client);
        await Assert.ThrowsAsync<InvalidOperationException>(() => s_calls[call](stream).WithDeadline());
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task During_authentication_a_call_throws_InvalidOperationException(string call)
    {
        await using var stream = new S2nStream(DuplexPipe.CreateStreams().Client);
        Task handshake = stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        await Assert.ThrowsAsync<InvalidOperationException>(() => s_calls[call](stream).WithDeadline());
        Assert.False(handshake.IsCompleted);
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => handshake.WithDeadline());
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task After_disposal_a_call_throws_ObjectDisposedException(string call)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        await pair.Client.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => s_calls[call](pair.Client).WithDeadline());
    }

    [Fact]
    public async Task What_is_known_before_authentication_can_be_asked()
    {
        await using var stream = new S2nStream(DuplexPipe.CreateStreams().Client);
        Assert.False(stream.IsAuthenticated);
        Assert.False(stream.IsMutuallyAuthenticated);
        Assert.False(stream.IsEncrypted);
        Assert.False(stream.IsSigned);
        Assert.False(stream.IsServer);
        Assert.False(stream.CanRead);
        Assert.False(stream.CanWrite);
        Assert.False(stream.CanSeek);
        Assert.Equal("", stream.TargetHostName);
    }

    [Fact]
    public async Task A_stream_authenticates_once()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Client.AuthenticateAsClientAsync(TestContexts.Client, "localhost"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Client.AuthenticateAsServerAsync(TestContexts.Server));
        await pair.Client.WriteAsync("fine"u8.ToArray());
        Assert.Equal(4, await pair.Server.ReadAsync(new byte[10]).WithDeadline());
    }

    [Fact]
    public async Task After_disposal_a_stream_does_not_authenticate()
    {
        var stream = new S2nStream(DuplexPipe.CreateStreams().Client);
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.AuthenticateAsClientAsync(TestContexts.Client, "localhost"));
    }

    [Fact]
    public async Task A_context_of_the_other_side_is_refused()
    {
        await using var stream = new S2nStream(DuplexPipe.CreateStreams().Client);
        await Assert.ThrowsAsync<ArgumentException>(() => stream.AuthenticateAsClientAsync(TestContexts.Server, "localhost"));
        await Assert.ThrowsAsync<ArgumentException>(() => stream.AuthenticateAsServerAsync(TestContexts.Client));
        await Assert.ThrowsAsync<ArgumentNullException>(() => stream.AuthenticateAsServerAsync((S2nContext)null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => stream.AuthenticateAsClientAsync(TestContexts.Client, (string)null!));
        await Assert.ThrowsAsync<ArgumentException>(() => stream.AuthenticateAsClientAsync(TestContexts.Client, "good.example\0.evil.example"));
    }

    [Fact]
    public void An_inner_stream_that_cannot_read_or_write_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new S2nStream((Stream)null!));
        Assert.Throws<ArgumentNullException>(() => new S2nStream((System.IO.Pipelines.IDuplexPipe)null!));
        Assert.Throws<ArgumentException>(() => new S2nStream(new MemoryStream([], writable: false)));
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
