using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Judging;

/// <summary>
/// <c>openssl verify</c> and <c>certtool --verify</c>, started by a shell that stays: a fork of a small process costs much less
/// than one of this. Not thread-safe: each worker has its own.
/// </summary>
internal sealed partial class VerifyingPrograms : IDisposable
{
    private const string Mark = "@@";
    private const string Leaf = "leaf.pem", Sent = "sent.pem", Anchors = "anchors.pem";

    private readonly TempDirectory _directory = new();
    private readonly Process _shell;

    internal VerifyingPrograms()
    {
        _shell = Process.Start(new ProcessStartInfo("sh")
        {
            WorkingDirectory = _directory.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["LC_ALL"] = "C" },
        })!;
    }

    /// <param name="chain">The chain to judge.</param>
    /// <param name="alsoGnuTls">Whether certtool is asked too.</param>
    internal async Task<(Verdict OpenSsl, Verdict? GnuTls)> JudgeAsync(ChainDraft chain, bool alsoGnuTls)
    {
        string leaf = PemOf(chain.Sent[0]);
        await File.WriteAllTextAsync(_directory.PathOf(Leaf), leaf);
        await File.WriteAllTextAsync(_directory.PathOf(Sent), chain.SentPem + '\n');
        await File.WriteAllTextAsync(_directory.PathOf(Anchors), chain.AnchorsPem + '\n');
        Verdict openSsl = ReadOpenSsl(await RunAsync(
            $"openssl verify -x509_strict -purpose {(chain.IsClients ? "sslclient" : "sslserver")} -no-CApath -no-CAstore -CAfile {Anchors} -untrusted {Sent}{OpenSslHost(chain)} {Leaf}"));
        Verdict? gnuTls = alsoGnuTls
            ? ReadGnuTls(await RunAsync(
                $"certtool --verify --verify-purpose {(chain.IsClients ? CertificateDraft.ClientAuthentication : CertificateDraft.ServerAuthentication)} --load-ca-certificate {Anchors}{GnuTlsHost(chain)} --infile {Sent}"))
            : null;
        return (openSsl, gnuTls);
    }

    public void Dispose()
    {
        _shell.StandardInput.Dispose();
        _shell.WaitForExit();
        _shell.Dispose();
        _directory.Dispose();
    }

    private static string PemOf(CertificateDraft certificate) => System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", certificate.Encoded);

    private static string OpenSslHost(ChainDraft chain) =>
        chain.IsClients ? ""
        : IPAddress.TryParse(chain.Host, out IPAddress? address) ? $" -verify_ip {address}"
        : $" -verify_hostname '{Ascii(chain.Host)}'";

    private static string GnuTlsHost(ChainDraft chain) => chain.IsClients ? "" : $" --verify-hostname '{Ascii(chain.Host)}'";

    /// <summary>The name as it would be sent to the server: in ASCII, without the dot at its end.</summary>
    private static string Ascii(string host) => IPAddress.TryParse(host, out IPAddress? address) ? address.ToString() : new IdnMapping { AllowUnassigned = true }.GetAscii(host.TrimEnd('.'));

    private async Task<(int Code, string Output)> RunAsync(string command)
    {
        await _shell.StandardInput.WriteAsync($"{command} 2>&1 </dev/null; echo {Mark}$?\n");
        await _shell.StandardInput.FlushAsync();
        var output = new StringBuilder();
        while (await _shell.StandardOutput.ReadLineAsync().WithDeadline() is { } line)
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal))
            {
                return (int.Parse(line.AsSpan(Mark.Length), CultureInfo.InvariantCulture), output.ToString());
            }

            output.Append(line).Append('\n');
        }

        throw new InvalidOperationException($"The shell ended during: {command}");
    }

    /// <summary>All errors that it has found, which may be several: "error 79 at 1 depth lookup: …".</summary>
    private static Verdict ReadOpenSsl((int Code, string Output) answer) =>
        answer.Code == 127 ? throw new FileNotFoundException("openssl is not installed: apt-get install -y openssl")
        : answer.Code == 0 ? Verdict.Accepted
        : new Verdict(false, OpenSslErrors().Matches(answer.Output) is { Count: > 0 } errors ? string.Join("; ", errors.Select(error => error.Value)) : answer.Output.Trim().ReplaceLineEndings(" "));

    private static Verdict ReadGnuTls((int Code, string Output) answer) =>
        answer.Code == 127 ? throw new FileNotFoundException("certtool is not installed: apt-get install -y gnutls-bin")
        : answer.Code == 0 ? Verdict.Accepted
        : new Verdict(false, answer.Output.LastIndexOf("Chain verification output:", StringComparison.Ordinal) is var at and >= 0
            ? answer.Output[at..].Trim().ReplaceLineEndings(" ")
            : answer.Output.Trim().ReplaceLineEndings(" "));

    [GeneratedRegex("error [0-9]+ at [0-9]+ depth lookup: .*")]
    private static partial Regex OpenSslErrors();
}
