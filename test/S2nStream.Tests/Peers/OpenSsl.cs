using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Peers;

/// <summary>
/// Starts <c>openssl s_client</c> and <c>openssl s_server</c>. They send what they read on standard input,
/// until its end, and write what they receive to standard output; or, where they are to tell, they write
/// there what the handshake has agreed on.
/// </summary>
internal static class OpenSsl
{
    /// <summary>
    /// With -quiet, standard output carries data only, but the end of standard input is ignored unless
    /// -no_ign_eof is said, and then input that begins with Q or R is a command unless -nocommands is.
    /// </summary>
    private static readonly string[] s_rawClient = ["-quiet", "-no_ign_eof", "-nocommands"];

    /// <summary>Here -quiet turns commands off, and the end of standard input ends the connection all the same.</summary>
    private static readonly string[] s_rawServer = ["-quiet"];

    /// <param name="protocol">The only version that it speaks.</param>
    /// <param name="server">This library's side.</param>
    /// <param name="identity">The certificate that it shows when it is asked for one.</param>
    /// <param name="authority">The authority that it trusts, instead of the usual one.</param>
    /// <param name="tells">Whether to tell of the handshake.</param>
    /// <param name="more">More arguments.</param>
    public static Task<ProgramPeer> ClientAsync(
        SslProtocols protocol, S2nContext? server = null, X509Certificate2? identity = null,
        TestAuthority? authority = null, bool tells = false, params string[] more)
    {
        string[] shown = identity is null ? [] : ["-cert", PemFiles.Certificate, "-key", PemFiles.Key];
        return ProgramPeer.ClientAsync(server ?? TestContexts.ServerFor(protocol), port =>
        {
            var directory = new TempDirectory();
            PemFiles.Write(directory, identity ?? TestAuthority.Localhost, authority);
            string[] arguments =
            [
                "s_client", "-connect", $"127.0.0.1:{port}", "-servername", "localhost", Version(protocol),
                "-CAfile", PemFiles.Root, "-verify_return_error", "-verify_hostname", "localhost",
                .. shown, .. tells ? [] : s_rawClient, .. more,
            ];
            return PeerProgram.Start("openssl", arguments, directory);
        });
    }

    /// <summary>A server for one connection.</summary>
    /// <param name="protocol">The only version that it speaks.</param>
    /// <param name="client">This library's side.</param>
    /// <param name="tells">Whether to tell of the handshake.</param>
    /// <param name="more">More arguments.</param>
    public static Task<ProgramPeer> ServerAsync(
        SslProtocols protocol, S2nContext? client = null, bool tells = false, params string[] more) =>
        ServerAsync(protocol, stream => stream.AuthenticateAsClientAsync(client ?? TestContexts.ClientFor(protocol), "localhost"), tells, more);

    /// <inheritdoc cref="ServerAsync(SslProtocols, S2nContext, bool, string[])"/>
    /// <param name="authenticate">Performs this library's side of the handshake.</param>
    public static Task<ProgramPeer> ServerAsync(
        SslProtocols protocol, Func<S2nStream, Task> authenticate, bool tells = false, params string[] more)
    {
        var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        string[] arguments =
        [
            "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", Version(protocol),
            "-CAfile", PemFiles.Root, "-cert", PemFiles.Certificate, "-key", PemFiles.Key,
            .. tells ? [] : s_rawServer, .. more,
        ];
        return ProgramPeer.ServerAsync(authenticate, PeerProgram.Start("openssl", arguments, directory));
    }

    /// <summary>Has a client ask for an OCSP response.</summary>
    /// <param name="protocol">The only version that it speaks.</param>
    /// <param name="server">This library's side.</param>
    /// <param name="root">The authority that it trusts.</param>
    /// <returns>What it says of the response.</returns>
    public static async Task<string> ReadStatusAsync(SslProtocols protocol, S2nContext server, X509Certificate2 root)
    {
        await using ProgramPeer peer = await ProgramPeer.ClientAsync(server, port =>
        {
            var directory = new TempDirectory(); // the program's
            File.WriteAllText(directory.PathOf(PemFiles.Root), root.ExportCertificatePem());
            return PeerProgram.Start(
                "openssl",
                ["s_client", "-connect", $"127.0.0.1:{port}", "-servername", "localhost", Version(protocol), "-CAfile", PemFiles.Root, "-status"],
                directory);
        });
        string said = "";
        await peer.ExplainAsync(async () =>
        {
            await peer.EndInputAsync();
            Task<string> report = peer.ReadReportAsync();
            await peer.ExpectEndAsync();
            await peer.Stream.DisposeAsync();
            said = await report;
        });
        return said;
    }

    private static string Version(SslProtocols protocol) => protocol == SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3";
}
