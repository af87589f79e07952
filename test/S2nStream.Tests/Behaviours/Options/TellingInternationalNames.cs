using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.Behaviours.Options;

/// <summary>In which spelling a server is told the name that a client asks for.</summary>
public class TellingInternationalNames
{
    private const string UnicodeName = "b\u00fccher.example";

    /// <summary>What a client names as its target, and what a server is told.</summary>
    public static TheoryData<Pair, SslProtocols, string, string> Names { get; } = MakeNames();

    [Theory, MemberData(nameof(Names))]
    public async Task A_callback_that_selects_a_certificate_is_told_U_labels(Pair pair, SslProtocols protocol, string asked, string expected)
    {
        var told = new List<string?>();
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            server: options =>
            {
                options.ServerCertificate = null;
                options.ServerCertificateSelectionCallback = (_, name) =>
                {
                    told.Add(name);
                    return TestAuthority.Localhost;
                };
            },
            client: options => Target(options, asked));
        talk.Succeeds();
        Assert.Equal([expected], told);
        Assert.Equal(expected, talk.Server.TargetHostName);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task So_is_one_that_selects_options(Pair pair, SslProtocols protocol, string asked, string expected)
    {
        string? told = null;
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            client: options => Target(options, asked),
            choose: _ => (_, hello, _, _) =>
            {
                told = hello.ServerName;
                return ValueTask.FromResult(Talk.ServerOptions(protocol));
            });
        talk.Succeeds();
        Assert.Equal(expected, told);
        Assert.Equal(expected, talk.Server.TargetHostName);
    }

    [Theory, MemberData(nameof(Names))]
    public async Task So_is_whoever_asks_for_the_target_host_afterwards(Pair pair, SslProtocols protocol, string asked, string expected)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options => Target(options, asked));
        talk.Succeeds();
        Assert.Equal(expected, talk.Server.TargetHostName);
        Assert.Equal(asked, talk.Client.TargetHostName);
    }

    private static void Target(SslClientAuthenticationOptions options, string host)
    {
        options.TargetHost = host;
        options.RemoteCertificateValidationCallback = static (_, _, _, errors) => errors >= SslPolicyErrors.None; // names are what this is about, not certificates
    }

    private static TheoryData<Pair, SslProtocols, string, string> MakeNames()
    {
        var names = new TheoryData<Pair, SslProtocols, string, string>();
        foreach (Pair pair in Enum.GetValues<Pair>())
        {
            foreach (SslProtocols protocol in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
            {
                names.Add(pair, protocol, UnicodeName, UnicodeName);
                names.Add(pair, protocol, "xn--bcher-kva.example", UnicodeName);
                names.Add(pair, protocol, "XN--BCHER-KVA.example", UnicodeName);
                names.Add(pair, protocol, "www.xn--bcher-kva.example", "www." + UnicodeName);
                names.Add(pair, protocol, "xn--99999999999.example", "xn--99999999999.example"); // cannot be decoded
                names.Add(pair, protocol, "xn--bcher-kva.xn--99999999999.example", "xn--bcher-kva.xn--99999999999.example");
                names.Add(pair, protocol, "xn--x-qc4g.example", "xn--x-qc4g.example"); // half of a surrogate pair
                names.Add(pair, protocol, "_dmarc.example", "_dmarc.example");
                names.Add(pair, protocol, "EXAMPLE.example", "EXAMPLE.example");
            }
        }

        return names;
    }
}
