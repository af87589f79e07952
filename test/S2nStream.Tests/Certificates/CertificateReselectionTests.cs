using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.Certificates;

/// <summary>Which of a server's certificates a client gets: by the name that it asks for, and by the keys that it understands.</summary>
public sealed class CertificateReselectionTests : IDisposable
{
    private const string RsaOnly = "RSA only", EcdsaOnly = "ECDSA only", Both = "both";

    private static readonly X509Certificate2[] s_identities =
    [
        Identity("RSA default", RSA.Create(2048), "a.example"),
        Identity("ECDSA default", ECDsa.Create(ECCurve.NamedCurves.nistP256), "a.example"),
        Identity("b", ECDsa.Create(ECCurve.NamedCurves.nistP256), "b.example", "bb.example"),
        Identity("b again", ECDsa.Create(ECCurve.NamedCurves.nistP256), "b.example"),
        Identity("wildcard", ECDsa.Create(ECCurve.NamedCurves.nistP256), "*.wild.example"),
        Identity("exact", ECDsa.Create(ECCurve.NamedCurves.nistP256), "x.wild.example"),
    ];

    private readonly S2nContext _server = TestContexts.MakeServer(options =>
    {
        options.SecurityPolicy = new S2nSecurityPolicy("default");
        options.Certificates.Clear();
        Array.ForEach(s_identities, identity => options.Certificates.Add(S2nCertificate.FromX509(identity)));
    });

    public static TheoryData<SslProtocols, string?, string, string> Rows()
    {
        var rows = new TheoryData<SslProtocols, string?, string, string>();
        foreach (SslProtocols protocol in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            rows.Add(protocol, "a.example", RsaOnly, "RSA default");
            rows.Add(protocol, "a.example", EcdsaOnly, "ECDSA default");
            rows.Add(protocol, "a.example", Both, "ECDSA default");
            rows.Add(protocol, "A.eXample", EcdsaOnly, "ECDSA default");
            rows.Add(protocol, "b.example", EcdsaOnly, "b"); // the first of two
            rows.Add(protocol, "bb.example", EcdsaOnly, "b");
            rows.Add(protocol, "foo.wild.example", EcdsaOnly, "wildcard");
            rows.Add(protocol, "x.wild.example", EcdsaOnly, "exact");

            // A wildcard stands for one label.
            rows.Add(protocol, "foo.bar.wild.example", EcdsaOnly, "ECDSA default");
            rows.Add(protocol, "wild.example", RsaOnly, "RSA default");

            rows.Add(protocol, "unknown.example", RsaOnly, "RSA default");
            rows.Add(protocol, "unknown.example", EcdsaOnly, "ECDSA default");
            rows.Add(protocol, null, RsaOnly, "RSA default");
            rows.Add(protocol, null, EcdsaOnly, "ECDSA default");
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    [Needs("openssl")]
    public Task Openssl_gets(SslProtocols protocol, string? name, string keys, string expected) => GetsAsync(expected, port => Start(
        "openssl",
        [
            "s_client", "-connect", $"127.0.0.1:{port}", protocol == SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3", "-CAfile", PemFiles.Root, "-verify_return_error",
            .. name is null ? ["-noservername"] : new[] { "-servername", name },
            .. keys == Both ? Array.Empty<string>() : ["-sigalgs", keys == RsaOnly ? "RSA-PSS+SHA256:RSA+SHA256" : "ECDSA+SHA256"],
        ]));

    [Theory]
    [MemberData(nameof(Rows))]
    [Needs("gnutls-cli")]
    public Task Gnutls_gets(SslProtocols protocol, string? name, string keys, string expected) => GetsAsync(expected, port => Start(
        "gnutls-cli",
        [
            "--port", $"{port}", "--logfile", "/dev/stderr", "--x509cafile", PemFiles.Root,
            "--priority", $"NORMAL:-VERS-ALL:+VERS-{(protocol == SslProtocols.Tls12 ? "TLS1.2" : "TLS1.3")}{Signatures(keys)}",
            .. name is null ? ["--disable-sni"] : new[] { "--sni-hostname", name }, "--no-ca-verification", "127.0.0.1",
        ]));

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    [Needs("openssl")]
    public async Task A_client_that_does_not_understand_the_key_of_the_name_it_asks_for_is_refused(SslProtocols protocol)
    {
        // There is a certificate for the name, though not for the client: s2n does not give it that of another name.
        var error = await Assert.ThrowsAsync<PeerProgramException>(() => ProgramPeer.ClientAsync(_server, port => Start(
            "openssl",
            [
                "s_client", "-connect", $"127.0.0.1:{port}", protocol == SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3",
                "-servername", "b.example", "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256",
            ])));
        Assert.IsType<AuthenticationException>(error.InnerException);
    }

    [Fact]
    public async Task A_resumed_session_is_shown_as_having_the_first_certificate_of_the_context()
    {
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.AllowTlsResume = true;
            options.Certificates.Clear();
            Array.ForEach(s_identities, identity => options.Certificates.Add(S2nCertificate.FromX509(identity)));
        });
        using S2nContext client = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        Assert.Equal(("CN=b", "CN=b"), await ShownAsync(resumed: false));
        Assert.Equal(("CN=b", "CN=RSA default"), await ShownAsync(resumed: true)); // s2n's ticket does not say which it was

        async Task<(string Seen, string Shown)> ShownAsync(bool resumed)
        {
            (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
            await using var serverSide = new S2nStream(serverEnd);
            await using var clientSide = new S2nStream(clientEnd);
            await Task.WhenAll(clientSide.AuthenticateAsClientAsync(client, "b.example"), serverSide.AuthenticateAsServerAsync(server)).WithDeadline();
            await serverSide.WriteAsync("x"u8.ToArray()).WithDeadline();
            await clientSide.ReadExactlyAsync(new byte[1]).WithDeadline();
            Assert.Equal(resumed, serverSide.IsSessionResumed);
            return (clientSide.RemoteCertificate!.Subject, serverSide.LocalCertificate!.Subject);
        }
    }

    public void Dispose() => _server.Dispose();

    private async Task GetsAsync(string expected, Func<int, PeerProgram> start)
    {
        await using ProgramPeer peer = await ProgramPeer.ClientAsync(_server, start);
        await peer.ExplainAsync(async () =>
        {
            await peer.EndInputAsync();
            await peer.ExpectEndAsync();
            Assert.Equal($"CN={expected}", peer.Stream.LocalCertificate!.Subject);
            await peer.Stream.DisposeAsync();
            string report = await peer.ReadReportAsync();
            await peer.Program.ExitCodeAsync();
            Assert.Matches($"CN ?= ?{expected}\\b", report + peer.Program.Errors);
        });
    }

    private static PeerProgram Start(string program, string[] arguments)
    {
        var directory = new TempDirectory();
        File.WriteAllText(directory.PathOf(PemFiles.Root), TestAuthority.Default.RootPem);
        return PeerProgram.Start(program, arguments, directory);
    }

    private static string Signatures(string keys) => keys switch
    {
        // On TLS 1.2 s2n goes by the cipher suite alone: a client without ECDSA offers no suite with it.
        RsaOnly => ":-ECDHE-ECDSA:-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-SHA256",
        EcdsaOnly => ":-ECDHE-RSA:-RSA:-DHE-RSA:-SIGN-ALL:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SHA256",
        _ => string.Empty,
    };

    private static X509Certificate2 Identity(string name, AsymmetricAlgorithm key, params string[] hosts) =>
        TestAuthority.Default.Issue(hosts, [], subject: $"CN={name}", key: key);
}
