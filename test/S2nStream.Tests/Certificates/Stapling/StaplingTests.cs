using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.Certificates;

/// <summary>OCSP responses and signed certificate timestamps, sent by servers and judged by clients.</summary>
public class StaplingTests
{
    private static readonly X509Certificate2 s_root = CertificateMaker.Authority("Stapling Root");
    private static readonly X509Certificate2 s_leaf = CertificateMaker.Leaf(s_root);
    private static readonly byte[] s_timestamps = [0, 9, 0, 4, 1, 2, 3, 4, 0, 1, 5]; // two entries, which nobody here can verify

    public static TheoryData<SslProtocols> Protocols() => new() { SslProtocols.Tls12, SslProtocols.Tls13 };

    [Theory]
    [MemberData(nameof(Protocols))]
    [Needs("openssl")]
    public async Task A_good_response_is_sent_to_a_client_that_asks_and_can_be_read(SslProtocols protocol)
    {
        byte[] response = await OcspResponder.RespondAsync(s_root, s_leaf);
        using S2nContext server = Server(s_leaf, response, s_timestamps);
        using S2nContext asks = Client(protocol, S2nOcspStapling.Require, timestamps: true);
        await using (TlsPair pair = await TlsPair.InMemoryAsync(client: asks, server: server))
        {
            await ExchangeAsync(pair);
            Assert.Equal(response, pair.Client.OcspResponse.ToArray());
            Assert.Equal(s_timestamps, pair.Client.SignedCertificateTimestamps.ToArray());
            Assert.True(pair.Client.IsOcspStapled);
            Assert.True(pair.Server.IsOcspStapled);
            Assert.True(pair.Server.OcspResponse.IsEmpty);
        }

        using S2nContext doesNot = Client(protocol, S2nOcspStapling.None);
        await using TlsPair other = await TlsPair.InMemoryAsync(client: doesNot, server: server);
        Assert.True(other.Client.OcspResponse.IsEmpty);
        Assert.True(other.Client.SignedCertificateTimestamps.IsEmpty);
        Assert.False(other.Client.IsOcspStapled);
        Assert.False(other.Server.IsOcspStapled);
    }

    [Fact]
    [Needs("openssl")]
    public async Task A_response_of_a_responder_that_the_issuer_has_appointed_is_good()
    {
        using X509Certificate2 responder = CertificateMaker.Leaf(s_root, usage: "1.3.6.1.5.5.7.3.9", subject: "CN=responder"); // OCSPSigning
        await AcceptAsync(await OcspResponder.RespondAsync(s_root, s_leaf, signer: responder));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    [Needs("openssl")]
    public async Task A_revoked_certificate_is_refused(SslProtocols protocol) =>
        Assert.Equal("S2N_ERR_CERT_REVOKED", await RefuseAsync(await OcspResponder.RespondAsync(s_root, s_leaf, 'R'), protocol));

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_response_that_is_too_old_is_refused(SslProtocols protocol) =>
        Assert.Equal("S2N_ERR_CERT_EXPIRED", await RefuseAsync(OcspResponder.MakeExpired(s_root, s_leaf), protocol));

    [Fact]
    [Needs("openssl")]
    public async Task A_response_that_somebody_else_has_signed_is_refused()
    {
        using X509Certificate2 stranger = CertificateMaker.Authority("Stranger");
        using X509Certificate2 notAppointed = CertificateMaker.Leaf(s_root, subject: "CN=not appointed");
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await RefuseAsync(await OcspResponder.RespondAsync(s_root, s_leaf, signer: stranger)));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await RefuseAsync(await OcspResponder.RespondAsync(s_root, s_leaf, signer: notAppointed)));
    }

    [Fact]
    [Needs("openssl")]
    public async Task A_response_that_was_changed_is_refused()
    {
        byte[] response = await OcspResponder.RespondAsync(s_root, s_leaf);
        int serial = response.AsSpan().IndexOf(s_leaf.SerialNumberBytes.Span);
        response[serial + 3] ^= 1;
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await RefuseAsync(response));
    }

    [Fact]
    [Needs("openssl")]
    public async Task A_response_about_another_certificate_or_none_that_is_known_is_refused()
    {
        using X509Certificate2 other = CertificateMaker.Leaf(s_root);
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await RefuseAsync(await OcspResponder.RespondAsync(s_root, other)));
        Assert.Equal("S2N_ERR_CERT_UNTRUSTED", await RefuseAsync(await OcspResponder.RespondAsync(s_root, s_leaf, status: null)));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    [Needs("openssl")]
    public async Task A_server_without_a_response_is_refused_only_where_one_is_required_or_its_certificate_demands_it(SslProtocols protocol)
    {
        using X509Certificate2 demanding = CertificateMaker.Leaf(s_root, mustStaple: true);
        await AcceptAsync(null, protocol);
        await AcceptAsync(null, protocol, S2nOcspStapling.None, demanding);
        await AcceptAsync(await OcspResponder.RespondAsync(s_root, demanding), protocol, S2nOcspStapling.Request, demanding);

        Assert.Equal("S2N_ERR_INVALID_OCSP_RESPONSE", await RefuseAsync(null, protocol, S2nOcspStapling.Require));
        Assert.Equal("S2N_ERR_INVALID_OCSP_RESPONSE", await RefuseAsync(null, protocol, S2nOcspStapling.Request, demanding));
    }

    [Fact]
    [Needs("openssl")]
    public async Task A_session_that_was_made_without_asking_is_not_resumed_by_a_client_that_requires_a_response()
    {
        using S2nContext server = Server(s_leaf, await OcspResponder.RespondAsync(s_root, s_leaf), resumes: true);
        var sessions = new S2nMemorySessionCache();
        using S2nContext asksNot = Client(SslProtocols.Tls12, S2nOcspStapling.None, sessions: sessions);
        using S2nContext requires = Client(SslProtocols.Tls12, S2nOcspStapling.Require, sessions: sessions);
        Assert.False(await IsResumedAsync(asksNot));
        Assert.True(await IsResumedAsync(asksNot));
        Assert.False(await IsResumedAsync(requires));
        Assert.True(await IsResumedAsync(requires)); // verified when it was made

        async Task<bool> IsResumedAsync(S2nContext client)
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
            await ExchangeAsync(pair);
            return pair.Client.IsSessionResumed;
        }
    }

    [Fact]
    [Needs("openssl")]
    public async Task A_response_is_replaced_while_the_server_runs_and_the_private_key_is_not_needed_again()
    {
        byte[] first = await OcspResponder.RespondAsync(s_root, s_leaf);
        byte[] second = await OcspResponder.RespondAsync(s_root, s_leaf);
        Assert.NotEqual(first, second);
        using S2nCertificate plain = S2nCertificate.FromX509(s_leaf);
        S2nCertificate stapled = plain.WithOcspResponse(first);
        using S2nContext server = TestContexts.MakeServer();
        server.ReplaceCertificates(stapled);
        using S2nContext client = Client(SslProtocols.Tls13, S2nOcspStapling.Require);
        await using TlsPair before = await TlsPair.InMemoryAsync(client: client, server: server);

        // A chain of copies: each outlives the one that it was made from.
        S2nCertificate renewed = stapled.WithSignedCertificateTimestamps(s_timestamps).WithOcspResponse(second);
        stapled.Dispose();
        plain.Dispose();
        server.ReplaceCertificates(renewed);
        renewed.Dispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await using TlsPair after = await TlsPair.InMemoryAsync(client: client, server: server);

        await ExchangeAsync(before);
        await ExchangeAsync(after);
        Assert.Equal(first, before.Client.OcspResponse.ToArray());
        Assert.Equal(second, after.Client.OcspResponse.ToArray());
        Assert.Equal(s_leaf.RawData, after.Client.RemoteCertificate!.GetRawCertData());
        Assert.Throws<ObjectDisposedException>(() => plain.WithOcspResponse(first));
    }

    public static TheoryData<string> Keys() => ["P-256", "RSA", "RSA, TLS 1.2 without forward secrecy", "elsewhere", "awaited"];

    [Theory]
    [MemberData(nameof(Keys))]
    [Needs("openssl")]
    public async Task A_stapled_certificate_signs_with_the_key_of_the_one_it_was_made_from(string kind)
    {
        AsymmetricAlgorithm key = Certificates.SigningIdentity.MakeKey(kind.StartsWith("RSA", StringComparison.Ordinal) ? "RSA" : "P-256");
        using X509Certificate2 leaf = CertificateMaker.Leaf(s_root, key: key, keyUsage: X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment);
        byte[] response = await OcspResponder.RespondAsync(s_root, leaf);
        using S2nCertificate plain = kind switch
        {
            "elsewhere" => S2nCertificate.FromX509(leaf, key),
            "awaited" => S2nCertificate.FromX509(leaf, new ScriptedSigner(async (request, _) =>
            {
                await Task.Yield();
                return ScriptedSigner.Sign(key, request);
            })),
            _ => S2nCertificate.FromX509(leaf),
        };
        using S2nCertificate stapled = plain.WithOcspResponse(response);
        Assert.Equal(response, stapled.OcspResponse.ToArray());
        bool transports = kind.EndsWith("secrecy", StringComparison.Ordinal);
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.Certificates[0] = stapled;
            options.SecurityPolicy = transports ? new S2nSecurityPolicy("20170210") : options.SecurityPolicy;
        });
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverSide = new S2nStream(serverEnd);
        await using var clientSide = new System.Net.Security.SslStream(clientEnd);
        var roots = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { s_root }, RevocationMode = X509RevocationMode.NoCheck };
        await Task.WhenAll(
            serverSide.AuthenticateAsServerAsync(server),
            clientSide.AuthenticateAsClientAsync(new System.Net.Security.SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                CertificateChainPolicy = roots,
                EnabledSslProtocols = transports ? SslProtocols.Tls12 : SslProtocols.None,
                CipherSuitesPolicy = transports ? new([System.Net.Security.TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256]) : null,
            })).WithDeadline();
        Assert.Equal(leaf.RawData, clientSide.RemoteCertificate!.GetRawCertData());
    }

    [Fact]
    [Needs("openssl")]
    public async Task An_ml_dsa_key_cannot_be_borrowed_and_is_loaded_with_its_response()
    {
        (X509Certificate2Collection roots, MLDsaCertificate leaf) = MLDsaCertificate.Create(Org.BouncyCastle.Crypto.Parameters.MLDsaParameters.ml_dsa_65);
        using (S2nCertificate plain = S2nCertificate.FromPem(leaf.CertificatePem, leaf.KeyPem))
        {
            Assert.Throws<NotSupportedException>(() => plain.WithSignedCertificateTimestamps(s_timestamps));
            Assert.Throws<NotSupportedException>(() => S2nCertificate.FromPem(leaf.CertificatePem, new ScriptedSigner((_, _) => default)));
        }

        byte[] response = await OcspResponder.RespondAsync(s_root, s_leaf); // about another: that it is sent is the point
        using var directory = new TempDirectory();
        var files = new S2nCertificateFiles(directory.PathOf("crt"), directory.PathOf("key")) { OcspResponsePath = directory.PathOf("ocsp") };
        File.WriteAllText(files.CertificatePath, leaf.CertificatePem);
        File.WriteAllText(files.PrivateKeyPath, leaf.KeyPem);
        File.WriteAllBytes(files.OcspResponsePath, response);
        using S2nCertificate stapled = files.Load();
        Assert.Equal(response, stapled.OcspResponse.ToArray());
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.Certificates[0] = stapled;
            options.SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum;
        });
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = roots;
            options.SecurityPolicy = S2nSecurityPolicy.DefaultPostQuantum;
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        Assert.Equal(TlsSignatureScheme.MLDsa65, pair.Server.SignatureScheme);
    }

    [Fact]
    public void What_is_no_response_and_no_list_is_refused()
    {
        using S2nCertificate certificate = S2nCertificate.FromX509(s_leaf);
        Assert.Throws<ArgumentException>(() => certificate.WithOcspResponse("garbage"u8));
        Assert.Throws<ArgumentException>(() => certificate.WithOcspResponse([0x30, 0x03, 0x0A, 0x01]));
        var error = Assert.Throws<ArgumentException>(() => certificate.WithOcspResponse(OcspResponder.MakeError(6)));
        Assert.Contains("status 6", error.Message, StringComparison.Ordinal);
        foreach (byte[] list in (byte[][])[[0], [0, 0], [0, 2, 0, 0], [0, 3, 0, 1], [0, 3, 0, 1, 9, 9], [0, 3, 0, 2, 9]])
        {
            Assert.Throws<ArgumentException>(() => certificate.WithSignedCertificateTimestamps(list));
        }

        Assert.True(certificate.WithOcspResponse([]).OcspResponse.IsEmpty);
    }

    [Fact]
    public void Nets_judgement_and_stapling_are_not_combined() =>
        Assert.Throws<ArgumentException>(() => TestContexts.MakeClient(options =>
        {
            options.OcspStapling = S2nOcspStapling.Request;
            options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == System.Net.Security.SslPolicyErrors.None;
        }));

    [Theory]
    [MemberData(nameof(Protocols))]
    [Needs("openssl")]
    public async Task Openssl_s_client_verifies_our_response(SslProtocols protocol)
    {
        using S2nContext server = Server(s_leaf, await OcspResponder.RespondAsync(s_root, s_leaf));
        string report = await OpenSsl.ReadStatusAsync(protocol, server, s_root);
        Assert.Contains("OCSP Response Status: successful", report, StringComparison.Ordinal);
        Assert.Contains("Cert Status: good", report, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    [Needs("openssl", "gnutls-cli")]
    public async Task Gnutls_cli_verifies_our_response(SslProtocols protocol)
    {
        using S2nContext good = Server(s_leaf, await OcspResponder.RespondAsync(s_root, s_leaf));
        string report = await GnuTlsReportAsync(good, protocol);
        Assert.Contains("OCSP Response Information", report, StringComparison.Ordinal);
        Assert.Contains("Certificate Status: good", report, StringComparison.Ordinal);
        Assert.Contains("The certificate is trusted", report, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    [Needs("openssl")]
    public async Task We_verify_what_openssl_s_server_staples(SslProtocols protocol)
    {
        byte[] good = await OcspResponder.RespondAsync(s_root, s_leaf);
        using S2nContext client = Client(protocol, S2nOcspStapling.Require);
        await using (ProgramPeer peer = await OpenSslServerAsync(protocol, client, good))
        {
            Assert.Equal(good, peer.Stream.OcspResponse.ToArray());
        }

        byte[] revoked = await OcspResponder.RespondAsync(s_root, s_leaf, 'R');
        var error = await Assert.ThrowsAsync<PeerProgramException>(() => OpenSslServerAsync(protocol, client, revoked));
        Assert.Equal("S2N_ERR_CERT_REVOKED", Assert.IsType<S2nException>(error.InnerException!.InnerException).S2nErrorName);
    }

    private static Task<ProgramPeer> OpenSslServerAsync(SslProtocols protocol, S2nContext client, byte[] response)
    {
        var directory = new TempDirectory();
        using ECDsa key = s_leaf.GetECDsaPrivateKey()!;
        File.WriteAllText(directory.PathOf("leaf.pem"), s_leaf.ExportCertificatePem());
        File.WriteAllText(directory.PathOf("leaf.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllBytes(directory.PathOf("response.der"), response);
        return ProgramPeer.ServerAsync(client, PeerProgram.Start(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", protocol == SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3",
                "-cert", "leaf.pem", "-key", "leaf.key", "-status_file", "response.der", "-quiet",
            ],
            directory));
    }

    private static async Task<string> GnuTlsReportAsync(S2nContext server, SslProtocols protocol)
    {
        await using ProgramPeer peer = await ProgramPeer.ClientAsync(server, port =>
        {
            var directory = new TempDirectory();
            File.WriteAllText(directory.PathOf("root.pem"), s_root.ExportCertificatePem());
            return PeerProgram.Start(
                "gnutls-cli",
                [
                    "--port", $"{port}", "--priority", $"NORMAL:-VERS-ALL:+VERS-{(protocol == SslProtocols.Tls12 ? "TLS1.2" : "TLS1.3")}",
                    "--x509cafile", "root.pem", "--sni-hostname", "localhost", "--verify-hostname", "localhost", "--verbose", "127.0.0.1",
                ],
                directory);
        });
        string report = "";
        await peer.ExplainAsync(async () =>
        {
            await peer.EndInputAsync();
            report = await EndAndReadAsync(peer);
        });
        return report + peer.Program.Errors;
    }

    private static async Task<string> EndAndReadAsync(ProgramPeer peer)
    {
        Task<string> report = peer.ReadReportAsync();
        await peer.ExpectEndAsync();
        await peer.Stream.DisposeAsync();
        return await report;
    }

    private static async Task AcceptAsync(
        byte[]? response, SslProtocols protocol = SslProtocols.Tls13, S2nOcspStapling stapling = S2nOcspStapling.Request, X509Certificate2? leaf = null)
    {
        using S2nContext server = Server(leaf ?? s_leaf, response);
        using S2nContext client = Client(protocol, stapling);
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await ExchangeAsync(pair);
        Assert.Equal(stapling == S2nOcspStapling.None ? null : response, pair.Client.OcspResponse.IsEmpty ? null : pair.Client.OcspResponse.ToArray());
    }

    /// <returns>The name of the error.</returns>
    private static async Task<string> RefuseAsync(
        byte[]? response, SslProtocols protocol = SslProtocols.Tls13, S2nOcspStapling stapling = S2nOcspStapling.Request, X509Certificate2? leaf = null)
    {
        using S2nContext server = Server(leaf ?? s_leaf, response);
        using S2nContext client = Client(protocol, stapling);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverSide = new S2nStream(serverEnd);
        await using var clientSide = new S2nStream(clientEnd);
        Task accept = serverSide.AuthenticateAsServerAsync(server);
        var error = await Assert.ThrowsAsync<AuthenticationException>(() => clientSide.AuthenticateAsClientAsync(client, "localhost").WithDeadline());
        Assert.False(clientSide.IsAuthenticated);
        await clientSide.DisposeAsync();
        _ = await Record.ExceptionAsync(() => accept.WithDeadline());
        return Assert.IsType<S2nException>(error.InnerException).S2nErrorName;
    }

    private static S2nContext Server(X509Certificate2 leaf, byte[]? response, byte[]? timestamps = null, bool resumes = false)
    {
        using S2nCertificate plain = S2nCertificate.FromX509(leaf);
        using S2nCertificate stapled = plain.WithOcspResponse(response);
        using S2nCertificate timed = stapled.WithSignedCertificateTimestamps(timestamps);
        return TestContexts.MakeServer(options =>
        {
            options.Certificates[0] = timed;
            options.AllowTlsResume = resumes;
        });
    }

    private static S2nContext Client(SslProtocols protocol, S2nOcspStapling stapling, bool timestamps = false, S2nSessionCache? sessions = null) =>
        TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [s_root];
            options.MaxBlindingDelay = TimeSpan.Zero; // what is refused is public, and tests are not to wait
            options.OcspStapling = stapling;
            options.RequestSignedCertificateTimestamps = timestamps;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : options.SecurityPolicy;
            options.SessionCache = sessions;
            options.AllowTlsResume = sessions is not null;
        });

    private static async Task ExchangeAsync(TlsPair pair)
    {
        await pair.Client.WriteAsync("ping"u8.ToArray()).WithDeadline();
        await pair.Server.ReadExactlyAsync(new byte[4]).WithDeadline();
        await pair.Server.WriteAsync("pong"u8.ToArray()).WithDeadline();
        await pair.Client.ReadExactlyAsync(new byte[4]).WithDeadline();
    }
}
