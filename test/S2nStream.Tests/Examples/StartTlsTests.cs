using System.Text;
using S2nTls.Tests.Behaviours;

namespace S2nTls.Tests.Examples;

/// <summary>A mail server that was written for SslStream does the same with the type's name changed.</summary>
public class StartTlsTests
{
    private const string Mail = "Subject: hello\r\n\r\nhello\r\n..a line that begins with a dot\r\n";

    public static TheoryData<Kind> Kinds => [Kind.SslStream, Kind.S2nStream];

    public static TheoryData<Kind, Kind> PairsOfKinds => new()
    {
        { Kind.SslStream, Kind.SslStream }, { Kind.SslStream, Kind.S2nStream }, { Kind.S2nStream, Kind.SslStream }, { Kind.S2nStream, Kind.S2nStream },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    [Needs("curl")]
    public async Task Curl_sends_mail_after_STARTTLS(Kind kind)
    {
        await using MailServerProgram server = await MailServerProgram.StartAsync(kind);
        await using PeerProgram client = PeerProgram.Start(
            "curl",
            ["-sS", "--max-time", "20", "--ssl-reqd", "--cacert", server.CaFile, $"smtp://localhost:{server.Port}", "--mail-from", "a@example.com", "--mail-rcpt", "b@example.com", "-T", "-"],
            new TempDirectory());
        await client.ExplainAsync(async () =>
        {
            await client.Input.WriteAsync(Encoding.ASCII.GetBytes(Mail));
            client.Input.Close();
            await client.ExpectSuccessAsync();
            Assert.Matches("^127.0.0.1:[0-9]+: [0-9]+ bytes from a@example.com to b@example.com$", await server.ReadLineAsync());
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Needs("openssl")]
    public async Task Openssl_sends_mail_after_STARTTLS(Kind kind)
    {
        await using MailServerProgram server = await MailServerProgram.StartAsync(kind);
        await using PeerProgram client = PeerProgram.Start(
            "openssl",
            ["s_client", "-starttls", "smtp", "-connect", $"127.0.0.1:{server.Port}", "-CAfile", server.CaFile, "-verify_return_error", "-verify_hostname", "localhost", "-quiet"],
            new TempDirectory());
        await client.ExplainAsync(async () =>
        {
            await client.Input.WriteAsync("EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n1234\r\n.\r\nQUIT\r\n"u8.ToArray());
            await client.Input.FlushAsync();
            Assert.Matches("^127.0.0.1:[0-9]+: 6 bytes from a@example.com to b@example.com$", await server.ReadLineAsync());
            Assert.Contains("221 Goodbye", await new StreamReader(client.Output).ReadToEndAsync().WithDeadline(), StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(PairsOfKinds))]
    public async Task MailKit_sends_mail_over_a_stream_that_its_caller_has_encrypted(Kind clients, Kind servers)
    {
        await using MailServerProgram server = await MailServerProgram.StartAsync(servers, "--implicit-tls");
        await using PeerProgram client = ExampleProgram.StartOver(
            clients, "MailClient", new TempDirectory(), "--port", $"{server.Port}", "--ca", server.CaFile, "--from", "a@example.com", "--to", "b@example.com", "--subject", "hello");
        await client.ExplainAsync(async () =>
        {
            await client.Input.WriteAsync(Encoding.ASCII.GetBytes(Mail));
            client.Input.Close();
            Assert.Equal("The server says: Taken\n", await new StreamReader(client.Output).ReadToEndAsync().WithDeadline());
            await client.ExpectSuccessAsync();
            Assert.Matches("^127.0.0.1:[0-9]+: [0-9]+ bytes from a@example.com to b@example.com$", await server.ReadLineAsync());
        });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task MailKit_sends_nothing_to_a_server_that_is_not_trusted(Kind kind)
    {
        await using MailServerProgram server = await MailServerProgram.StartAsync(Kind.S2nStream, "--implicit-tls");
        using var directory = new TempDirectory();
        string otherCa = directory.PathOf("other.pem");
        await File.WriteAllTextAsync(otherCa, new TestAuthority("another").RootPem);
        (int code, _, string errors) = await ExampleProgram.EndAsync(ExampleProgram.StartOver(
            kind, "MailClient", new TempDirectory(), "--port", $"{server.Port}", "--ca", otherCa, "--from", "a@example.com", "--to", "b@example.com"));
        Assert.Equal(1, code);
        Assert.StartsWith("Cannot send mail through localhost:", Assert.Single(errors.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Commands_behind_STARTTLS_in_the_clear_are_refused(Kind kind)
    {
        await using MailServerProgram server = await MailServerProgram.StartAsync(kind);
        string answer = await server.SayInTheClearAsync("EHLO x\r\nSTARTTLS\r\nMAIL FROM:<evil@example.com>\r\n");
        Assert.EndsWith("503 Nothing may follow STARTTLS\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("in the clear", await server.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Mail_is_not_taken_in_the_clear(Kind kind)
    {
        await using MailServerProgram server = await MailServerProgram.StartAsync(kind);
        string answer = await server.SayInTheClearAsync("EHLO x\r\nMAIL FROM:<a@example.com>\r\nQUIT\r\n");
        Assert.EndsWith("530 Must issue a STARTTLS command first\r\n221 Goodbye\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_line_of_mail_is_refused()
    {
        await using MailServerProgram server = await MailServerProgram.StartAsync(Kind.S2nStream);
        Assert.EndsWith("a line ends without a carriage return\r\n", await server.SayInTheClearAsync("EHLO x\n"), StringComparison.Ordinal);
        Assert.EndsWith("a line is longer than 1000 bytes\r\n", await server.SayInTheClearAsync(new string('x', 1001)), StringComparison.Ordinal);
        await server.ReadLineAsync();
        await server.ReadLineAsync();
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_sent_away_before_TLS_and_in_the_handshake()
    {
        await using MailServerProgram server = await MailServerProgram.StartAsync(Kind.S2nStream, "--timeout", "1");
        Assert.Equal("220 localhost ready\r\n", await server.SayInTheClearAsync(""));
        Assert.EndsWith("failed: too slow", await server.ReadLineAsync(), StringComparison.Ordinal);
        Assert.EndsWith("220 Go ahead\r\n", await server.SayInTheClearAsync("STARTTLS\r\n"), StringComparison.Ordinal);
        Assert.EndsWith("failed: too slow", await server.ReadLineAsync(), StringComparison.Ordinal);
    }
}
