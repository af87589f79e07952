using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Peers;

/// <summary>Starts <c>gnutls-cli</c> and <c>gnutls-serv</c>. What they tell of the handshake goes to standard error.</summary>
internal static class GnuTls
{
    /// <summary>A client that sends what it reads on standard input, until its end, and writes what it receives to standard output.</summary>
    /// <param name="protocol">The only version that it speaks.</param>
    /// <param name="server">This library's side.</param>
    /// <param name="identity">The certificate that it shows when it is asked for one.</param>
    /// <param name="authority">The authority that it trusts, instead of the usual one.</param>
    /// <param name="more">More arguments.</param>
    public static Task<ProgramPeer> ClientAsync(
        SslProtocols protocol, S2nContext? server = null, X509Certificate2? identity = null,
        TestAuthority? authority = null, params string[] more)
    {
        string[] shown = identity is null ? [] : ["--x509certfile", PemFiles.Certificate, "--x509keyfile", PemFiles.Key];
        return ProgramPeer.ClientAsync(server ?? TestContexts.ServerFor(protocol), port =>
        {
            var directory = new TempDirectory();
            PemFiles.Write(directory, identity ?? TestAuthority.Localhost, authority);
            string[] arguments =
            [
                "--port", $"{port}", "--priority", Priority(protocol), "--logfile", "/dev/stderr",
                "--x509cafile", PemFiles.Root, "--sni-hostname", "localhost", "--verify-hostname", "localhost",
                .. shown, .. more, "127.0.0.1",
            ];
            return PeerProgram.Start("gnutls-cli", arguments, directory);
        });
    }

    /// <summary>A server that sends lines back (<c>--echo</c>), or a file (<c>--http --httpdata</c>). It does not end by itself.</summary>
    /// <param name="protocol">The only version that it speaks.</param>
    /// <param name="client">This library's side.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="more">What it does.</param>
    public static Task<ProgramPeer> ServerAsync(
        SslProtocols protocol, S2nContext? client = null, TempDirectory? directory = null, params string[] more) =>
        ServerAsync(protocol, stream => stream.AuthenticateAsClientAsync(client ?? TestContexts.ClientFor(protocol), "localhost"), directory, more);

    /// <inheritdoc cref="ServerAsync(SslProtocols, S2nContext, TempDirectory, string[])"/>
    /// <param name="authenticate">Performs this library's side of the handshake.</param>
    public static Task<ProgramPeer> ServerAsync(
        SslProtocols protocol, Func<S2nStream, Task> authenticate, TempDirectory? directory = null, params string[] more)
    {
        directory ??= new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        string[] arguments =
        [
            "--port", "0", "--priority", Priority(protocol), "--x509cafile", PemFiles.Root,
            "--x509certfile", PemFiles.Certificate, "--x509keyfile", PemFiles.Key, .. more,
        ];
        return ProgramPeer.ServerAsync(authenticate, PeerProgram.Start("gnutls-serv", arguments, directory));
    }

    private static string Priority(SslProtocols protocol) =>
        $"NORMAL:-VERS-ALL:+VERS-{(protocol == SslProtocols.Tls12 ? "TLS1.2" : "TLS1.3")}";
}
