using System.Net;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Authentication.ExtendedProtection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Behaviours;

/// <summary>Channel bindings, and who has shown which certificate.</summary>
public class Bindings
{
    private static readonly X509Certificate2 s_alice = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);

    [Theory, OverPairs]
    public async Task On_Tls12_both_ends_have_the_same_unique_binding(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = SslProtocols.Tls12 });
        await tls.ExpectAliveAsync();
        byte[] binding = Content(tls.SubjectEnd, ChannelBindingKind.Unique)!;
        Assert.Equal(binding, Content(tls.PeerEnd, ChannelBindingKind.Unique));
        Assert.Equal("tls-unique:"u8.Length + 12, DataOf(binding).Length);
        Assert.Equal("tls-unique:"u8, DataOf(binding).AsSpan(..^12));
    }

    [Theory, OverPairs]
    public async Task Both_ends_have_the_same_unique_binding_where_the_client_shows_a_certificate(Pair pair)
    {
        var settings = new TlsSettings { Protocol = SslProtocols.Tls12, ClientCertificate = s_alice, RequiresClientCertificate = true };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        Assert.Equal(Content(tls.SubjectEnd, ChannelBindingKind.Unique)!, Content(tls.PeerEnd, ChannelBindingKind.Unique));
    }

    [Theory, OverPairs]
    public async Task Both_ends_have_the_same_unique_binding_over_an_inner_stream_that_gives_one_byte_at_a_time(Pair pair)
    {
        var settings = new TlsSettings { Protocol = SslProtocols.Tls12 };
        await using Connection tls = await Connection.OpenAsync(pair, settings, inner => new DrippingStream(inner));
        Assert.Equal(Content(tls.SubjectEnd, ChannelBindingKind.Unique)!, Content(tls.PeerEnd, ChannelBindingKind.Unique));
    }

    [Theory, OverPairs]
    public async Task No_two_connections_have_the_same_unique_binding(Pair pair)
    {
        var settings = new TlsSettings { Protocol = SslProtocols.Tls12 };
        await using Connection one = await Connection.OpenAsync(pair, settings);
        await using Connection other = await Connection.OpenAsync(pair, settings);
        Assert.NotEqual(Content(one.SubjectEnd, ChannelBindingKind.Unique), Content(other.SubjectEnd, ChannelBindingKind.Unique));
    }

    [Theory, OverPairs]
    public async Task The_unique_binding_on_Tls13(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.ExpectAliveAsync();
        byte[]? binding = Content(tls.SubjectEnd, ChannelBindingKind.Unique);
        Differences.UniqueOnTls13.Differs(tls.Kind, ssl: () => Assert.NotNull(binding), s2n: () => Assert.Null(binding));
    }

    [Theory, OverPairs]
    public async Task The_endpoint_binding_of_a_client_is_the_hash_of_the_servers_certificate(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        TlsEnd client = pair.SubjectIsServer() ? tls.PeerEnd : tls.SubjectEnd;
        byte[] data = DataOf(Content(client, ChannelBindingKind.Endpoint)!);
        Assert.Equal([.. "tls-server-end-point:"u8, .. SHA256.HashData(TestAuthority.Localhost.RawData)], data);
    }

    [Theory, OverPairs]
    public async Task The_endpoint_binding_of_a_server(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        (TlsEnd server, TlsEnd client) = pair.SubjectIsServer() ? (tls.SubjectEnd, tls.PeerEnd) : (tls.PeerEnd, tls.SubjectEnd);
        Differences.EndpointOnServer.Differs(
            server.Kind,
            ssl: () => Assert.ThrowsAny<Exception>(() => Content(server, ChannelBindingKind.Endpoint)),
            s2n: () => Assert.Equal(Content(client, ChannelBindingKind.Endpoint)!, Content(server, ChannelBindingKind.Endpoint)));
    }

    [Theory, OverPairs]
    public async Task The_endpoint_binding_of_a_server_that_knows_its_client(Pair pair)
    {
        var settings = new TlsSettings { ClientCertificate = s_alice, RequiresClientCertificate = true };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        await tls.ExpectAliveAsync();
        TlsEnd server = pair.SubjectIsServer() ? tls.SubjectEnd : tls.PeerEnd;
        X509Certificate2 hashed = Differences.EndpointOnServer.Of(server.Kind, ssl: s_alice, s2n: TestAuthority.Localhost);
        Assert.Equal([.. "tls-server-end-point:"u8, .. SHA256.HashData(hashed.RawData)], DataOf(Content(server, ChannelBindingKind.Endpoint)!));
    }

    [Theory, OverKinds]
    public async Task The_endpoint_binding_of_a_certificate_that_is_signed_with_pss(Kind kind)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=pss", key, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Pair pair = kind == Kind.SslStream ? Pair.SslStreamAsClientOfSslStream : Pair.S2nStreamAsClientOfS2nStream;
        var settings = new TlsSettings { ServerCertificate = certificate, Roots = [X509CertificateLoader.LoadCertificate(certificate.RawData)] };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        Differences.EndpointOfPss.Differs(
            kind,
            ssl: () => Assert.Throws<ArgumentException>(() => Content(tls.SubjectEnd, ChannelBindingKind.Endpoint)),
            s2n: () => Assert.Equal(
                [.. "tls-server-end-point:"u8, .. SHA384.HashData(certificate.RawData)], DataOf(Content(tls.SubjectEnd, ChannelBindingKind.Endpoint)!)));
    }

    [Theory, OverPairs]
    public async Task Bindings_of_other_kinds_are_null(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Assert.Null(tls.SubjectEnd.TransportContext.GetChannelBinding(ChannelBindingKind.Unknown));
        Assert.Null(tls.SubjectEnd.TransportContext.GetChannelBinding((ChannelBindingKind)99));
    }

    [Theory, OverKinds]
    public void Before_authentication_there_is_a_transport_context_without_bindings(Kind kind)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        using Stream stream = end.Stream;
        Assert.Null(end.TransportContext.GetChannelBinding(ChannelBindingKind.Unique));
        Assert.Null(end.TransportContext.GetChannelBinding(ChannelBindingKind.Endpoint));
        Assert.Null(end.TransportContext.GetChannelBinding(ChannelBindingKind.Unknown));
    }

    [Theory, OverPairs]
    public async Task A_binding_outlives_the_stream_and_the_transport_context_does_not(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = SslProtocols.Tls12 });
        TransportContext context = tls.SubjectEnd.TransportContext;
        using ChannelBinding binding = context.GetChannelBinding(ChannelBindingKind.Unique)!;
        byte[] before = Content(binding);
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.Equal(before, Content(binding));
        Assert.Throws<ObjectDisposedException>(() => context.GetChannelBinding(ChannelBindingKind.Unique));
        Assert.Throws<ObjectDisposedException>(() => tls.SubjectEnd.TransportContext.GetChannelBinding(ChannelBindingKind.Unique));
    }

    [Theory, OverPairs]
    public async Task A_servers_local_certificate_is_its_own_and_a_clients_is_null(Pair pair, SslProtocols protocol)
    {
        // The client has one, but is not asked for it.
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol, ClientCertificate = s_alice });
        (TlsEnd server, TlsEnd client) = pair.SubjectIsServer() ? (tls.SubjectEnd, tls.PeerEnd) : (tls.PeerEnd, tls.SubjectEnd);
        Assert.Equal(TestAuthority.Localhost.RawData, server.LocalCertificate!.GetRawCertData());
        Assert.Null(client.LocalCertificate);
    }

    [Theory, OverPairs]
    public async Task A_client_that_was_asked_has_shown_its_local_certificate(Pair pair, SslProtocols protocol)
    {
        var settings = new TlsSettings { Protocol = protocol, ClientCertificate = s_alice, RequiresClientCertificate = true };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        TlsEnd client = pair.SubjectIsServer() ? tls.PeerEnd : tls.SubjectEnd;
        Assert.Equal(s_alice.RawData, client.LocalCertificate!.GetRawCertData());
    }

    [Theory, OverPairs]
    public async Task A_client_that_was_asked_and_has_none_shows_none_and_nobody_is_mutually_authenticated(Pair pair, SslProtocols protocol)
    {
        var settings = new TlsSettings { Protocol = protocol, AsksForClientCertificate = true };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        await tls.ExpectAliveAsync();
        (TlsEnd server, TlsEnd client) = pair.SubjectIsServer() ? (tls.SubjectEnd, tls.PeerEnd) : (tls.PeerEnd, tls.SubjectEnd);
        Assert.Null(client.LocalCertificate);
        Assert.Null(server.RemoteCertificate);
        Assert.False(client.Stream.IsMutuallyAuthenticated);
        Assert.False(server.Stream.IsMutuallyAuthenticated);
    }

    [Theory, OverPairs]
    public async Task A_client_that_was_asked_and_need_not_show_one_does(Pair pair, SslProtocols protocol)
    {
        var settings = new TlsSettings { Protocol = protocol, ClientCertificate = s_alice, AsksForClientCertificate = true };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        await tls.ExpectAliveAsync();
        (TlsEnd server, TlsEnd client) = pair.SubjectIsServer() ? (tls.SubjectEnd, tls.PeerEnd) : (tls.PeerEnd, tls.SubjectEnd);
        Assert.Equal(s_alice.RawData, client.LocalCertificate!.GetRawCertData());
        Assert.Equal(s_alice.RawData, server.RemoteCertificate!.GetRawCertData());
        Assert.True(client.Stream.IsMutuallyAuthenticated);
        Assert.True(server.Stream.IsMutuallyAuthenticated);
    }

    [Theory, OverPairs]
    public async Task After_disposal_nobody_is_mutually_authenticated(Pair pair)
    {
        var settings = new TlsSettings { ClientCertificate = s_alice, RequiresClientCertificate = true };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        await tls.Subject.DisposeAsync().WithDeadline();
        Assert.False(tls.Subject.IsMutuallyAuthenticated);
    }

    [Theory, OverPairs]
    public async Task The_local_certificate_is_the_same_object_whenever_it_is_asked_for_and_outlives_the_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        TlsEnd server = pair.SubjectIsServer() ? tls.SubjectEnd : tls.PeerEnd;
        X509Certificate certificate = server.LocalCertificate!;
        Assert.Same(certificate, server.LocalCertificate);
        await server.Stream.DisposeAsync().WithDeadline();
        Assert.Equal(TestAuthority.Localhost.RawData, certificate.GetRawCertData());
    }

    [Theory, OverPairs]
    public async Task The_local_certificate_and_its_private_key(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        TlsEnd server = pair.SubjectIsServer() ? tls.SubjectEnd : tls.PeerEnd;
        var certificate = (X509Certificate2)server.LocalCertificate!;
        Assert.Equal(Differences.LocalCertificatesKey.Of(server.Kind, ssl: true, s2n: false), certificate.HasPrivateKey);
    }

    [Theory, OverPairs]
    public async Task Whether_revocation_is_checked_is_what_the_settings_say(Pair pair)
    {
        await using (Connection tls = await Connection.OpenAsync(pair))
        {
            Assert.False(tls.SubjectEnd.CheckCertRevocationStatus);
        }

        var settings = new TlsSettings { ChecksRevocation = true };
        await using (Connection tls = await Connection.OpenAsync(pair, settings))
        {
            Assert.True(tls.SubjectEnd.CheckCertRevocationStatus);
        }
    }

    [Theory, OverPairs]
    public async Task Whether_revocation_is_checked_where_a_policy_says_so(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { ChecksRevocationByPolicy = true });
        Assert.Equal(Differences.RevocationByPolicy.Of(tls.Kind, ssl: false, s2n: true), tls.SubjectEnd.CheckCertRevocationStatus);
    }

    [Theory, OverKinds]
    public async Task Before_authentication_nothing_is_said_of_revocation(Kind kind)
    {
        TlsEnd end = StreamKind.Of(kind).Create(DuplexPipe.CreateStreams().Client);
        await using Stream stream = end.Stream;
        Assert.False(end.CheckCertRevocationStatus);
    }

    [Theory, OverPairs]
    public async Task A_client_cannot_negotiate_a_client_certificate(Pair pair, SslProtocols protocol)
    {
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol });
        TlsEnd client = pair.SubjectIsServer() ? tls.PeerEnd : tls.SubjectEnd;
        Assert.IsType<InvalidOperationException>(await Calls.FailsAsync<Exception>(() => client.NegotiateClientCertificateAsync()));
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task A_server_that_has_the_certificate_cannot_negotiate_it_again(Pair pair, SslProtocols protocol)
    {
        var settings = new TlsSettings { Protocol = protocol, ClientCertificate = s_alice, RequiresClientCertificate = true };
        await using Connection tls = await Connection.OpenAsync(pair, settings);
        TlsEnd server = pair.SubjectIsServer() ? tls.SubjectEnd : tls.PeerEnd;
        Assert.IsType<InvalidOperationException>(await Calls.FailsAsync<Exception>(() => server.NegotiateClientCertificateAsync()));
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task A_client_certificate_is_only_negotiated_on_an_authenticated_stream_that_is_not_disposed(Pair pair)
    {
        await using (Connection tls = Connection.Create(pair))
        {
            Assert.IsType<InvalidOperationException>(await Calls.FailsAsync<Exception>(() => tls.SubjectEnd.NegotiateClientCertificateAsync()));
        }

        await using (Connection tls = await Connection.OpenAsync(pair))
        {
            await tls.Subject.DisposeAsync().WithDeadline();
            await Calls.FailsAsync<ObjectDisposedException>(() => tls.SubjectEnd.NegotiateClientCertificateAsync());
        }
    }

    [Theory]
    [InlineData(Kind.SslStream, SslProtocols.Tls12)]
    [InlineData(Kind.SslStream, SslProtocols.Tls13)]
    [InlineData(Kind.S2nStream, SslProtocols.Tls12)]
    [InlineData(Kind.S2nStream, SslProtocols.Tls13)]
    public async Task A_server_without_the_certificate_negotiates_it(Kind kind, SslProtocols protocol)
    {
        Pair pair = kind == Kind.SslStream ? Pair.SslStreamAsClientOfSslStream : Pair.S2nStreamAsServerOfSslStream;
        await using Connection tls = await Connection.OpenAsync(pair, new TlsSettings { Protocol = protocol, ClientCertificate = s_alice });
        await tls.ExpectAliveAsync();
        (TlsEnd server, TlsEnd client) = pair.SubjectIsServer() ? (tls.SubjectEnd, tls.PeerEnd) : (tls.PeerEnd, tls.SubjectEnd);
        await Differences.LateClientCertificate.DiffersAsync(
            kind,
            ssl: async () =>
            {
                // The client answers while it reads.
                Task<int> read = client.Stream.ReadAsync(new byte[1]).AsTask();
                await server.NegotiateClientCertificateAsync().WithDeadline();
                Assert.Equal(s_alice.RawData, server.RemoteCertificate!.GetRawCertData());
                await server.Stream.WriteAsync(new byte[1]).WithDeadline();
                Assert.Equal(1, await read.WithDeadline());
            },
            s2n: async () =>
            {
                var error = await Calls.FailsAsync<NotSupportedException>(() => server.NegotiateClientCertificateAsync());
                Assert.Contains(nameof(S2nServerOptions.ClientCertificateMode), error.Message, StringComparison.Ordinal);
                await tls.ExpectAliveAsync();
            });
    }

    private static byte[]? Content(TlsEnd end, ChannelBindingKind kind)
    {
        using ChannelBinding? binding = end.TransportContext.GetChannelBinding(kind);
        return binding is null ? null : Content(binding);
    }

    private static byte[] Content(ChannelBinding binding)
    {
        byte[] content = new byte[binding.Size];
        Marshal.Copy(binding.DangerousGetHandle(), content, 0, content.Length);
        return content;
    }

    /// <summary>What follows SEC_CHANNEL_BINDINGS, which says where it stands.</summary>
    private static byte[] DataOf(byte[] content)
    {
        int length = BitConverter.ToInt32(content, 24);
        int offset = BitConverter.ToInt32(content, 28);
        Assert.Equal(32, offset);
        Assert.Equal(content.Length, offset + length);
        return content[offset..];
    }
}
