using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Examples;

/// <summary>What is wrong gets one line on standard error and an exit code: never a stack trace.</summary>
public class BadUseTests
{
    [Theory]
    [InlineData("Client", 2, "--no-such-option")]
    [InlineData("Client", 2, "--port", "x")]
    [InlineData("Client", 2, "--port", "70000")]
    [InlineData("Client", 2, "--ca", "missing.pem")]
    [InlineData("Client", 2, "--policy", "no such policy")]
    [InlineData("Client", 2, "--certificate", "only-half-of-a-pair.pem")]
    [InlineData("Client", 2, "--alpn", "h2,,http/1.1")]
    [InlineData("Client", 1, "--host", "name.invalid", "--timeout", "5")]
    [InlineData("EchoServer", 2, "--no-such-option")]
    [InlineData("EchoServer", 2, "--policy", "no such policy")]
    [InlineData("EchoServer", 2, "--certificate", "missing.pem", "--key", "missing.key")]
    [InlineData("EchoServer", 2, "--handshake-timeout", "0")]
    [InlineData("EchoServer", 1, "--host", "192.0.2.1")]
    [InlineData("EchoServer", 2, "--require-client-certificate")]
    [InlineData("EchoServer", 2, "--write-ca", "/no/such/folder/ca.pem")]
    [InlineData("StartTls", 2, "--no-such-option")]
    [InlineData("StartTls", 2, "--certificate", "missing.pem", "--key", "missing.key")]
    [InlineData("StartTls", 2, "--timeout", "0")]
    [InlineData("StartTls", 1, "--host", "192.0.2.1")]
    [InlineData("StartTls", 2, "--write-ca", "/no/such/folder/ca.pem")]
    [InlineData("MailClient", 2, "--from", "a@example.com")]
    [InlineData("MailClient", 2, "--from", "<", "--to", "b@example.com")]
    [InlineData("MailClient", 2, "--from", "a@example.com", "--to", "b@example.com", "--ca", "missing.pem")]
    [InlineData("MailClient", 1, "--from", "a@example.com", "--to", "b@example.com", "--host", "127.0.0.1", "--port", "1")]
    public async Task It_is_one_line(string example, int code, params string[] arguments) =>
        AssertOneLine(code, await ExampleProgram.RunAsync(example, arguments));

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_one_line() =>
        AssertOneLine(1, await ExampleProgram.RunAsync("Client", "--host", "127.0.0.1", "--port", "1"));

    [Fact]
    public async Task Roots_that_are_missing_are_named_with_the_variable_that_names_them()
    {
        var result = await ExampleProgram.EndAsync(ExampleProgram.StartWith(
            "SSL_CERT_FILE=/no/such/roots.pem", "Client", new TempDirectory(), "--host", "127.0.0.1", "--port", "1"));
        AssertOneLine(1, result);
        Assert.Contains("SSL_CERT_FILE names /no/such/roots.pem", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_port_is_one_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        AssertOneLine(1, await ExampleProgram.RunAsync("EchoServer", "--port", port));
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_one_line()
    {
        using var directory = new TempDirectory();
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string certificate = directory.PathOf("certificate.pem");
        string key = directory.PathOf("key.pem");
        await File.WriteAllTextAsync(certificate, TestAuthority.Localhost.ExportCertificatePem());
        await File.WriteAllTextAsync(key, other.ExportPkcs8PrivateKeyPem());
        AssertOneLine(2, await ExampleProgram.RunAsync("EchoServer", "--port", "0", "--certificate", certificate, "--key", key));
        AssertOneLine(2, await ExampleProgram.RunAsync("StartTls", "--port", "0", "--certificate", certificate, "--key", key));
    }

    [Theory]
    [InlineData("Client")]
    [InlineData("EchoServer")]
    [InlineData("StartTls")]
    [InlineData("MailClient")]
    public async Task Help_says_how_with_examples(string example)
    {
        (int code, string output, _) = await ExampleProgram.RunAsync(example, "--help");
        Assert.Equal(0, code);
        Assert.Contains("Try it:", output, StringComparison.Ordinal);
        Assert.Contains("dotnet run", output, StringComparison.Ordinal);
    }

    private static void AssertOneLine(int code, (int ExitCode, string Output, string Errors) result)
    {
        Assert.True(result.ExitCode == code, $"exit code {result.ExitCode}: {result.Errors}");
        Assert.Single(result.Errors.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }
}
