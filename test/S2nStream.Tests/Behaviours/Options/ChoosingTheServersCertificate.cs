using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours.Options;

/// <summary>Where a server's certificate comes from: the options, a context, a callback by name, the old callback of the constructor.</summary>
public class ChoosingTheServersCertificate
{
    private static readonly X509Certificate2 s_other = TestAuthority.Default.Issue(subject: "CN=other");
    private static readonly X509Certificate2 s_withoutKey = X509CertificateLoader.LoadCertificate(s_other.RawData);

    [Theory, OverPairs]
    public async Task A_callback_is_told_the_name_that_the_client_asks_for(Pair pair, SslProtocols protocol)
    {
        var names = new List<string?>();
        object? sender = null;
        await using Talk talk = await Talk.RunAsync(pair, protocol, server: options =>
        {
            options.ServerCertificate = null;
            options.ServerCertificateSelectionCallback = (from, name) =>
            {
                sender = from;
                names.Add(name);
                return s_other;
            };
        });
        talk.Succeeds();
        Assert.Equal(["localhost"], names);
        Assert.Same(talk.Server.Stream, sender);
        Assert.Equal("CN=other", talk.Client.RemoteCertificate!.Subject);
        Assert.Equal("CN=other", talk.Server.LocalCertificate!.Subject);
        Assert.Equal("localhost", talk.Server.TargetHostName);
    }

    [Theory, OverPairs]
    public async Task A_callback_is_told_the_empty_name_of_a_client_that_names_none(Pair pair, SslProtocols protocol)
    {
        var names = new List<string?>();
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            server: options =>
            {
                options.ServerCertificate = null;
                options.ServerCertificateSelectionCallback = (_, name) =>
                {
                    names.Add(name);
                    return s_other;
                };
            },
            client: options => options.TargetHost = "127.0.0.1");
        talk.Succeeds();
        Assert.Equal([""], names);
    }

    [Theory, OverPairs]
    public async Task A_context_of_a_certificate_that_is_its_own_issuer_serves(Pair pair, SslProtocols protocol)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=alone", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 alone = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            server: options =>
            {
                options.ServerCertificate = null;
                options.ServerCertificateContext = SslStreamCertificateContext.Create(alone, null, offline: true);
            },
            client: options => options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=alone");
        talk.Succeeds();
    }

    [Theory, OverPairs]
    public async Task A_callback_that_gives_none_is_an_AuthenticationException(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await RunWithCallbackAsync(pair, protocol, () => null);
        talk.ServerFails<AuthenticationException>();
    }

    [Theory, OverPairs]
    public async Task A_callback_that_gives_one_without_a_private_key_is_a_NotSupportedException(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await RunWithCallbackAsync(pair, protocol, () => s_withoutKey);
        talk.ServerFails<NotSupportedException>();
    }

    [Theory, OverPairs]
    public async Task What_a_callback_throws_is_thrown_by_the_handshake(Pair pair, SslProtocols protocol)
    {
        var thrown = new InvalidTimeZoneException("nothing of TLS");
        await using Talk talk = await RunWithCallbackAsync(pair, protocol, () => throw thrown);
        Assert.Same(thrown, talk.ServerFails<InvalidTimeZoneException>());
    }

    [Theory, OverPairs]
    public async Task Options_without_any_certificate_are_a_NotSupportedException(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, server: options => options.ServerCertificate = null);
        talk.ServerFails<NotSupportedException>();
    }

    [Theory, OverPairs]
    public async Task Options_with_a_certificate_without_a_private_key_are_an_AuthenticationException(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, protocol, server: options => options.ServerCertificate = s_withoutKey);
        talk.ServerFails<AuthenticationException>();
    }

    [Theory, OverPairs]
    public async Task Options_with_a_certificate_and_a_callback_are_an_InvalidOperationException(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(
            pair, protocol, server: options => options.ServerCertificateSelectionCallback = (_, _) => s_other);
        talk.ServerFails<InvalidOperationException>();
    }

    [Theory, OverPairs]
    public async Task A_certificate_context_goes_before_the_certificate_and_sends_its_intermediates(Pair pair, SslProtocols protocol)
    {
        var root = new TestAuthority("CN=Root of a chain");
        (X509Certificate2 intermediate, X509Certificate2 leaf) = root.IssueThroughIntermediate();
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            server: options => options.ServerCertificateContext = SslStreamCertificateContext.Create(leaf, [intermediate], offline: true),
            client: options => options.CertificateChainPolicy = root.ChainPolicy);
        talk.Succeeds();
        Assert.Equal(leaf.RawData, talk.Client.RemoteCertificate!.GetRawCertData());
    }

    [Theory, OverPairs]
    public async Task The_constructors_selection_may_take_another_than_the_options_certificate(Pair pair, SslProtocols protocol)
    {
        var calls = new List<string>();
        await using Talk talk = await Talk.RunAsync(pair, protocol, serverCallbacks: new(Selection: (_, host, local, remote, issuers) =>
        {
            calls.Add($"{host}|{local.Count}|{remote is null}|{issuers.Length}");
            return s_other;
        }));
        talk.Succeeds();
        Assert.Equal(["|1|True|0"], calls);
        Assert.Equal("CN=other", talk.Client.RemoteCertificate!.Subject);
    }

    [Theory, OverPairs]
    public async Task A_certificate_that_is_replaced_in_the_options_serves_the_next_connection(Pair pair, SslProtocols protocol)
    {
        X509Certificate2 current = TestAuthority.Localhost;
        for (int i = 0; i < 3; i++)
        {
            await using Talk talk = await Talk.RunAsync(pair, protocol, server: options => options.ServerCertificate = current);
            talk.Succeeds();
            Assert.Equal(current.RawData, talk.Client.RemoteCertificate!.GetRawCertData());
            current = TestAuthority.Default.Issue(subject: $"CN=generation {i}");
        }
    }

    private static Task<Talk> RunWithCallbackAsync(Pair pair, SslProtocols protocol, Func<X509Certificate?> choose) =>
        Talk.RunAsync(pair, protocol, server: options =>
        {
            options.ServerCertificate = null;
            options.ServerCertificateSelectionCallback = (_, _) => choose()!;
        });
}
