using System.Security.Authentication;
using S2nTls.Engine;
using S2nTls.Engine.Handshake;
using S2nTls.Tests.Engine;

namespace S2nTls.Tests.ClientHello;

/// <summary>A server that does not want a client, having seen its hello, says so at once.</summary>
public class RefusalTests
{
    public static TheoryData<SslProtocols> Protocols { get; } = [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory, MemberData(nameof(Protocols))]
    public async Task No_context_for_a_name_is_unrecognized_name(SslProtocols protocol)
    {
        (Exception server, TlsAlert? alert) = await RefuseAsync((_, _, _) => new((S2nContext?)null), protocol);
        Assert.Equal(TlsAlert.UnrecognizedName, Assert.IsType<S2nClientRefusedException>(server).Alert);
        Assert.Contains("'localhost'", server.Message, StringComparison.Ordinal);
        Assert.Equal(TlsAlert.UnrecognizedName, alert);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task No_context_for_a_client_without_a_name_is_handshake_failure(SslProtocols protocol)
    {
        (Exception server, TlsAlert? alert) = await RefuseAsync((_, _, _) => new((S2nContext?)null), protocol, host: "127.0.0.1");
        Assert.Equal(TlsAlert.HandshakeFailure, Assert.IsType<S2nClientRefusedException>(server).Alert);
        Assert.Equal(TlsAlert.HandshakeFailure, alert);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task The_alert_may_be_chosen(SslProtocols protocol)
    {
        var refusal = new S2nClientRefusedException(TlsAlert.AccessDenied, "not this one");
        (Exception server, TlsAlert? alert) = await RefuseAsync((_, _, _) => throw refusal, protocol);
        Assert.Same(refusal, server);
        Assert.Equal(TlsAlert.AccessDenied, alert);
    }

    [Fact]
    public async Task Anything_else_that_is_thrown_is_internal_error()
    {
        var thrown = new InvalidTimeZoneException("nothing of TLS");
        (Exception server, TlsAlert? alert) = await RefuseAsync(async (_, _, _) =>
        {
            await Task.Yield();
            throw thrown;
        });
        Assert.Same(thrown, server);
        Assert.Equal(TlsAlert.InternalError, alert);
    }

    [Fact]
    public async Task A_cancellation_that_is_not_the_callers_is_internal_error_too()
    {
        (Exception server, TlsAlert? alert) = await RefuseAsync((_, _, _) => throw new OperationCanceledException("of something else"));
        Assert.IsType<OperationCanceledException>(server);
        Assert.Equal(TlsAlert.InternalError, alert);
    }

    [Fact]
    public async Task A_clients_context_is_a_mistake_that_is_named()
    {
        (Exception server, TlsAlert? alert) = await RefuseAsync((_, _, _) => new(TestContexts.Client));
        Assert.Contains("for clients", Assert.IsType<InvalidOperationException>(server).Message, StringComparison.Ordinal);
        Assert.Equal(TlsAlert.InternalError, alert);
    }

    [Fact]
    public async Task A_context_that_is_disposed_is_an_ObjectDisposedException()
    {
        S2nContext gone = TestContexts.MakeServer();
        gone.Dispose();
        (Exception server, TlsAlert? alert) = await RefuseAsync((_, _, _) => new(gone));
        Assert.IsType<ObjectDisposedException>(server);
        Assert.Equal(TlsAlert.InternalError, alert);
    }

    [Fact]
    public async Task A_synchronous_refusal_is_the_same()
    {
        (Exception server, TlsAlert? alert) = await RefuseAsync(
            stream => Deadline.Run(() => stream.AuthenticateAsServer((_, _) => throw new S2nClientRefusedException())));
        Assert.IsType<S2nClientRefusedException>(server);
        Assert.Equal(TlsAlert.HandshakeFailure, alert);
    }

    [Fact]
    public async Task What_SslStreams_callback_throws_is_internal_error_too()
    {
        (Exception server, TlsAlert? alert) = await RefuseAsync(stream => stream.AuthenticateAsServerAsync((_, _, _, _) => throw new InvalidTimeZoneException(), null));
        Assert.IsType<InvalidTimeZoneException>(server);
        Assert.Equal(TlsAlert.InternalError, alert);
    }

    [Fact]
    public async Task A_refused_stream_stays_refused()
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        await using var server = new S2nStream(serverEnd);
        Task clientSide = client.AuthenticateAsClientAsync(TestContexts.Client, "localhost");
        var first = await Assert.ThrowsAsync<S2nClientRefusedException>(() => server.AuthenticateAsServerAsync((_, _, _) => new((S2nContext?)null)).WithDeadline());
        await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());
        Assert.Same(first, await Assert.ThrowsAsync<S2nClientRefusedException>(() => server.AuthenticateAsServerAsync(TestContexts.Server).WithDeadline()));
        Assert.Same(first, await Assert.ThrowsAsync<S2nClientRefusedException>(() => server.ReadAsync(new byte[1]).WithDeadline()));
    }

    [Theory]
    [InlineData(TlsAlert.CloseNotify)]
    [InlineData(TlsAlert.UserCanceled)]
    [InlineData((TlsAlert)1)]
    [InlineData((TlsAlert)300)]
    public void An_alert_that_does_not_refuse_is_an_ArgumentOutOfRangeException(TlsAlert alert) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nClientRefusedException(alert));

    [Fact]
    public void A_refusal_is_not_delayed_as_errors_are_that_might_tell_a_secret()
    {
        EnginePair.Side server = HelloSide.Create();
        using TlsConnection connection = server.Connection;
        server.Feed(HelloBytes.Records(HelloBytes.Make([0x1301], [])));
        Assert.Equal(HandshakeStatus.Asks, server.Handshake.Advance());
        server.Handshake.Question!.Refuse(new S2nClientRefusedException(TlsAlert.AccessDenied));
        Assert.Equal(TimeSpan.Zero, connection.BlindingDelay);
        connection.CloseWrite();
        Assert.Equal([21, 3, 3, 0, 2, 2, (byte)TlsAlert.AccessDenied], server.TakeOutbound());
    }

    private static Task<(Exception Server, TlsAlert? Alert)> RefuseAsync(
        S2nClientHelloCallback selection, SslProtocols protocol = SslProtocols.Tls13, string host = "localhost") =>
        RefuseAsync(stream => stream.AuthenticateAsServerAsync(selection), protocol, host);

    private static async Task<(Exception Server, TlsAlert? Alert)> RefuseAsync(
        Func<S2nStream, Task> serve, SslProtocols protocol = SslProtocols.Tls13, string host = "localhost")
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        await using var server = new S2nStream(serverEnd);
        Task clientSide = client.AuthenticateAsClientAsync(TestContexts.ClientFor(protocol), host);
        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => serve(server).WithDeadline());
        var heard = await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());
        return (thrown, Assert.IsType<S2nException>(heard.InnerException).Alert);
    }
}
