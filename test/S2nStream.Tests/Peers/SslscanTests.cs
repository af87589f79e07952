using System.Xml.Linq;
using S2nTls.Tests.Examples;

namespace S2nTls.Tests.Peers;

/// <summary>
/// What <c>sslscan</c> finds in the echo server, at the default policy. Not the groups: each
/// that is refused takes the blinding delay, up to 30 seconds. build/scan.sh has them, and testssl.sh's judgement.
/// </summary>
[Needs("sslscan")]
public class SslscanTests
{
    [Fact]
    public async Task It_finds_no_weakness()
    {
        await using EchoServerProgram server = await EchoServerProgram.StartAsync();
        await using PeerProgram scan = PeerProgram.Start("sslscan", ["--xml=-", "--timeout=1", "--no-groups", $"localhost:{server.Port}"], new TempDirectory());
        await scan.ExplainAsync(async () =>
        {
            XDocument report = XDocument.Parse(await new StreamReader(scan.Output).ReadToEndAsync().WithDeadline(TimeSpan.FromMinutes(1)));
            Assert.Equal(["TLS 1.2", "TLS 1.3"], report.Descendants("protocol").Where(version => Value(version, "enabled") == "1").Select(version => $"TLS {Value(version, "version")}").Order());
            Assert.All(report.Descendants("heartbleed"), version => Assert.Equal("0", Value(version, "vulnerable")));
            Assert.All(report.Descendants("renegotiation"), renegotiation => Assert.Equal("0", Value(renegotiation, "supported")));
            IEnumerable<XElement> suites = report.Descendants("cipher").ToList();
            Assert.NotEmpty(suites);
            Assert.All(suites, suite => Assert.InRange(int.Parse(Value(suite, "bits")), 128, 256));
            Assert.All(suites, suite => Assert.Matches("^(TLS_|ECDHE-)", Value(suite, "cipher"))); // forward secrecy
            Assert.All(suites, suite => Assert.Contains((string?)suite.Attribute("strength") ?? "", (string[])["strong", "acceptable"]));
        });
    }

    private static string Value(XElement element, string attribute) =>
        (string?)element.Attribute(attribute) ?? throw new InvalidDataException($"{element} has no {attribute}.");
}
