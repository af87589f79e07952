using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours.Options;

/// <summary>Validation callbacks, chain policies, and the servers that ask for a client's certificate.</summary>
public class ValidatingThePeer
{
    private static readonly X509Certificate2 s_alice = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);
    private static readonly X509Certificate2 s_stranger = new TestAuthority("CN=Nobody knows me").Issue(subject: "CN=stranger", forClients: true);

    [Theory, OverPairs]
    public async Task A_callback_sees_the_certificate_with_its_chain_and_no_errors(Pair pair, SslProtocols protocol)
    {
        var seen = new Judge(accepts: true);
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options => options.RemoteCertificateValidationCallback = seen.Callback);
        talk.Succeeds();
        Assert.Equal(["CN=leaf, chain of 2, None"], seen.Calls);
        Assert.Same(talk.Client.Stream, Assert.Single(seen.Senders));
    }

    [Theory, OverPairs]
    public async Task A_callback_that_refuses_what_is_good_is_an_AuthenticationException(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options => options.RemoteCertificateValidationCallback = (_, _, _, _) => false);
        talk.ClientFails<AuthenticationException>();
    }

    [Theory, OverPairs]
    public async Task A_callback_that_accepts_what_is_bad_has_the_last_word(Pair pair, SslProtocols protocol)
    {
        var seen = new Judge(accepts: true);
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options =>
        {
            options.TargetHost = "elsewhere.test";
            options.CertificateChainPolicy = new TestAuthority("CN=Another").ChainPolicy;
            options.RemoteCertificateValidationCallback = seen.Callback;
        });
        talk.Succeeds();
        Assert.EndsWith("RemoteCertificateNameMismatch, RemoteCertificateChainErrors", Assert.Single(seen.Calls), StringComparison.Ordinal);
    }

    [Theory, OverPairs]
    public async Task What_a_callback_throws_is_thrown_by_the_handshake(Pair pair, SslProtocols protocol)
    {
        var thrown = new InvalidTimeZoneException("nothing of TLS");
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options => options.RemoteCertificateValidationCallback = (_, _, _, _) => throw thrown);
        Exception error = talk.ClientError!;
        Assert.False(talk.HasCrossed);

        // .NET 11's SslStream mostly contains it; S2nStream does so there always.
        bool isContained = Runtime.IsNet11 && (talk.Client.Kind == Kind.S2nStream || error is AuthenticationException);
        Assert.Same(thrown, isContained ? Assert.IsType<AuthenticationException>(error).InnerException : error);
    }

    [Theory, OverPairs]
    public async Task The_constructors_callback_serves_as_well(Pair pair, SslProtocols protocol)
    {
        var seen = new Judge(accepts: true);
        await using Talk talk = await Talk.RunAsync(pair, protocol, clientCallbacks: new(Validation: seen.Callback));
        talk.Succeeds();
        Assert.Equal(["CN=leaf, chain of 2, None"], seen.Calls);
    }

    [Theory, OverPairs]
    public async Task A_callback_in_the_constructor_and_another_in_the_options_is_an_InvalidOperationException(Pair pair, SslProtocols protocol)
    {
        var seen = new Judge(accepts: true);
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            client: options => options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            clientCallbacks: new(Validation: seen.Callback));
        talk.ClientFails<InvalidOperationException>();
        Assert.Empty(seen.Calls);
    }

    [Theory, OverPairs]
    public async Task Without_a_target_host_no_name_matches(Pair pair, SslProtocols protocol)
    {
        foreach (string? host in (string?[])["", null])
        {
            var seen = new Judge(accepts: true);
            await using Talk talk = await Talk.RunAsync(pair, protocol, client: options =>
            {
                options.TargetHost = host;
                options.RemoteCertificateValidationCallback = seen.Callback;
            });
            talk.Succeeds();
            Assert.Equal(["CN=leaf, chain of 2, RemoteCertificateNameMismatch"], seen.Calls);
            Assert.Equal("", talk.Server.TargetHostName);
        }
    }

    [Theory, OverPairs]
    public async Task A_policy_that_ignores_the_name_does(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options =>
        {
            options.TargetHost = "elsewhere.test";
            options.CertificateChainPolicy!.VerificationFlags |= X509VerificationFlags.IgnoreInvalidName;
        });
        talk.Succeeds();
    }

    [Theory, OverPairs]
    public async Task A_policy_without_the_root_refuses(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(
            pair, protocol, client: options => options.CertificateChainPolicy = new TestAuthority("CN=Another").ChainPolicy);
        talk.ClientFails<AuthenticationException>();
    }

    [Theory, OverPairs]
    public async Task A_policy_of_another_time_refuses(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options =>
        {
            options.CertificateChainPolicy!.VerificationTime = DateTime.Now.AddYears(50);
            options.CertificateChainPolicy.VerificationTimeIgnored = false;
        });
        talk.ClientFails<AuthenticationException>();
    }

    [Theory, OverPairs]
    public async Task Without_a_policy_the_systems_roots_judge(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options => options.CertificateChainPolicy = null);
        talk.ClientFails<AuthenticationException>();
    }

    [Theory, OverPairs]
    public async Task The_callback_of_a_server_that_does_not_ask_is_asked_about_nobody(Pair pair, SslProtocols protocol)
    {
        var seen = new Judge(accepts: true);
        await using Talk talk = await Talk.RunAsync(pair, protocol, server: options => options.RemoteCertificateValidationCallback = seen.Callback);
        talk.Succeeds();
        Assert.Equal(["nobody, no chain, RemoteCertificateNotAvailable"], seen.Calls);
        Assert.False(talk.Server.Stream.IsMutuallyAuthenticated);
    }

    [Theory, OverPairs]
    public async Task The_callback_of_a_server_that_does_not_ask_may_refuse_nobody(Pair pair, SslProtocols protocol)
    {
        var seen = new Judge(accepts: false);
        await using Talk talk = await Talk.RunAsync(pair, protocol, server: options => options.RemoteCertificateValidationCallback = seen.Callback);
        talk.ServerFails<AuthenticationException>();
        Assert.Single(seen.Calls);
    }

    [Theory, OverPairs]
    public async Task A_server_that_requires_a_certificate_refuses_a_client_without(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, server: options => options.ClientCertificateRequired = true);
        talk.ServerFails<AuthenticationException>();
    }

    [Theory, OverPairs]
    public async Task A_server_that_requires_a_certificate_leaves_a_client_without_to_its_callback(Pair pair, SslProtocols protocol)
    {
        var seen = new Judge(accepts: true);
        await using Talk talk = await Talk.RunAsync(pair, protocol, server: options =>
        {
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = seen.Callback;
        });
        talk.Succeeds();
        Assert.Equal(["nobody, no chain, RemoteCertificateNotAvailable"], seen.Calls);
        Assert.Null(talk.Server.RemoteCertificate);
        Assert.False(talk.Server.Stream.IsMutuallyAuthenticated);
    }

    [Theory, OverPairs]
    public async Task A_server_that_requires_a_certificate_judges_it_by_its_policy(Pair pair, SslProtocols protocol)
    {
        await using (Talk talk = await Talk.RunAsync(
            pair, protocol, server: options => options.ClientCertificateRequired = true, client: options => options.ClientCertificates = [s_alice]))
        {
            talk.Succeeds();
            Assert.Equal("CN=alice", talk.Server.RemoteCertificate!.Subject);
            Assert.True(talk.Server.Stream.IsMutuallyAuthenticated);
        }

        await using (Talk talk = await Talk.RunAsync(
            pair, protocol, server: options => options.ClientCertificateRequired = true, client: options => options.ClientCertificates = [s_stranger]))
        {
            talk.ServerFails<AuthenticationException>();
        }
    }

    [Theory, OverPairs]
    public async Task A_servers_callback_sees_the_clients_certificate_with_its_chain(Pair pair, SslProtocols protocol)
    {
        foreach ((X509Certificate2 certificate, string expected) in ((X509Certificate2, string)[])[(s_alice, "CN=alice, chain of 2, None"), (s_stranger, "CN=stranger, chain of 1, RemoteCertificateChainErrors")])
        {
            var seen = new Judge(accepts: true);
            await using Talk talk = await Talk.RunAsync(
                pair, protocol,
                server: options =>
                {
                    options.ClientCertificateRequired = true;
                    options.RemoteCertificateValidationCallback = seen.Callback;
                },
                client: options => options.ClientCertificates = [certificate]);
            talk.Succeeds();
            Assert.Equal([expected], seen.Calls);
            Assert.Same(talk.Server.Stream, Assert.Single(seen.Senders));
        }
    }

    [Theory, OverPairs]
    public async Task A_client_with_a_certificate_shows_none_to_a_server_that_does_not_ask(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options => options.ClientCertificates = [s_alice]);
        talk.Succeeds();
        Assert.Null(talk.Server.RemoteCertificate);
        Assert.False(talk.Server.Stream.IsMutuallyAuthenticated);
        Assert.False(talk.Client.Stream.IsMutuallyAuthenticated);
    }

    /// <summary>A validation callback that keeps what it was asked.</summary>
    private sealed class Judge(bool accepts)
    {
        internal List<string> Calls { get; } = [];

        internal List<object> Senders { get; } = [];

        internal bool Callback(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            Senders.Add(sender);
            Calls.Add($"{certificate?.Subject ?? "nobody"}, {(chain is null ? "no chain" : $"chain of {chain.ChainElements.Count}")}, {errors}");
            return accepts;
        }
    }
}
