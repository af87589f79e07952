using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.Behaviours.Options;

/// <summary>Protocol versions, cipher suites, application protocols, encryption at all.</summary>
public class ChoosingProtocolsAndCiphers
{
    [Theory, OverPairs]
    public async Task By_default_the_newest_protocol_that_both_have_is_agreed_on(Pair pair)
    {
        await using Talk talk = await Talk.RunAsync(pair, SslProtocols.None);
        talk.Succeeds();
        Assert.Equal(SslProtocols.Tls13, talk.Client.SslProtocol);
        Assert.Equal(SslProtocols.Tls13, talk.Server.SslProtocol);
    }

    [Theory, OverPairs]
    public async Task A_clients_only_protocol_is_agreed_on(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(pair, SslProtocols.None, client: options => options.EnabledSslProtocols = protocol);
        talk.Succeeds();
        Assert.Equal(protocol, talk.Server.SslProtocol);
    }

    [Theory, OverPairs]
    public async Task Several_protocols_may_be_enabled(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(
            pair, protocol, client: options => options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13);
        talk.Succeeds();
        Assert.Equal(protocol, talk.Client.SslProtocol);
    }

    [Theory, OverPairs]
    public async Task Without_a_common_protocol_both_ends_fail(Pair pair, SslProtocols protocol)
    {
        SslProtocols other = protocol == SslProtocols.Tls12 ? SslProtocols.Tls13 : SslProtocols.Tls12;
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options => options.EnabledSslProtocols = other);
        Assert.False(talk.HasCrossed);
        Assert.NotNull(talk.ClientError);
        Assert.NotNull(talk.ServerError);
        Assert.True(talk.ClientError is AuthenticationException || talk.ServerError is AuthenticationException);
    }

    [Theory, OverPairs]
    public async Task Cipher_suites_of_a_policy_are_the_only_ones(Pair pair, SslProtocols protocol)
    {
        TlsCipherSuite only = protocol == SslProtocols.Tls13
            ? TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256
            : TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
        await using Talk talk = await Talk.RunAsync(pair, protocol, client: options =>
        {
            options.EnabledSslProtocols = protocol;
            options.CipherSuitesPolicy = new CipherSuitesPolicy([only]);
        });
        if (talk.ClientError is NotSupportedException refused)
        {
            // s2n's policies are fixed sets: where none of them is this one, the option is refused by name.
            Assert.Equal(Kind.S2nStream, talk.Client.Kind);
            Assert.Contains("CipherSuitesPolicy", refused.Message, StringComparison.Ordinal);
            return;
        }

        talk.Succeeds();
        Assert.Equal(only, talk.Client.CipherSuite);
        Assert.Equal(only, talk.Server.CipherSuite);
    }

    [Theory, OverPairs]
    public async Task Without_a_common_application_protocol_the_server_refuses(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            server: options => options.ApplicationProtocols = [SslApplicationProtocol.Http2],
            client: options => options.ApplicationProtocols = [SslApplicationProtocol.Http11]);
        talk.ServerFails<AuthenticationException>();
        talk.ClientFails<AuthenticationException>();
    }

    [Theory, OverPairs]
    public async Task Application_protocols_need_not_be_text(Pair pair, SslProtocols protocol)
    {
        var own = new SslApplicationProtocol(new byte[] { 0x8A, 255, 7 });
        await using Talk talk = await Talk.RunAsync(
            pair, protocol, server: options => options.ApplicationProtocols = [own], client: options => options.ApplicationProtocols = [SslApplicationProtocol.Http2, own]);
        talk.Succeeds();
        Assert.Equal(own, talk.Client.ApplicationProtocol);
        Assert.Equal(own, talk.Server.ApplicationProtocol);
    }

    [Theory, OverPairs]
    public async Task Application_protocols_with_a_zero_byte(Pair pair)
    {
        var own = new SslApplicationProtocol(new byte[] { 1, 0, 1 });
        await using Talk talk = await Talk.RunAsync(
            pair, SslProtocols.Tls13, server: options => options.ApplicationProtocols = [own], client: options => options.ApplicationProtocols = [own]);
        if (pair == Pair.SslStreamAsClientOfSslStream)
        {
            Assert.Equal(own, talk.Succeeds().Client.ApplicationProtocol);
            return;
        }

        Differences.ZeroInApplicationProtocol.Differs(
            talk.Client.Kind,
            ssl: () => Assert.Contains("ApplicationProtocols", talk.ServerFails<NotSupportedException>().Message, StringComparison.Ordinal),
            s2n: () => Assert.Contains("ApplicationProtocols", talk.ClientFails<NotSupportedException>().Message, StringComparison.Ordinal));
    }

#pragma warning disable SYSLIB0040 // that they are obsolete is why they are looked at
    [Theory, OverPairs]
    public async Task Encryption_that_need_not_be_is_all_the_same(Pair pair, SslProtocols protocol)
    {
        await using Talk talk = await Talk.RunAsync(
            pair, protocol,
            server: options => options.EncryptionPolicy = EncryptionPolicy.AllowNoEncryption,
            client: options => options.EncryptionPolicy = EncryptionPolicy.AllowNoEncryption);
        talk.Succeeds();
        Assert.True(talk.Client.Stream.IsEncrypted);
        Assert.True(talk.Server.Stream.IsEncrypted);
    }

    [Theory, OverPairs]
    public async Task No_encryption_is_refused(Pair pair)
    {
        await using Talk talk = await Talk.RunAsync(pair, SslProtocols.Tls12, client: options => options.EncryptionPolicy = EncryptionPolicy.NoEncryption);
        Differences.NoEncryption.Differs(
            talk.Client.Kind,
            ssl: () => talk.ClientFails<AuthenticationException>(),
            s2n: () => Assert.Contains("NoEncryption", talk.ClientFails<NotSupportedException>().Message, StringComparison.Ordinal));
    }
#pragma warning restore SYSLIB0040

    [Theory, OverPairs]
    public async Task Options_may_be_changed_once_the_call_has_returned(Pair pair, SslProtocols protocol)
    {
        (Stream clientInner, Stream serverInner) = DuplexPipe.CreateStreams();
        TlsEnd client = pair.Client().Create(clientInner);
        TlsEnd server = pair.Server().Create(serverInner);
        await using Stream clientStream = client.Stream;
        await using Stream serverStream = server.Stream;
        SslClientAuthenticationOptions clientOptions = Talk.ClientOptions();
        SslServerAuthenticationOptions serverOptions = Talk.ServerOptions(protocol);
        Task clientSide = client.AuthenticateAsync(clientOptions);
        clientOptions.TargetHost = "elsewhere.test";
        clientOptions.CertificateChainPolicy = null;
        Task serverSide = server.AuthenticateAsync(serverOptions);
        serverOptions.ServerCertificate = null;
        serverOptions.ClientCertificateRequired = true;
        await Task.WhenAll(clientSide, serverSide).WithDeadline();
        Assert.Equal("localhost", client.TargetHostName);
    }
}
