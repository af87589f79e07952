using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>That the programs verify this library's certificate for real is seen where they must refuse it.</summary>
[Needs("curl", "gnutls-cli", "openssl")]
public class PeersVerificationTests
{
    private static readonly TestAuthority s_otherAuthority = new("Another Root");

    [Theory]
    [InlineData("openssl s_client")]
    [InlineData("gnutls-cli")]
    [InlineData("curl")]
    public async Task A_client_refuses_a_certificate_of_an_authority_that_it_does_not_trust(string program)
    {
        var error = await Assert.ThrowsAsync<PeerProgramException>(() => ConnectAsync(program));
        Assert.IsType<AuthenticationException>(error.InnerException);
        var cause = Assert.IsType<S2nException>(error.InnerException.InnerException);
        Assert.Contains(cause.Alert, new TlsAlert?[] { TlsAlert.UnknownCA, TlsAlert.BadCertificate });
    }

    private static Task<ProgramPeer> ConnectAsync(string program) => program switch
    {
        "openssl s_client" => OpenSsl.ClientAsync(SslProtocols.Tls13, authority: s_otherAuthority),
        "gnutls-cli" => GnuTls.ClientAsync(SslProtocols.Tls13, authority: s_otherAuthority),
        _ => Curl.ClientAsync(SslProtocols.Tls13, authority: s_otherAuthority),
    };
}
