using System.Net.Security;
using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours.Options;

/// <summary>What a callback learns that asks the stream which has called it.</summary>
public class AskingInACallback
{
    private static readonly X509Certificate2 s_alice = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);

    /// <summary>What is agreed on by the time that the peer shows its certificate.</summary>
    private static readonly string[] s_negotiated =
    [
        "SslProtocol", "NegotiatedCipherSuite", "CipherAlgorithm", "CipherStrength", "HashAlgorithm", "HashStrength",
        "KeyExchangeAlgorithm", "KeyExchangeStrength", "NegotiatedApplicationProtocol", "TargetHostName", "IsServer",
    ];

    [Theory, OverPairs]
    public async Task A_validation_callback_of_a_client_is_told_what_is_negotiated(Pair pair, SslProtocols protocol)
    {
        Dictionary<string, string> told = [];
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            server: options => options.ApplicationProtocols = [SslApplicationProtocol.Http2],
            client: options =>
            {
                options.ApplicationProtocols = [SslApplicationProtocol.Http2];
                options.RemoteCertificateValidationCallback = (sender, _, _, _) => Ask(sender, told);
            });
        talk.Succeeds();
        ExpectTold(told, talk.Client.Stream);
        Assert.Equal("h2", told["NegotiatedApplicationProtocol"]);
        Assert.Equal(protocol.ToString(), told["SslProtocol"]);
    }

    [Theory, OverPairs]
    public async Task A_validation_callback_of_a_server_is_told_what_is_negotiated(Pair pair, SslProtocols protocol)
    {
        Dictionary<string, string> told = [];
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            server: options =>
            {
                options.ClientCertificateRequired = true;
                options.RemoteCertificateValidationCallback = (sender, _, _, _) => Ask(sender, told);
            },
            client: options => options.ClientCertificates = [s_alice]);
        talk.Succeeds();
        ExpectTold(told, talk.Server.Stream);
        Assert.Equal("localhost", told["TargetHostName"]);
    }

    [Theory, OverPairs]
    public async Task So_is_one_that_judges_a_client_without_a_certificate(Pair pair, SslProtocols protocol)
    {
        Dictionary<string, string> told = [];
        await using Talk talk = await Talk.RunAsync(pair, protocol, server: options =>
        {
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = (sender, _, _, _) => Ask(sender, told);
        });
        talk.Succeeds();
        ExpectTold(told, talk.Server.Stream);
    }

    [Theory, OverPairs]
    public async Task So_is_the_constructors_callback(Pair pair, SslProtocols protocol)
    {
        Dictionary<string, string> told = [];
        await using Talk talk = await Talk.RunAsync(pair, protocol, clientCallbacks: new(Validation: (sender, _, _, _) => Ask(sender, told)));
        talk.Succeeds();
        ExpectTold(told, talk.Client.Stream);
    }

    [Theory, OverPairs]
    public async Task A_callback_of_a_client_that_selects_a_certificate_is_told_the_target_host_from_the_first_call_on(Pair pair, SslProtocols protocol)
    {
        var hosts = new List<string>();
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            server: options =>
            {
                options.ClientCertificateRequired = true;
                options.RemoteCertificateValidationCallback = static (_, _, _, errors) => errors >= SslPolicyErrors.None;
            },
            client: options => options.LocalCertificateSelectionCallback = (sender, _, _, _, _) =>
            {
                var asked = new Dictionary<string, string>();
                Ask(sender, asked);
                hosts.Add(asked["TargetHostName"]);
                return null!;
            });
        talk.Succeeds();
        Assert.Equal(["localhost", "localhost"], hosts);
    }

    [Theory, OverPairs]
    public async Task After_a_validation_that_failed_a_question_is_answered_by_an_exception(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options => options.RemoteCertificateValidationCallback = (_, _, _, _) => false);
        talk.ClientFails<AuthenticationException>();
        Differences.AskedAfterARefusal.Differs(
            talk.Client.Kind,
            ssl: () => Assert.ThrowsAny<AuthenticationException>(() => talk.Client.SslProtocol),
            ssl11: () => Assert.Equal(protocol, talk.Client.SslProtocol),
            s2n: () => Assert.ThrowsAny<AuthenticationException>(() => talk.Client.SslProtocol));
    }

    private static void ExpectTold(Dictionary<string, string> told, AuthenticatedStream stream)
    {
        var after = new Dictionary<string, string>();
        Ask(stream, after);
        Assert.All(s_negotiated, name => Assert.True(told[name] == after[name], $"{name}: {told[name]} in the callback, {after[name]} after it"));
        Assert.Equal(("False", "False", "False"), (told["IsAuthenticated"], told["IsEncrypted"], told["IsMutuallyAuthenticated"]));
        Assert.Equal((nameof(InvalidOperationException), nameof(InvalidOperationException)), (told["RemoteCertificate"], told["LocalCertificate"]));
    }

    /// <summary>Asks for every property of both types, by name, so that one question serves for both.</summary>
    private static bool Ask(object sender, Dictionary<string, string> answers)
    {
        foreach (string name in (string[])[.. s_negotiated, "IsAuthenticated", "IsEncrypted", "IsMutuallyAuthenticated", "RemoteCertificate", "LocalCertificate"])
        {
            try
            {
                answers[name] = sender.GetType().GetProperty(name)!.GetValue(sender)?.ToString() ?? "null";
            }
            catch (TargetInvocationException e)
            {
                answers[name] = e.InnerException!.GetType().Name;
            }
        }

        return true;
    }
}
