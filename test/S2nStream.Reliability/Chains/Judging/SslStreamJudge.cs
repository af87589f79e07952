using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Judging;

/// <summary>SslStream as the judge, which trusts the same anchors and nothing else.</summary>
internal static class SslStreamJudge
{
    internal static async Task<Verdict> JudgeAsync(Presenter presenter, ChainDraft chain)
    {
        Exception? refusal = await presenter.ShowAsync(
            inner => new SslStream(inner),
            async stream => await (chain.IsClients
                ? ((SslStream)stream).AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificate = TestAuthority.Localhost,
                    ClientCertificateRequired = true,
                    CertificateChainPolicy = Policy(chain),
                    EnabledSslProtocols = chain.Protocol,
                    AllowTlsResume = false,
                })
                : ((SslStream)stream).AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = chain.Host,
                    CertificateChainPolicy = Policy(chain),
                    EnabledSslProtocols = chain.Protocol,
                    AllowTlsResume = false,
                })));
        return refusal is null ? Verdict.Accepted : new Verdict(false, Innermost(refusal).Message);
    }

    /// <summary>As .NET sorts the system's certificates: what is not self-issued helps to build chains, and is no root.</summary>
    private static X509ChainPolicy Policy(ChainDraft chain)
    {
        X509ChainPolicy policy = S2nJudge.Policy(chain);
        policy.ExtraStore.AddRange(S2nJudge.Others(chain));
        return policy;
    }

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
