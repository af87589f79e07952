using System.Net.Security;

namespace S2nTls.Tests.Certificates;

/// <summary>A target host that would be cut or changed on its way to the server, or to the comparison with the certificate, is refused before anything is sent.</summary>
public class TargetHostTests
{
    private static readonly Dictionary<string, string> s_bad = new()
    {
        ["NUL in the middle"] = "a\0b.test",
        ["NUL at the end"] = "ab\0",
        ["NUL alone"] = "\0",
        ["NUL after an international letter"] = "ü\0x",
        ["line feed"] = "a\nb.test",
        ["tab"] = "a\tb.test",
        ["delete"] = "a\u007fb.test",
        ["control character beyond ASCII"] = "a\u0085b.test",
        ["high surrogate alone"] = "\ud800x.test",
        ["low surrogate alone"] = "x\udc00",
        ["international name that claims to be encoded"] = "xn--\u00fc",
        ["more than 255 characters"] = string.Join('.', Enumerable.Repeat(new string('a', 60), 5)),
        ["empty label"] = "a..b",
        ["empty label at the end"] = "localhost..",
        ["empty label at the beginning"] = ".localhost",
    };

    /// <summary>Those that SslStream takes: it sends a name of that length to nobody, and does not mind dots and DEL.</summary>
    private static readonly string[] s_takenBySslStream =
    [
        "delete", "control character beyond ASCII", "NUL after an international letter",
        "more than 255 characters", "empty label", "empty label at the end", "empty label at the beginning",
        .. Runtime.IsNet11 ? ["high surrogate alone", "low surrogate alone"] : (string[])[],
    ];

    public static TheoryData<string> Bad => [.. s_bad.Keys];

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_one_is_refused_and_nothing_is_sent(string kind)
    {
        string host = s_bad[kind];
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        var judged = new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null };
        await AssertRefusedAsync(stream => new S2nStream(stream), stream => ((S2nStream)stream).AuthenticateAsClientAsync(TestContexts.Client, host));
        await AssertRefusedAsync(stream => new S2nStream(stream), stream => ((S2nStream)stream).AuthenticateAsClientAsync(options));
        await AssertRefusedAsync(stream => new S2nStream(stream), stream => ((S2nStream)stream).AuthenticateAsClientAsync(judged));
        await AssertRefusedAsync(stream => new S2nStream(stream), stream => ((S2nStream)stream).AuthenticateAsClientAsync(host));
        await AssertRefusedAsync(
            stream => new S2nStream(stream), stream => Deadline.Run(() => ((S2nStream)stream).AuthenticateAsClient(TestContexts.Client, host)));
        if (s_takenBySslStream.Contains(kind)) // a row of the table of differences (Differences.OddTargetHost)
        {
            await AssertTakenAsync(stream => stream.AuthenticateAsClientAsync(options));
        }
        else
        {
            await AssertRefusedAsync(stream => new SslStream(stream), stream => ((SslStream)stream).AuthenticateAsClientAsync(options));
        }
    }

    [Fact]
    public async Task After_that_the_stream_can_be_given_a_good_one()
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(serverEnd);
        await using var client = new S2nStream(clientEnd);
        await Assert.ThrowsAsync<ArgumentException>(() => client.AuthenticateAsClientAsync(TestContexts.Client, "localhost\0.evil"));
        await Task.WhenAll(client.AuthenticateAsClientAsync(TestContexts.Client, "localhost"), server.AuthenticateAsServerAsync(TestContexts.Server)).WithDeadline();
    }

    [Theory]
    [InlineData("localhost", "localhost")]
    [InlineData("localhost.", "localhost")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("local_host", "local_host")]
    [InlineData("local host", "local host")]
    [InlineData("127.0.0.1", "")]
    [InlineData("127.0.0.1.", "")]
    [InlineData("::1", "")]
    [InlineData("[::1]", "")]
    [InlineData("127.0.0.1\u3002", "")] // an ideographic full stop is a dot in international names
    [InlineData(".", "")]
    [InlineData("", "")]
    public async Task The_server_is_told_names_only_and_in_ASCII(string host, string told)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var server = new S2nStream(serverEnd);
        await using var client = new S2nStream(clientEnd);
        string? named = null;
        Task serverSide = server.AuthenticateAsServerAsync((_, hello, _) =>
        {
            named = hello.ServerName;
            return new(TestContexts.Server);
        });
        using S2nContext trusting = TestContexts.MakeClient(options => options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null);
        await Task.WhenAll(client.AuthenticateAsClientAsync(trusting, host), serverSide).WithDeadline();
        Assert.Equal(told, named);
        Assert.Equal(host, client.TargetHostName);
    }

    /// <summary>A hello is sent.</summary>
    private static async Task AssertTakenAsync(Func<SslStream, Task> authenticate)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var stream = new SslStream(clientEnd);
        Task handshake = authenticate(stream);
        Assert.Equal(1, await serverEnd.ReadAsync(new byte[1]).AsTask().WithDeadline());
        await serverEnd.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => handshake.WithDeadline());
    }

    private static async Task AssertRefusedAsync(Func<Stream, AuthenticatedStream> over, Func<AuthenticatedStream, Task> authenticate)
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using (AuthenticatedStream stream = over(clientEnd))
        {
            Exception? thrown = await Record.ExceptionAsync(() => authenticate(stream).WithDeadline());
            Assert.IsAssignableFrom<ArgumentException>(thrown);
            Assert.False(stream.IsAuthenticated);
        }

        await clientEnd.DisposeAsync();
        Assert.Equal(0, await serverEnd.ReadAsync(new byte[1]).AsTask().WithDeadline());
        await serverEnd.DisposeAsync();
    }
}
