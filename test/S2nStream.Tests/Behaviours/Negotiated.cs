using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

/// <summary>What the two ends have agreed on, and know of each other.</summary>
public class Negotiated
{
    private static readonly X509Certificate2 s_alice = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);

    [Theory, OverPairs]
    public async Task The_protocol_is_the_one_that_was_asked_for(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        Assert.Equal(protocol, tls.SubjectEnd.SslProtocol);
        Assert.Equal(protocol, tls.PeerEnd.SslProtocol);
    }

    [Theory, OverPairs]
    public async Task Both_ends_name_the_same_cipher_suite_of_the_protocol(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        Assert.Equal(tls.PeerEnd.CipherSuite, tls.SubjectEnd.CipherSuite);
        string prefix = protocol == SslProtocols.Tls13 ? "TLS_AES_" : "TLS_ECDHE_ECDSA_";
        Assert.StartsWith(prefix, tls.SubjectEnd.CipherSuite.ToString(), StringComparison.Ordinal);
    }

    [Theory, OverPairs]
    public async Task Without_application_protocols_there_is_none(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Equal(default, tls.SubjectEnd.ApplicationProtocol);
        Assert.True(tls.SubjectEnd.ApplicationProtocol.Protocol.IsEmpty);
    }

    [Theory, OverPairs]
    public async Task The_application_protocol_that_both_have_is_agreed_on(Pair pair, SslProtocols protocol)
    {
        var settings = new TlsSettings { Protocol = protocol, ClientProtocols = ["h2", "http/1.1"], ServerProtocols = ["spdy/1", "http/1.1"] };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        Assert.Equal(SslApplicationProtocol.Http11, tls.SubjectEnd.ApplicationProtocol);
        Assert.Equal(SslApplicationProtocol.Http11, tls.PeerEnd.ApplicationProtocol);
    }

    [Theory, OverPairs]
    public async Task Among_several_application_protocols_the_servers_preference_counts(Pair pair)
    {
        var settings = new TlsSettings { ClientProtocols = ["h2", "http/1.1"], ServerProtocols = ["http/1.1", "h2"] };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        Assert.Equal(SslApplicationProtocol.Http11, tls.SubjectEnd.ApplicationProtocol);
        Assert.Equal(SslApplicationProtocol.Http11, tls.PeerEnd.ApplicationProtocol);
    }

    [Theory, OverPairs]
    public async Task An_application_protocol_that_only_one_end_speaks_of_is_none(Pair pair)
    {
        await using (Connection tls = await Connection.OpenAsync(pair, new TlsSettings { ClientProtocols = ["h2"] }))
        {
            Assert.Equal(default, tls.SubjectEnd.ApplicationProtocol);
        }

        await using (Connection tls = await Connection.OpenAsync(pair, new TlsSettings { ServerProtocols = ["h2"] }))
        {
            Assert.Equal(default, tls.SubjectEnd.ApplicationProtocol);
        }
    }

    [Theory, OverPairs]
    public async Task A_server_refuses_a_client_with_other_application_protocols(Pair pair)
    {
        await using Connection tls = Connection.Create(pair);
        var settings = new TlsSettings { ClientProtocols = ["h2"], ServerProtocols = ["http/1.1"] };
        Task subject = tls.SubjectEnd.AuthenticateAsync(pair.SubjectIsServer(), settings);
        Task peer = tls.PeerEnd.AuthenticateAsync(!pair.SubjectIsServer(), settings);
        await Calls.FailsAsync<AuthenticationException>(() => pair.SubjectIsServer() ? subject : peer);
        await Calls.FailsAsync<AuthenticationException>(() => pair.SubjectIsServer() ? peer : subject);
    }

    [Theory, OverPairs]
    public async Task A_client_sees_the_servers_certificate(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        TlsEnd client = pair.SubjectIsServer() ? tls.PeerEnd : tls.SubjectEnd;
        Assert.Equal(TestAuthority.Localhost.RawData, client.RemoteCertificate!.GetRawCertData());
        Assert.IsType<X509Certificate2>(client.RemoteCertificate);
    }

    [Theory, OverPairs]
    public async Task The_remote_certificate_is_one_object_however_often_it_is_asked_for(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Same(tls.SubjectEnd.RemoteCertificate, tls.SubjectEnd.RemoteCertificate);
    }

    [Theory, OverPairs]
    public async Task A_remote_certificate_that_was_asked_for_outlives_the_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        TlsEnd client = pair.SubjectIsServer() ? tls.PeerEnd : tls.SubjectEnd;
        X509Certificate certificate = client.RemoteCertificate!;
        await client.Stream.DisposeAsync().WithDeadline();
        Assert.Equal(TestAuthority.Localhost.RawData, certificate.GetRawCertData());
    }

    [Theory, OverPairs]
    public async Task A_server_that_did_not_ask_sees_no_certificate_and_nobody_is_mutually_authenticated(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { ClientCertificate = s_alice });
        TlsEnd server = pair.SubjectIsServer() ? tls.SubjectEnd : tls.PeerEnd;
        Assert.Null(server.RemoteCertificate);
        Assert.False(tls.Subject.IsMutuallyAuthenticated);
        Assert.False(server.Stream.IsMutuallyAuthenticated);
    }

    [Theory, OverPairs]
    public async Task A_server_that_asked_sees_the_clients_certificate_and_both_are_mutually_authenticated(Pair pair, SslProtocols protocol)
    {
        var settings = new TlsSettings { Protocol = protocol, ClientCertificate = s_alice, RequiresClientCertificate = true };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        await tls.ExpectAliveAsync();
        TlsEnd server = pair.SubjectIsServer() ? tls.SubjectEnd : tls.PeerEnd;
        Assert.Equal(s_alice.RawData, server.RemoteCertificate!.GetRawCertData());
        Assert.True(tls.Subject.IsMutuallyAuthenticated);
        Assert.True(tls.Peer.IsMutuallyAuthenticated);
    }

    [Theory, OverPairs]
    public async Task Both_ends_know_the_target_host(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Equal("localhost", tls.SubjectEnd.TargetHostName);
        Assert.Equal("localhost", tls.PeerEnd.TargetHostName);
    }

    [Theory, OverPairs]
    public async Task A_target_that_is_an_address_is_verified_and_the_server_is_not_told(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { TargetHost = "127.0.0.1" });
        Assert.Equal(pair.SubjectIsServer() ? "" : "127.0.0.1", tls.SubjectEnd.TargetHostName);
        Assert.Equal(pair.SubjectIsServer() ? "127.0.0.1" : "", tls.PeerEnd.TargetHostName);
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task A_server_may_have_an_rsa_certificate(Pair pair, SslProtocols protocol)
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        using X509Certificate2 certificate = TestAuthority.Default.Issue(key: key);
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol, ServerCertificate = certificate });
        TlsEnd client = pair.SubjectIsServer() ? tls.PeerEnd : tls.SubjectEnd;
        Assert.Equal(certificate.RawData, client.RemoteCertificate!.GetRawCertData());
        await tls.ExpectAliveAsync();
    }
}
