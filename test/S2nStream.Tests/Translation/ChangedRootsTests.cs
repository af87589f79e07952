using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Translation;

/// <summary>The system's roots are read again when they change. Alone, because the environment is the whole process's.</summary>
[Collection(nameof(Alone))]
public class ChangedRootsTests
{
    [Fact]
    public async Task Roots_that_are_replaced_judge_the_next_connection()
    {
        string? before = Environment.GetEnvironmentVariable("SSL_CERT_FILE");
        using var directory = new TempDirectory();
        string roots = directory.PathOf("roots.pem");
        var first = new TestAuthority("CN=First");
        var second = new TestAuthority("CN=Second");
        try
        {
            Environment.SetEnvironmentVariable("SSL_CERT_FILE", roots);
            await File.WriteAllTextAsync(roots, first.RootPem);
            Assert.True(await IsTrustedAsync(first));
            Assert.False(await IsTrustedAsync(second));

            await File.WriteAllTextAsync(roots, second.RootPem);
            File.SetLastWriteTimeUtc(roots, DateTime.UtcNow.AddSeconds(1)); // two writes within one tick of the file system's clock
            Assert.False(await IsTrustedAsync(first));
            Assert.True(await IsTrustedAsync(second));
        }
        finally
        {
            Environment.SetEnvironmentVariable("SSL_CERT_FILE", before);
        }
    }

    private static async Task<bool> IsTrustedAsync(TestAuthority authority)
    {
        (Stream clientInner, Stream serverInner) = DuplexPipe.CreateStreams();
        using X509Certificate2 certificate = authority.Issue();
        await using var server = new S2nStream(serverInner);
        await using var client = new S2nStream(clientInner);
        Task serverSide = server.AuthenticateAsServerAsync(certificate);
        Exception? error = await Record.ExceptionAsync(
            () => client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }).WithDeadline());
        await clientInner.DisposeAsync();
        await Record.ExceptionAsync(() => serverSide.WithDeadline());
        Assert.True(error is null or AuthenticationException, $"{error}");
        return error is null;
    }
}
