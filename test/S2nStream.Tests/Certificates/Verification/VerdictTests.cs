using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Certificates;

/// <summary>Every certificate of the table gets the same verdict whoever judges: s2n, .NET behind a callback or a policy, the same by SslStream's options, and SslStream.</summary>
public class VerdictTests
{
    public static TheoryData<string, SslProtocols> Rows()
    {
        var rows = new TheoryData<string, SslProtocols>();
        foreach (string row in CertificateTable.Rows.Keys)
        {
            rows.Add(row, SslProtocols.Tls13);
            rows.Add(row, SslProtocols.Tls12);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task All_judges_agree(string name, SslProtocols protocol)
    {
        CertificateTable.Row row = CertificateTable.Rows[name];
        using X509Certificate2 leaf = row.Issue();
        using var server = new Server(leaf, row.Intermediates, protocol);

        string? byS2n = await server.JudgeAsync(options => options.TrustedRoots = Roots(row), row.Host);
        string? byPolicyForS2n = await server.JudgeAsync(options => options.CertificateChainPolicy = Policy(row), row.Host);
        string? byPolicyForNet = await server.JudgeAsync(
            options =>
            {
                options.CertificateChainPolicy = Policy(row);
                options.CertificateChainPolicy.VerificationTime = DateTime.Now;
            }, row.Host);
        SslPolicyErrors? seen = null;
        string? byCallback = await server.JudgeAsync(
            options =>
            {
                options.TrustedRoots = Roots(row);
                options.RemoteCertificateValidationCallback = (_, _, _, errors) => (seen = errors) == SslPolicyErrors.None;
            }, row.Host);

        Assert.Contains(byS2n, (IEnumerable<string?>?)row.ErrorsByS2n ?? [row.Error]);
        Assert.Equal(byS2n, byPolicyForS2n);
        Assert.Equal(row.Error, byPolicyForNet);
        Assert.Equal(row.Error, byCallback);
        Assert.Equal(row.Error is null, seen == SslPolicyErrors.None);

        string? byOptions = await server.JudgeAsync(Options(row));
        SslPolicyErrors? seenByOptions = null;
        string? byOptionsWithCallback = await server.JudgeAsync(Options(row, (_, _, _, errors) => (seenByOptions = errors) == SslPolicyErrors.None));
        Assert.Equal(byS2n, byOptions);
        Assert.Equal(row.Error, byOptionsWithCallback);
        Assert.Equal(seen, seenByOptions);

        SslPolicyErrors? sslStreamSaw = null;
        bool sslStreamAccepts = await server.SslStreamAcceptsAsync(row, null);
        Assert.Equal(sslStreamAccepts, await server.SslStreamAcceptsAsync(row, (_, _, _, errors) => (sslStreamSaw = errors) == SslPolicyErrors.None));
        bool differs = row.SslStreamDiffers.HasFlag(protocol) || (row.SslStream11Differs && Runtime.IsNet11);
        Assert.Equal((row.Error is null) != differs, sslStreamAccepts);
        if (!differs && sslStreamSaw is not null && (sslStreamAccepts || sslStreamSaw != SslPolicyErrors.None)) // null and None: it was OpenSSL that refused
        {
            Assert.Equal(sslStreamSaw, seen);
        }
    }

    private static X509Certificate2Collection Roots(CertificateTable.Row row) => [X509CertificateLoader.LoadCertificate((row.Anchor ?? CertificateTable.Root).RawData)];

    private static X509ChainPolicy Policy(CertificateTable.Row row)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(Roots(row));
        return policy;
    }

    private static SslClientAuthenticationOptions Options(CertificateTable.Row row, RemoteCertificateValidationCallback? callback = null) => new()
    {
        TargetHost = row.Host,
        CertificateChainPolicy = Policy(row),
        RemoteCertificateValidationCallback = callback,
    };

    private sealed class Server : IDisposable
    {
        private readonly SslProtocols _protocol;
        private readonly S2nContext _context;

        internal Server(X509Certificate2 leaf, X509Certificate2Collection? intermediates, SslProtocols protocol)
        {
            _protocol = protocol;
            using S2nCertificate own = S2nCertificate.FromX509(leaf, intermediates);
            _context = S2nContext.CreateServer(new S2nServerOptions
            {
                Certificates = { own },
                MaxBlindingDelay = TimeSpan.Zero,
                SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13,
            });
        }

        /// <returns>The error by which an S2nStream refuses the server; null where it does not.</returns>
        internal async Task<string?> JudgeAsync(Action<S2nClientOptions> configure, string host)
        {
            using S2nContext client = TestContexts.MakeClient(options =>
            {
                options.TrustedRoots = null;
                options.MaxBlindingDelay = TimeSpan.Zero;
                configure(options);
            });
            return ErrorOf(await ConnectAsync(inner => new S2nStream(inner), stream => ((S2nStream)stream).AuthenticateAsClientAsync(client, host)));
        }

        /// <inheritdoc cref="JudgeAsync(Action{S2nClientOptions}, string)"/>
        internal async Task<string?> JudgeAsync(SslClientAuthenticationOptions options) =>
            ErrorOf(await ConnectAsync(inner => new S2nStream(inner), stream => ((S2nStream)stream).AuthenticateAsClientAsync(options)));

        internal async Task<bool> SslStreamAcceptsAsync(CertificateTable.Row row, RemoteCertificateValidationCallback? callback) =>
            await ConnectAsync(inner => new SslStream(inner), stream => ((SslStream)stream).AuthenticateAsClientAsync(Options(row, callback))) is null;

        public void Dispose() => _context.Dispose();

        private static string? ErrorOf(Exception? refusal) =>
            refusal is null ? null : Assert.IsType<S2nException>(refusal.InnerException).S2nErrorName;

        private async Task<Exception?> ConnectAsync(Func<Stream, AuthenticatedStream> over, Func<AuthenticatedStream, Task> authenticate)
        {
            (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
            await using var server = new S2nStream(serverEnd);
            Task serverSide = server.AuthenticateAsServerAsync(_context);
            await using AuthenticatedStream client = over(clientEnd);
            Exception? refusal = await Record.ExceptionAsync(() => authenticate(client).WithDeadline());
            if (refusal is not null)
            {
                Assert.IsType<AuthenticationException>(refusal);
            }
            else if (client is S2nStream stream)
            {
                Assert.Equal(_protocol, stream.SslProtocol);
            }

            await client.DisposeAsync();
            await clientEnd.DisposeAsync(); // now: a blinded refusal would keep it open for a while
            await Record.ExceptionAsync(() => serverSide.WithDeadline());
            return refusal;
        }
    }
}
