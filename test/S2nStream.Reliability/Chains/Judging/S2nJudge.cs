using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nito.AsyncEx;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Judging;

/// <summary>An S2nStream as the judge, on either way.</summary>
internal static class S2nJudge
{
    /// <summary>SSL_CERT_FILE and SSL_CERT_DIR are the process's: those who set them go one after the other.</summary>
    private static readonly AsyncLock s_environment = new();

    private static readonly string s_noDirectory = Path.Combine(Path.GetTempPath(), "s2nstream-no-directory");

    /// <summary>Of the server that judges clients.</summary>
    private static readonly S2nCertificate s_servers = S2nCertificate.FromX509(TestAuthority.Localhost);

    internal static async Task<Verdict> JudgeAsync(Presenter presenter, ChainDraft chain, S2nWay way)
    {
        if (way != S2nWay.SystemRoots)
        {
            return await JudgeAsync(presenter, chain, options => Configure(options, chain, way));
        }

        using IDisposable turn = await s_environment.LockAsync();
        using var directory = new TempDirectory();
        try
        {
            string file = directory.PathOf("roots.pem");
            await File.WriteAllTextAsync(file, chain.AnchorsPem);
            Environment.SetEnvironmentVariable("SSL_CERT_FILE", file);
            Environment.SetEnvironmentVariable("SSL_CERT_DIR", s_noDirectory); // or the distribution's roots would be read too, each time
            return await JudgeAsync(presenter, chain, _ => { });
        }
        finally
        {
            Environment.SetEnvironmentVariable("SSL_CERT_FILE", null);
            Environment.SetEnvironmentVariable("SSL_CERT_DIR", null);
        }
    }

    internal static async Task<Verdict> JudgeAsync(Presenter presenter, ChainDraft chain, NetWay way) =>
        await JudgeAsync(presenter, chain, options => Configure(options, chain, way));

    /// <summary>Both ways' verdicts under a security policy.</summary>
    internal static async Task<(Verdict ByS2n, Verdict ByNet)> JudgeAsync(Presenter presenter, ChainDraft chain, S2nSecurityPolicy policy) =>
    (
        await JudgeAsync(presenter, chain, options =>
        {
            options.SecurityPolicy = policy;
            Configure(options, chain, S2nWay.TrustedRoots);
        }),
        await JudgeAsync(presenter, chain, options =>
        {
            options.SecurityPolicy = policy;
            Configure(options, chain, NetWay.CallbackOverRoots);
        }));

    /// <summary>Whether s2n's way can be asked by other options than the system's roots.</summary>
    internal static bool TakesAsRoots(ChainDraft chain)
    {
        try
        {
            using S2nContext context = S2nContext.CreateClient(new S2nClientOptions { TrustedRoots = Collect(chain.Anchors) });
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    internal static X509Certificate2Collection Collect(IEnumerable<CertificateDraft> certificates) =>
        [.. certificates.Select(certificate => X509CertificateLoader.LoadCertificate(certificate.Encoded))];

    /// <summary>Of the system's certificates those that are roots for .NET.</summary>
    internal static X509ChainPolicy Policy(ChainDraft chain)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(Collect(chain.Anchors.Where(anchor => anchor.IsSelfIssued)));
        return policy;
    }

    /// <summary>The others: .NET builds chains with them.</summary>
    internal static X509Certificate2Collection Others(ChainDraft chain) => Collect(chain.Anchors.Where(anchor => !anchor.IsSelfIssued));

    private static void Configure(S2nContextOptions options, ChainDraft chain, S2nWay way)
    {
        if (way == S2nWay.TrustedRoots)
        {
            options.TrustedRoots = Collect(chain.Anchors);
        }
        else
        {
            options.CertificateChainPolicy = Policy(chain);
        }
    }

    private static void Configure(S2nContextOptions options, ChainDraft chain, NetWay way)
    {
        if (way == NetWay.CallbackOverRoots)
        {
            options.TrustedRoots = Collect(chain.Anchors);
        }
        else
        {
            options.CertificateChainPolicy = Policy(chain);
            options.CertificatesOfMachine = Others(chain);
        }

        if (way == NetWay.PolicyOfNow)
        {
            options.CertificateChainPolicy!.VerificationTime = DateTime.Now;
        }
        else
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, errors) => errors == SslPolicyErrors.None;
        }
    }

    private static async Task<Verdict> JudgeAsync(Presenter presenter, ChainDraft chain, Action<S2nContextOptions> configure)
    {
        S2nContext context;
        try
        {
            context = MakeContext(chain, configure);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or S2nException or InvalidOperationException)
        {
            return new Verdict(false, $"the roots are refused: {e.Message}");
        }

        using (context)
        {
            Exception? refusal = await presenter.ShowAsync(
                inner => new S2nStream(inner),
                stream => chain.IsClients ? ((S2nStream)stream).AuthenticateAsServerAsync(context) : ((S2nStream)stream).AuthenticateAsClientAsync(context, chain.Host));
            return refusal is null ? Verdict.Accepted : new Verdict(false, Reason(refusal));
        }
    }

    private static S2nContext MakeContext(ChainDraft chain, Action<S2nContextOptions> configure)
    {
        S2nContextOptions options = chain.IsClients ? new S2nServerOptions { ClientCertificateMode = S2nClientCertificateMode.Required } : new S2nClientOptions();
        options.SecurityPolicy = Presenter.PolicyOf(chain.Protocol);
        options.MaxBlindingDelay = TimeSpan.Zero;
        options.AllowTlsResume = false;
        configure(options);
        if (options is S2nClientOptions client)
        {
            return S2nContext.CreateClient(client);
        }

        var server = (S2nServerOptions)options;
        server.Certificates.Add(s_servers);
        return S2nContext.CreateServer(server);
    }

    private static string Reason(Exception refusal) =>
        refusal is AuthenticationException { InnerException: S2nException reason } ? $"{reason.S2nErrorName}: {reason.Message.Replace('\n', ' ')}" : refusal.ToString();
}
