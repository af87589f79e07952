using System.Security.Cryptography.X509Certificates;
using S2nTls.Context;

namespace S2nTls.Reliability.Fuzzing;

/// <summary>Clients and servers of every kind that parses something of its own.</summary>
internal sealed class FuzzContexts : IDisposable
{
    private static readonly X509Certificate2 s_own = TestAuthority.Default.Issue(subject: "CN=alice", forClients: true);

    internal FuzzContexts(S2nSecurityPolicy policy)
    {
        Plain = Client(policy);
        Judging = Client(policy, options => options.RemoteCertificateValidationCallback = static (_, _, _, errors) => errors == default);
        Choosing = Client(policy, options => options.SelectsCertificateLater = true);
        Servers =
        [
            Server(policy),
            Server(policy, options => options.ApplicationProtocols.Add(System.Net.Security.SslApplicationProtocol.Http2)),
            Server(policy, options => (options.ClientCertificateMode, options.TrustedRoots) = (S2nClientCertificateMode.Optional, TestAuthority.Default.Roots)),
            Server(policy, options =>
            {
                options.ClientCertificateMode = S2nClientCertificateMode.Optional;
                options.RemoteCertificateValidationCallback = static (_, _, chain, _) => chain is null || chain.ChainElements.Count >= 0;
            }),
            Server(policy, options => options.AllowTlsResume = true),
        ];
    }

    private S2nContext Plain { get; }

    /// <summary>Has .NET validate: so it reads the server's flight itself.</summary>
    private S2nContext Judging { get; }

    /// <summary>Chooses its certificate when it is asked: so it holds the server's flight back.</summary>
    private S2nContext Choosing { get; }

    private S2nContext[] Servers { get; }

    internal HandshakePlan ClientPlan(Random random) => random.Next(3) switch
    {
        0 => new HandshakePlan(Plain) { TargetHost = "localhost" },
        1 => new HandshakePlan(Judging) { TargetHost = "localhost" },
        _ => new HandshakePlan(Choosing) { TargetHost = "localhost", SelectCertificate = static _ => null },
    };

    internal HandshakePlan ServerPlan(Random random) => new(Servers[random.Next(Servers.Length)]);

    public void Dispose()
    {
        foreach (S2nContext context in (S2nContext[])[Plain, Judging, Choosing, .. Servers])
        {
            context.Dispose();
        }
    }

    private static S2nContext Client(S2nSecurityPolicy policy, Action<S2nClientOptions>? configure = null) => TestContexts.MakeClient(options =>
    {
        (options.SecurityPolicy, options.MaxBlindingDelay) = (policy, TimeSpan.Zero);
        configure?.Invoke(options);
    });

    private static S2nContext Server(S2nSecurityPolicy policy, Action<S2nServerOptions>? configure = null) => TestContexts.MakeServer(options =>
    {
        (options.SecurityPolicy, options.MaxBlindingDelay) = (policy, TimeSpan.Zero);
        configure?.Invoke(options);
    });
}
