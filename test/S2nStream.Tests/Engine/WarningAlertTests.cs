using System.Security.Authentication;

namespace S2nTls.Tests.Engine;

/// <summary>Peers of TLS 1.2 that warn and go on (RFC 5246 §7.2.2).</summary>
public class WarningAlertTests
{
    [Fact]
    public async Task A_warning_ends_the_connection()
    {
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => ConnectAsync(ignore: false));
        Assert.Equal(TlsAlert.UnrecognizedName, Assert.IsType<S2nException>(error.InnerException).Alert);
    }

    [Fact]
    public async Task It_is_ignored_where_that_is_asked_for()
    {
        await ConnectAsync(ignore: true);
    }

    private static async Task ConnectAsync(bool ignore)
    {
        using S2nContext context = TestContexts.MakeServer(options => (options.SecurityPolicy, options.IgnoreWarningAlerts) = (TestContexts.Tls12Policy, ignore));
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(new Warning(clientEnd));
        await using var server = new S2nStream(serverEnd);
        Task clientSide = client.AuthenticateAsClientAsync(TestContexts.Client12, "localhost");
        try
        {
            await server.AuthenticateAsServerAsync(context).WithDeadline();
            await clientSide.WithDeadline();
        }
        finally
        {
            await serverEnd.DisposeAsync();
            await ((Task)Task.WhenAny(clientSide)).WithDeadline();
        }
    }

    /// <summary>Warns once, before it says anything.</summary>
    private sealed class Warning(Stream inner) : WrappedStream(inner)
    {
        private bool _hasWarned;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_hasWarned)
            {
                _hasWarned = true;
                await base.WriteAsync((byte[])[21, 3, 3, 0, 2, 1, (byte)TlsAlert.UnrecognizedName], cancellationToken);
            }

            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
