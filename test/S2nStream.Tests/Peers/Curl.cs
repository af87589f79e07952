using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>Starts <c>curl</c> for one request, which verifies the server and fails on any status but success.</summary>
internal static class Curl
{
    /// <param name="protocol">The only version that it speaks.</param>
    /// <param name="server">This library's side.</param>
    /// <param name="authority">The authority that it trusts, instead of the usual one.</param>
    /// <param name="more">What it does; by default it gets.</param>
    public static Task<ProgramPeer> ClientAsync(
        SslProtocols protocol, S2nContext? server = null, TestAuthority? authority = null, params string[] more) =>
        ProgramPeer.ClientAsync(server ?? TestContexts.ServerFor(protocol), port =>
        {
            var directory = new TempDirectory();
            PemFiles.Write(directory, TestAuthority.Localhost, authority);
            string version = protocol == SslProtocols.Tls12 ? "1.2" : "1.3";
            string[] arguments =
            [
                // The user's own settings and proxies are none of the test's.
                "--disable", "--noproxy", "*", "--silent", "--show-error", "--verbose", "--fail", "--http1.1",
                $"--tlsv{version}", "--tls-max", version, "--cacert", PemFiles.Root,
                "--resolve", $"localhost:{port}:127.0.0.1", .. more, $"https://localhost:{port}/data",
            ];
            return PeerProgram.Start("curl", arguments, directory);
        });
}
