using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Authentication.ExtendedProtection;
using System.Text;
using System.Text.RegularExpressions;

namespace S2nTls.Tests.Peers;

/// <summary>Exported keying material and channel bindings are those of other implementations.</summary>
public partial class PeersKeyingMaterialTests
{
    private const string Label = "EXPERIMENTAL-s2nstream-test";
    private const string ExporterBindingLabel = "EXPORTER-Channel-Binding";

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("openssl")]
    public async Task Openssl_s_client_exports_the_same(SslProtocols protocol)
    {
        await using ProgramPeer peer = await OpenSsl.ClientAsync(protocol, tells: true, more: ["-keymatexport", Label, "-keymatexportlen", "77"]);
        await peer.ExplainAsync(async () =>
        {
            string exported = Convert.ToHexString(peer.Stream.ExportKeyingMaterial(Label, 77));
            await peer.Stream.DisposeAsync();
            Assert.Contains($"Keying material: {exported}", await peer.ReadReportAsync(), StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("openssl")]
    public async Task Openssl_s_server_exports_the_same(SslProtocols protocol)
    {
        await using ProgramPeer peer = await OpenSsl.ServerAsync(protocol, tells: true, more: ["-keymatexport", Label, "-keymatexportlen", "77"]);
        await peer.ExplainAsync(async () =>
        {
            string exported = Convert.ToHexString(peer.Stream.ExportKeyingMaterial(Label, 77));
            await peer.EndBothAsync();
            Assert.Contains($"Keying material: {exported}", await peer.ReadReportAsync(), StringComparison.Ordinal);
        });
    }

    // Both hashes of the PRF.
    [Theory]
    [InlineData("ECDHE-ECDSA-AES128-GCM-SHA256")]
    [InlineData("ECDHE-ECDSA-AES256-GCM-SHA384")]
    [InlineData("ECDHE-ECDSA-AES128-SHA256")]
    [Needs("openssl")]
    public async Task Openssl_s_client_exports_the_same_with_each_hash_of_Tls12(string suite)
    {
        await using ProgramPeer peer = await OpenSsl.ClientAsync(
            SslProtocols.Tls12, tells: true, more: ["-cipher", suite, "-keymatexport", Label, "-keymatexportlen", "77"]);
        await peer.ExplainAsync(async () =>
        {
            string exported = Convert.ToHexString(peer.Stream.ExportKeyingMaterial(Label, 77));
            await peer.Stream.DisposeAsync();
            string report = await peer.ReadReportAsync();
            Assert.Contains($"Cipher is {suite}", report, StringComparison.Ordinal);
            Assert.Contains($"Keying material: {exported}", report, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("gnutls-cli")]
    public async Task Gnutls_cli_has_the_same_channel_bindings(SslProtocols protocol)
    {
        await using ProgramPeer peer = await GnuTls.ClientAsync(protocol, more: ["--verbose"]);
        await peer.ExplainAsync(async () =>
        {
            string? unique = Unique(peer.Stream);
            string? exporter = Exporter(peer.Stream);
            Assert.Equal(protocol == SslProtocols.Tls12, unique is not null);
            Assert.NotNull(exporter);
            await peer.Stream.DisposeAsync();
            await peer.Program.ExitCodeAsync();
            AssertTold(peer.Program.Errors, unique, exporter);
        });
    }

    [Theory]
    [MemberData(nameof(TransferCases.Protocols), MemberType = typeof(TransferCases))]
    [Needs("gnutls-serv")]
    public async Task Gnutls_serv_has_the_same_channel_bindings(SslProtocols protocol)
    {
        await using ProgramPeer peer = await GnuTls.ServerAsync(protocol, more: ["--echo"]);
        await peer.ExplainAsync(async () =>
        {
            using var report = new StreamReader(peer.Output, leaveOpen: true);
            var told = new StringBuilder();
            while (!told.ToString().Contains("'tls-exporter'", StringComparison.Ordinal))
            {
                told.AppendLine(await report.ReadLineAsync().WithDeadline() ?? throw new EndOfStreamException(told.ToString()));
            }

            AssertTold(told.ToString(), Unique(peer.Stream), Exporter(peer.Stream));
        });
    }

    /// <summary>RFC 7627 §5.4, RFC 9266 §3.</summary>
    [Fact]
    [Needs("gnutls-cli")]
    public async Task Without_the_extended_master_secret_of_Tls12_nothing_is_exported()
    {
        await using ProgramPeer peer = await GnuTls.ClientAsync(
            SslProtocols.Tls12, more: ["--verbose", "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2:%NO_SESSION_HASH"]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Throws<NotSupportedException>(() => peer.Stream.ExportKeyingMaterial(Label, 32));
            Assert.Null(peer.Stream.GetTlsExporterChannelBinding());
            string? unique = Unique(peer.Stream); // of a full handshake: it is safe
            Assert.NotNull(unique);
            await peer.Stream.DisposeAsync();
            await peer.Program.ExitCodeAsync();
            AssertTold(peer.Program.Errors, unique, exporter: null);
        });
    }

    /// <summary>RFC 9266 §2; on TLS 1.3 the program's lack of a context is the empty one that is wanted.</summary>
    [Fact]
    [Needs("openssl")]
    public async Task Openssl_s_client_exports_the_exporter_binding()
    {
        await using ProgramPeer peer = await OpenSsl.ClientAsync(
            SslProtocols.Tls13, tells: true, more: ["-keymatexport", ExporterBindingLabel, "-keymatexportlen", "32"]);
        await peer.ExplainAsync(async () =>
        {
            string exporter = Exporter(peer.Stream)!;
            await peer.Stream.DisposeAsync();
            Assert.Contains($"Keying material: {exporter}", await peer.ReadReportAsync(), StringComparison.OrdinalIgnoreCase);
        });
    }

    private static string? Unique(S2nStream stream) =>
        Data(stream.TransportContext.GetChannelBinding(ChannelBindingKind.Unique), "tls-unique:");

    private static string? Exporter(S2nStream stream) => Data(stream.GetTlsExporterChannelBinding(), "tls-exporter:");

    private static string? Data(ChannelBinding? binding, string prefix)
    {
        using (binding)
        {
            if (binding is null)
            {
                return null;
            }

            byte[] content = new byte[binding.Size];
            Marshal.Copy(binding.DangerousGetHandle(), content, 0, content.Length);
            Assert.Equal(prefix, Encoding.ASCII.GetString(content, 32, prefix.Length));
            return Convert.ToHexStringLower(content.AsSpan(32 + prefix.Length));
        }
    }

    private static void AssertTold(string report, string? unique, string? exporter)
    {
        Assert.Equal(unique ?? "not available", Told(report, "tls-unique"));
        Assert.Equal(exporter ?? "not available", Told(report, "tls-exporter"));
    }

    private static string Told(string report, string name)
    {
        Match match = BindingLine().Matches(report).Single(match => match.Groups["name"].Value == name);
        return match.Groups["value"].Value.TrimEnd();
    }

    [GeneratedRegex("'(?<name>tls-[a-z-]+)': (?<value>.+)")]
    private static partial Regex BindingLine();
}
