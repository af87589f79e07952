using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains.Judging;

/// <summary>The peer that shows a chain, exactly as it was made: s2n sends what it was given, and looks at nothing but the first certificate's key.</summary>
internal sealed class Presenter : IDisposable
{
    /// <summary>The server to which clients' chains are shown, and the client's trust in it.</summary>
    private static readonly X509Certificate2Collection s_serversRoots = TestAuthority.Default.Roots;

    private readonly S2nContext _context;
    private readonly bool _isClient;

    /// <param name="chain">The chain.</param>
    /// <param name="policy">The presenter's; null for what the chain's protocol has.</param>
    /// <exception cref="ChainNotShownException">s2n does not take it.</exception>
    internal Presenter(ChainDraft chain, S2nSecurityPolicy? policy = null)
    {
        _isClient = chain.IsClients;
        try
        {
            using S2nCertificate own = S2nCertificate.FromPem(chain.SentPem, chain.Sent[0].Key.Pem ?? throw new NotSupportedException($"s2n has no keys of {chain.Sent[0].Key.Kind}"));
            policy ??= PolicyOf(chain.Protocol);
            _context = _isClient
                ? S2nContext.CreateClient(new S2nClientOptions
                {
                    Certificate = own,
                    TrustedRoots = s_serversRoots,
                    SecurityPolicy = policy,
                    MaxBlindingDelay = TimeSpan.Zero,
                    AllowTlsResume = false,
                })
                : S2nContext.CreateServer(new S2nServerOptions { Certificates = { own }, SecurityPolicy = policy, MaxBlindingDelay = TimeSpan.Zero, AllowTlsResume = false });
        }
        catch (Exception e) when (e is S2nException or NotSupportedException)
        {
            throw new ChainNotShownException(e);
        }
    }

    internal static S2nSecurityPolicy PolicyOf(SslProtocols protocol) =>
        protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;

    /// <summary>Shows the chain to a judge.</summary>
    /// <param name="over">Makes the judge's stream.</param>
    /// <param name="authenticate">Has the judge judge.</param>
    /// <returns>What the judge throws; null where it accepts.</returns>
    /// <exception cref="ChainNotShownException">The handshake failed before there was anything to judge.</exception>
    internal async Task<Exception?> ShowAsync(Func<Stream, AuthenticatedStream> over, Func<AuthenticatedStream, Task> authenticate)
    {
        (Stream own, Stream judges) = DuplexPipe.CreateStreams(pauseAt: 0);
        await using var stream = new S2nStream(own);
        Task<Exception?> showing = OutcomeAsync(_isClient ? stream.AuthenticateAsClientAsync(_context, "localhost") : stream.AuthenticateAsServerAsync(_context));
        Exception? refusal;
        await using (AuthenticatedStream judge = over(judges))
        {
            refusal = await OutcomeAsync(authenticate(judge));
            await judges.DisposeAsync(); // now: a blinded refusal would keep it open for a while
        }

        Exception? shown = await showing;
        if (refusal is IOException && refusal is not S2nException || refusal?.InnerException is S2nException { S2nErrorName: "S2N_ERR_CLOSED" })
        {
            throw new ChainNotShownException(shown ?? refusal);
        }

        return refusal;
    }

    public void Dispose() => _context.Dispose();

    private static async Task<Exception?> OutcomeAsync(Task task)
    {
        try
        {
            await task.WithDeadline();
            return null;
        }
        catch (TimeoutException)
        {
            throw;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
