using System.Net.Security;
using System.Numerics;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.Certificates;

/// <summary>s2n verifies peers against lists of revoked certificates.</summary>
public class RevocationListTests
{
    private static readonly X509Certificate2 s_root = CertificateMaker.Authority("Revoking Root");
    private static readonly X509Certificate2 s_intermediate = CertificateMaker.Authority("Revoking Intermediate", s_root);
    private static readonly X509Certificate2 s_leaf = CertificateMaker.Leaf(s_root);
    private static readonly X509Certificate2 s_chained = CertificateMaker.Leaf(s_intermediate);

    public static TheoryData<SslProtocols> Protocols() => new() { SslProtocols.Tls12, SslProtocols.Tls13 };

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_certificate_that_is_not_on_the_list_is_accepted_and_one_that_is_is_not(SslProtocols protocol)
    {
        Assert.Null(await JudgeServerAsync(s_leaf, Store(ListOf(s_root)), protocol));
        Assert.Equal("S2N_ERR_CERT_REVOKED", await JudgeServerAsync(s_leaf, Store(ListOf(s_root, s_leaf)), protocol));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Every_certificate_of_the_chain_counts(SslProtocols protocol)
    {
        Assert.Null(await JudgeServerAsync(s_chained, Store(ListOf(s_root), ListOf(s_intermediate)), protocol));
        Assert.Equal("S2N_ERR_CERT_REVOKED", await JudgeServerAsync(s_chained, Store(ListOf(s_root, s_intermediate), ListOf(s_intermediate)), protocol));
        Assert.Equal("S2N_ERR_CERT_REVOKED", await JudgeServerAsync(s_chained, Store(ListOf(s_root), ListOf(s_intermediate, s_chained)), protocol));
        Assert.Equal("S2N_ERR_CRL_LOOKUP_FAILED", await JudgeServerAsync(s_chained, Store(ListOf(s_root)), protocol));
        Assert.Equal("S2N_ERR_CRL_LOOKUP_FAILED", await JudgeServerAsync(s_chained, Store(ListOf(s_intermediate)), protocol));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_servers_clients_are_verified_likewise(SslProtocols protocol)
    {
        using X509Certificate2 client = CertificateMaker.Leaf(s_intermediate, usage: CertificateMaker.ClientAuthentication);
        Assert.Null(await JudgeClientAsync(client, Store(ListOf(s_root), ListOf(s_intermediate)), protocol));
        Assert.Equal("S2N_ERR_CERT_REVOKED", await JudgeClientAsync(client, Store(ListOf(s_root), ListOf(s_intermediate, client)), protocol));
        Assert.Equal("S2N_ERR_CRL_LOOKUP_FAILED", await JudgeClientAsync(client, Store(), protocol));
    }

    [Fact]
    public async Task A_list_whose_time_is_over_or_has_not_come_is_good_for_nothing()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Assert.Equal("S2N_ERR_CRL_EXPIRED", await JudgeServerAsync(s_leaf, Store(ListOf(s_root, [], now.AddDays(-2), now.AddDays(-1)))));
        Assert.Equal("S2N_ERR_CRL_NOT_YET_VALID", await JudgeServerAsync(s_leaf, Store(ListOf(s_root, [], now.AddDays(1), now.AddDays(2)))));
    }

    [Fact]
    public async Task A_list_that_somebody_else_has_signed_in_the_issuers_name_is_refused()
    {
        using X509Certificate2 impostor = CertificateMaker.Authority("Revoking Root");
        Assert.Equal("S2N_ERR_CRL_LOOKUP_FAILED", await JudgeServerAsync(s_leaf, Store(ListOf(impostor)))); // the key's identifier is another

        using ECDsa key = impostor.GetECDsaPrivateKey()!;
        byte[] forged = new CertificateRevocationListBuilder().Build(
            s_root.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            BigInteger.One,
            DateTimeOffset.UtcNow.AddDays(1),
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(s_root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        Assert.Equal("S2N_ERR_CRL_SIGNATURE", await JudgeServerAsync(s_leaf, Store(S2nRevocationList.FromDer(forged))));
    }

    [Fact]
    public async Task A_list_of_another_issuer_does_not_count()
    {
        using S2nRevocationList other = ListOf(s_intermediate);
        Assert.Equal("S2N_ERR_CRL_LOOKUP_FAILED", await JudgeServerAsync(s_leaf, new Provider((_, _) => ValueTask.FromResult<S2nRevocationList?>(other))));
    }

    [Fact]
    public async Task Lists_that_take_time_are_waited_for_each_issuer_once()
    {
        using S2nRevocationList rootList = ListOf(s_root), intermediateList = ListOf(s_intermediate);
        var asked = new List<string>();
        var provider = new Provider(async (issuer, _) =>
        {
            asked.Add(issuer.Name);
            await Task.Delay(20, CancellationToken.None);
            return issuer.Name == rootList.Issuer.Name ? rootList : intermediateList;
        });
        using S2nCertificate withRoot = S2nCertificate.FromX509(s_chained, [s_intermediate, s_root]); // the root is issued by itself
        Assert.Null(await JudgeServerAsync(withRoot, provider));
        Assert.Equal(["CN=Revoking Intermediate", "CN=Revoking Root"], asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_provider_throws_reaches_the_caller_and_the_peer_is_refused(bool asynchronously)
    {
        var thrown = new HttpRequestException("no list");
        using S2nContext client = Client(new Provider((_, _) => asynchronously ? ValueTask.FromException<S2nRevocationList?>(thrown) : throw thrown));
        using S2nContext server = TestContexts.MakeServer(certificate: s_leaf);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverSide = new S2nStream(serverEnd);
        await using var clientSide = new S2nStream(clientEnd);
        Task accept = serverSide.AuthenticateAsServerAsync(server);
        Assert.Same(thrown, await Assert.ThrowsAsync<HttpRequestException>(() => clientSide.AuthenticateAsClientAsync(client, "localhost").WithDeadline()));
        await Assert.ThrowsAsync<AuthenticationException>(() => accept.WithDeadline());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handshake_that_waits_for_a_list_can_be_left(bool byDisposal)
    {
        var asked = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<S2nRevocationList?>();
        using S2nContext client = Client(new Provider((_, token) =>
        {
            asked.TrySetResult(token);
            return new ValueTask<S2nRevocationList?>(never.Task);
        }));
        using S2nContext server = TestContexts.MakeServer(certificate: s_leaf);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverSide = new S2nStream(serverEnd);
        await using var clientSide = new S2nStream(clientEnd);
        using var caller = new CancellationTokenSource();
        Task accept = serverSide.AuthenticateAsServerAsync(server);
        Task connect = clientSide.AuthenticateAsClientAsync(client, "localhost", caller.Token);
        CancellationToken token = await asked.Task.WithDeadline();
        if (byDisposal)
        {
            await clientSide.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => connect.WithDeadline());
        }
        else
        {
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect.WithDeadline());
            await clientSide.DisposeAsync();
        }

        Assert.True(token.IsCancellationRequested);
        await Assert.ThrowsAnyAsync<Exception>(() => accept.WithDeadline());
    }

    [Fact]
    public async Task Lists_are_replaced_while_many_handshakes_use_them()
    {
        S2nRevocationListStore store = Store(ListOf(s_root));
        using S2nContext client = Client(store);
        using S2nContext server = TestContexts.MakeServer(certificate: s_leaf);
        using var stop = new CancellationTokenSource();
        Task replacing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                store.Set(ListOf(s_root));
                GC.Collect();
                await Task.Delay(1);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
            }
        })));
        await stop.CancelAsync();
        await replacing.WithDeadline();

        store.Set(ListOf(s_root, s_leaf));
        Assert.Equal("S2N_ERR_CERT_REVOKED", await JudgeServerAsync(s_leaf, store));
        Assert.True(store.Remove(s_root.SubjectName));
        Assert.False(store.Remove(s_root.SubjectName));
        Assert.Equal("S2N_ERR_CRL_LOOKUP_FAILED", await JudgeServerAsync(s_leaf, store));
    }

    [Fact]
    public async Task A_session_that_was_made_without_looking_is_not_resumed_by_a_client_that_looks()
    {
        using S2nContext server = TestContexts.MakeServer(options => options.AllowTlsResume = true, s_leaf);
        var sessions = new S2nMemorySessionCache();
        using S2nContext careless = Client(null, sessions: sessions);
        using S2nContext careful = Client(Store(ListOf(s_root, s_leaf)), sessions: sessions);
        await using (TlsPair first = await TlsPair.InMemoryAsync(client: careless, server: server))
        {
            await first.Server.WriteAsync("x"u8.ToArray()).WithDeadline();
            await first.Client.ReadExactlyAsync(new byte[1]).WithDeadline(); // with it the ticket comes
        }

        await Assert.ThrowsAsync<AuthenticationException>(() => TlsPair.InMemoryAsync(client: careful, server: server));
    }

    [Fact]
    [Needs("openssl")]
    public async Task Openssl_s_servers_certificate_is_verified_against_the_list()
    {
        using S2nContext trusting = Client(null, TestAuthority.Default.Roots[0]);
        await using (await OpenSsl.ServerAsync(SslProtocols.Tls13, trusting))
        {
            // Accepted without lists.
        }

        using S2nContext looking = Client(Store(), TestAuthority.Default.Roots[0]);
        var error = await Assert.ThrowsAsync<PeerProgramException>(() => OpenSsl.ServerAsync(SslProtocols.Tls13, looking));
        Assert.Equal("S2N_ERR_CRL_LOOKUP_FAILED", Assert.IsType<S2nException>(error.InnerException!.InnerException).S2nErrorName);
    }

    [Fact]
    public void A_list_tells_who_has_issued_it_and_when()
    {
        DateTimeOffset from = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), until = from.AddDays(7);
        byte[] der = Der(s_root, [s_leaf], from, until);
        using var directory = new TempDirectory();
        string pemFile = directory.PathOf("list.pem"), derFile = directory.PathOf("list.crl");
        string pem = PemEncoding.WriteString("X509 CRL", der);
        File.WriteAllText(pemFile, $"{s_root.ExportCertificatePem()}\n{pem}\n");
        File.WriteAllBytes(derFile, der);
        foreach (S2nRevocationList list in (S2nRevocationList[])
            [S2nRevocationList.FromDer(der), S2nRevocationList.FromPem(pem), S2nRevocationList.FromFile(pemFile), S2nRevocationList.FromFile(derFile)])
        {
            Assert.Equal(s_root.SubjectName.RawData, list.Issuer.RawData);
            Assert.Equal(from, list.ThisUpdate);
            Assert.Equal(until, list.NextUpdate);
            list.Dispose();
        }
    }

    [Fact]
    public void What_is_no_list_is_refused()
    {
        Assert.Throws<ArgumentException>(() => S2nRevocationList.FromDer("garbage"u8));
        Assert.Throws<ArgumentException>(() => S2nRevocationList.FromDer(s_root.RawData));
        Assert.Throws<ArgumentException>(() => S2nRevocationList.FromPem(s_root.ExportCertificatePem()));
        byte[] der = Der(s_root, [], DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        Assert.Throws<ArgumentException>(() => S2nRevocationList.FromDer(der.AsSpan(0, der.Length / 2)));
        Assert.Throws<ArgumentException>(() => S2nRevocationList.FromDer([.. der, 0]));
    }

    [Fact]
    public void Nets_judgement_and_lists_for_s2n_are_not_combined()
    {
        Assert.Throws<ArgumentException>(() => TestContexts.MakeClient(options =>
        {
            options.RevocationLists = new S2nRevocationListStore();
            options.CertificateRevocationCheckMode = X509RevocationMode.Offline;
        }));
        Assert.Throws<ArgumentException>(() => TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = S2nClientCertificateMode.Required;
            options.RevocationLists = new S2nRevocationListStore();
            options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None;
        }));
    }

    internal static S2nRevocationList ListOf(X509Certificate2 issuer, params X509Certificate2[] revoked) =>
        S2nRevocationList.FromDer(Encode(issuer, revoked));

    internal static byte[] Encode(X509Certificate2 issuer, params X509Certificate2[] revoked) =>
        Der(issuer, revoked, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));

    private static S2nRevocationList ListOf(X509Certificate2 issuer, X509Certificate2[] revoked, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate) =>
        S2nRevocationList.FromDer(Der(issuer, revoked, thisUpdate, nextUpdate));

    private static byte[] Der(X509Certificate2 issuer, X509Certificate2[] revoked, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate)
    {
        var builder = new CertificateRevocationListBuilder();
        Array.ForEach(revoked, certificate => builder.AddEntry(certificate));
        return builder.Build(issuer, BigInteger.One, nextUpdate, HashAlgorithmName.SHA256, thisUpdate: thisUpdate);
    }

    internal static S2nRevocationListStore Store(params S2nRevocationList[] lists)
    {
        var store = new S2nRevocationListStore();
        Array.ForEach(lists, store.Set);
        return store;
    }

    private static S2nContext Client(
        S2nRevocationListProvider? lists, X509Certificate2? root = null, SslProtocols protocol = SslProtocols.Tls13, S2nSessionCache? sessions = null) =>
        TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = [root ?? s_root];
            options.MaxBlindingDelay = TimeSpan.Zero; // what is refused is public, and tests are not to wait
            options.RevocationLists = lists;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : options.SecurityPolicy;
            options.SessionCache = sessions;
            options.AllowTlsResume = sessions is not null;
        });

    private static async Task<string?> JudgeServerAsync(X509Certificate2 leaf, S2nRevocationListProvider lists, SslProtocols protocol = SslProtocols.Tls13)
    {
        using S2nCertificate certificate = S2nCertificate.FromX509(leaf, leaf == s_chained ? [s_intermediate] : null);
        return await JudgeServerAsync(certificate, lists, protocol);
    }

    /// <returns>The name of the error; null where there is none.</returns>
    private static async Task<string?> JudgeServerAsync(S2nCertificate certificate, S2nRevocationListProvider lists, SslProtocols protocol = SslProtocols.Tls13)
    {
        using S2nContext server = TestContexts.MakeServer(options => options.Certificates[0] = certificate);
        using S2nContext client = Client(lists, protocol: protocol);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverSide = new S2nStream(serverEnd);
        await using var clientSide = new S2nStream(clientEnd);
        Task accept = serverSide.AuthenticateAsServerAsync(server);
        return await ErrorAsync(clientSide.AuthenticateAsClientAsync(client, "localhost"), clientSide, accept);
    }

    private static async Task<string?> JudgeClientAsync(X509Certificate2 leaf, S2nRevocationListProvider lists, SslProtocols protocol)
    {
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = S2nClientCertificateMode.Required;
            options.TrustedRoots = [s_root];
            options.MaxBlindingDelay = TimeSpan.Zero; // what is refused is public, and tests are not to wait
            options.RevocationLists = lists;
        });
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.Certificate = S2nCertificate.FromX509(leaf, [s_intermediate]);
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : options.SecurityPolicy;
        });
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var serverSide = new S2nStream(serverEnd);
        await using var clientSide = new S2nStream(clientEnd);
        Task connect = clientSide.AuthenticateAsClientAsync(client, "localhost");
        return await ErrorAsync(serverSide.AuthenticateAsServerAsync(server), serverSide, connect);
    }

    private static async Task<string?> ErrorAsync(Task judging, S2nStream judge, Task other)
    {
        Exception? error = await Record.ExceptionAsync(() => judging.WithDeadline());
        if (error is null)
        {
            await other.WithDeadline();
            Assert.True(judge.CheckCertRevocationStatus);
            return null;
        }

        await judge.DisposeAsync();
        _ = await Record.ExceptionAsync(() => other.WithDeadline());
        return Assert.IsType<S2nException>(Assert.IsType<AuthenticationException>(error).InnerException).S2nErrorName;
    }

    private sealed class Provider(Func<X500DistinguishedName, CancellationToken, ValueTask<S2nRevocationList?>> find) : S2nRevocationListProvider
    {
        public override ValueTask<S2nRevocationList?> FindAsync(X500DistinguishedName issuer, CancellationToken cancellationToken) => find(issuer, cancellationToken);
    }
}
