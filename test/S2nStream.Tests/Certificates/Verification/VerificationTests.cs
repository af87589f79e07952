using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>What a client accepts and refuses by default, and under which name it reports it.</summary>
public class VerificationTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    private static readonly Dictionary<string, (Func<X509Certificate2> Issue, string Host, string? Error)> s_rows = new()
    {
        ["a good one"] = (() => TestAuthority.Localhost, "localhost", null),
        ["a host in capitals"] = (() => TestAuthority.Localhost, "LOCALHOST", null),
        ["a host with the dot of a full name"] = (() => TestAuthority.Localhost, "localhost.", null),
        ["an address in the certificate"] = (() => TestAuthority.Localhost, "127.0.0.1", null),
        ["an IPv6 address in the certificate"] = (() => Issue(addresses: [IPAddress.IPv6Loopback]), "::1", null),
        ["another address"] = (() => TestAuthority.Localhost, "127.0.0.2", "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["a wildcard"] = (() => Issue(["*.example.com"]), "www.example.com", null),
        ["a wildcard and two labels"] = (() => Issue(["*.example.com"]), "a.b.example.com", "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["a wildcard and the bare domain"] = (() => Issue(["*.example.com"]), "example.com", "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["an international name"] = (() => Issue(["xn--bcher-kva.example"]), "bücher.example", null),
        ["the wrong host"] = (() => Issue(["other.example"]), "localhost", "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["no host"] = (() => TestAuthority.Localhost, "", "S2N_ERR_CERT_INVALID_HOSTNAME"),
        ["an expired one"] = (() => Issue(notBefore: s_now.AddDays(-9), notAfter: s_now.AddDays(-1)), "localhost", "S2N_ERR_CERT_EXPIRED"),
        ["one not valid yet"] = (() => Issue(notBefore: s_now.AddDays(1)), "localhost", "S2N_ERR_CERT_NOT_YET_VALID"),
        ["one of an unknown authority"] = (() => new TestAuthority("Somebody Else").Issue(), "localhost", "S2N_ERR_CERT_UNTRUSTED"),
        ["a self-signed one"] = (SelfSigned, "localhost", "S2N_ERR_CERT_UNTRUSTED"),
        ["one for clients"] = (() => TestAuthority.Default.Issue(forClients: true), "localhost", "S2N_ERR_CERT_INTENT_INVALID"),
        ["RSA 2048"] = (() => Issue(key: RSA.Create(2048)), "localhost", null),
        ["P-384"] = (() => Issue(key: ECDsa.Create(ECCurve.NamedCurves.nistP384)), "localhost", null),
    };

    public static TheoryData<string, SslProtocols> Rows()
    {
        var rows = new TheoryData<string, SslProtocols>();
        foreach (string row in s_rows.Keys)
        {
            rows.Add(row, SslProtocols.Tls13);
            rows.Add(row, SslProtocols.Tls12);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_client_judges(string certificate, SslProtocols protocol)
    {
        (Func<X509Certificate2> issue, string host, string? expected) = s_rows[certificate];
        using S2nContext server = TestContexts.MakeServer(
            options => options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13,
            issue());
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(server);
        Task clientSide = clientStream.AuthenticateAsClientAsync(TestContexts.ClientFor(protocol), host);
        if (expected is null)
        {
            await Task.WhenAll(clientSide, serverSide).WithDeadline();
            Assert.True(clientStream.IsAuthenticated);
            Assert.Equal(protocol, clientStream.SslProtocol);
            return;
        }

        var error = await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.WithDeadline());
        Assert.Equal(expected, Assert.IsType<S2nException>(error.InnerException).S2nErrorName);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.False(clientStream.IsAuthenticated);

        // Later calls say the same.
        Assert.Same(error, await Assert.ThrowsAsync<AuthenticationException>(() => clientStream.ReadAsync(new byte[1]).AsTask()));
        clientEnd.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await serverSide.WithDeadline();
            await serverStream.ReadExactlyAsync(new byte[1]).WithDeadline();
        });
    }

    [Fact]
    public async Task By_default_the_systems_roots_decide()
    {
        using S2nContext client = S2nContext.CreateClient(new S2nClientOptions { MaxBlindingDelay = TimeSpan.FromSeconds(1) });
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverStream = new S2nStream(serverEnd);
        await using var clientStream = new S2nStream(clientEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(TestContexts.Server);
        var error = await Assert.ThrowsAsync<AuthenticationException>(
            () => clientStream.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", ((S2nException)error.InnerException!).S2nErrorName);
        clientEnd.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => serverSide.WithDeadline());
    }

    [Fact]
    public async Task The_peers_certificate_can_be_asked_for()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        Assert.Equal(TestAuthority.Localhost.RawData, ((X509Certificate2)pair.Client.RemoteCertificate!).RawData);
        Assert.Null(pair.Server.RemoteCertificate);
        Assert.Equal("localhost", pair.Client.TargetHostName);
        Assert.Equal("localhost", pair.Server.TargetHostName);
        Assert.True(pair.Server.IsServer);
        Assert.False(pair.Client.IsServer);
        Assert.False(pair.Client.IsMutuallyAuthenticated);
    }

    private static X509Certificate2 Issue(
        string[]? hosts = null, IPAddress[]? addresses = null, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, AsymmetricAlgorithm? key = null) =>
        TestAuthority.Default.Issue(hosts, addresses, notBefore, notAfter, key);

    private static X509Certificate2 SelfSigned()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(s_now.AddDays(-1), s_now.AddDays(10));
    }
}
