using System.Net.Security;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Judging;

/// <summary>SslStream as the judge, which trusts the same anchors and nothing else.</summary>
internal static class SslStreamJudge
{
    internal static async Task<Verdict> JudgeAsync(Presenter presenter, ChainDraft chain)
    {
        Exception? refusal = await presenter.ShowAsync(
            inner => new SslStream(inner),
            stream => chain.IsClients
                ? ((SslStream)stream).AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificate = TestAuthority.Localhost,
                    ClientCertificateRequired = true,
                    CertificateChainPolicy = S2nJudge.Policy(chain),
                    EnabledSslProtocols = chain.Protocol,
                    AllowTlsResume = false,
                })
                : ((SslStream)stream).AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = chain.Host,
                    CertificateChainPolicy = S2nJudge.Policy(chain),
                    EnabledSslProtocols = chain.Protocol,
                    AllowTlsResume = false,
                }));
        return refusal is null ? Verdict.Accepted : new Verdict(false, Innermost(refusal).Message);
    }

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
