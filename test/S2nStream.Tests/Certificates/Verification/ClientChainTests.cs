using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>A server gives clients' chains the verdict that SslStream gives, whoever judges.</summary>
public class ClientChainTests
{
    private static readonly X509Certificate2 s_shortRoot = Authority("Clients' Short Root", pathLength: 0);
    private static readonly X509Certificate2 s_below = Authority("Below Clients' Short Root", s_shortRoot);
    private static readonly X509Certificate2 s_serversRoot = Authority("Servers' Root", usage: ServerAuthentication);
    private static readonly X509Certificate2 s_constrainedRoot = Authority("Clients' Constrained Root", permittedDomain: "example.com");
    private static readonly X509Certificate2 s_self = Leaf(null, usage: ClientAuthentication, keyUsage: X509KeyUsageFlags.KeyCertSign);

    private static readonly Dictionary<string, (X509Certificate2 Leaf, X509Certificate2[] Sent, X509Certificate2 Root, string? Error, string? Words, SslProtocols SslStreamDiffers)> s_rows = new()
    {
        ["good"] = (Leaf(s_shortRoot, usage: ClientAuthentication), [], s_shortRoot, null, null, SslProtocols.None),
        ["with an address as its common name and no other name"] = (Leaf(s_shortRoot, [], [], "CN=::1", ClientAuthentication), [], s_shortRoot, null, null, SslProtocols.None),
        ["with a common name of 300 letters"] = (Leaf(s_shortRoot, [], [], $"CN={new string('a', 300)}", ClientAuthentication), [], s_shortRoot, null, null, SslProtocols.None),
        ["with an empty DNS name"] = (Leaf(s_shortRoot, [""], [], usage: ClientAuthentication), [], s_shortRoot, null, null, SslProtocols.None),
        ["without any name"] = (Leaf(s_shortRoot, [], [], "", ClientAuthentication), [], s_shortRoot, null, null, SslProtocols.None),
        ["with a URI only"] = (Leaf(s_shortRoot, [], [], "", ClientAuthentication, uri: "spiffe://example.test/workload"), [], s_shortRoot, null, null, SslProtocols.None),
        ["an intermediate below a root of path length 0"] = (Leaf(s_below, usage: ClientAuthentication), [s_below], s_shortRoot, "S2N_ERR_CERT_UNTRUSTED", "path length constraint", SslProtocols.None),
        ["a root for servers"] = (Leaf(s_serversRoot, usage: ClientAuthentication), [], s_serversRoot, "S2N_ERR_CERT_INTENT_INVALID", "does not allow clients", SslProtocols.None),
        ["a name outside the constraints"] = (Leaf(s_constrainedRoot, usage: ClientAuthentication), [], s_constrainedRoot, "S2N_ERR_CERT_UNTRUSTED", "constraint", SslProtocols.None),
        ["its own root, with the key usage of a CA only"] = (s_self, [], s_self, "S2N_ERR_CERT_INTENT_INVALID", "key usage", SslProtocols.Tls12 | SslProtocols.Tls13),
    };

    public static TheoryData<string, SslProtocols> Rows()
    {
        var rows = new TheoryData<string, SslProtocols>();
        foreach (string row in s_rows.Keys)
        {
            rows.Add(row, SslProtocols.Tls13);
            rows.Add(row, SslProtocols.Tls12);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Both_ways_agree_and_say_why(string name, SslProtocols protocol)
    {
        (X509Certificate2 leaf, X509Certificate2[] sent, X509Certificate2 root, string? error, string? words, SslProtocols differs) = s_rows[name];
        X509Certificate2Collection roots = [X509CertificateLoader.LoadCertificate(root.RawData)];
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        Exception? byS2n = await RefusalAsync(leaf, sent, protocol, options => options.TrustedRoots = roots);
        Exception? byPolicy = await RefusalAsync(leaf, sent, protocol, options => options.CertificateChainPolicy = policy);
        Exception? byCallback = await RefusalAsync(leaf, sent, protocol, options =>
        {
            options.TrustedRoots = roots;
            options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None;
        });
        foreach (Exception? refusal in new[] { byS2n, byPolicy, byCallback })
        {
            Assert.Equal(error, (refusal?.InnerException as S2nException)?.S2nErrorName);
            Assert.Equal(error is null, refusal is null);
            Assert.Contains(words ?? "", refusal?.Message ?? "", StringComparison.OrdinalIgnoreCase);
        }

        bool bySslStream = await SslStreamAcceptsAsync(leaf, sent, protocol, policy);
        Assert.Equal((error is null) != differs.HasFlag(protocol), bySslStream);
    }

    private static async Task<Exception?> RefusalAsync(
        X509Certificate2 leaf, X509Certificate2[] sent, SslProtocols protocol, Action<S2nServerOptions> configure)
    {
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.ClientCertificateMode = S2nClientCertificateMode.Required;
            options.MaxBlindingDelay = TimeSpan.Zero;
            configure(options);
        });
        return await RefusalAsync(leaf, sent, protocol, inner =>
        {
            var stream = new S2nStream(inner);
            return (stream, stream.AuthenticateAsServerAsync(server));
        });
    }

    private static async Task<bool> SslStreamAcceptsAsync(X509Certificate2 leaf, X509Certificate2[] sent, SslProtocols protocol, X509ChainPolicy policy) =>
        await RefusalAsync(leaf, sent, protocol, inner =>
        {
            var stream = new SslStream(inner);
            return (stream, stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = TestAuthority.Localhost,
                ClientCertificateRequired = true,
                CertificateChainPolicy = policy,
            }));
        }) is null;

    private static async Task<Exception?> RefusalAsync(
        X509Certificate2 leaf, X509Certificate2[] sent, SslProtocols protocol, Func<Stream, (Stream Server, Task Handshake)> serve)
    {
        using S2nCertificate own = S2nCertificate.FromX509(leaf, [.. sent]);
        using S2nContext context = TestContexts.MakeClient(options =>
        {
            options.Certificate = own;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        });
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new S2nStream(clientEnd);
        (Stream server, Task serverSide) = serve(serverEnd);
        Task clientSide = client.AuthenticateAsClientAsync(context, "localhost");
        Exception? refusal = await Record.ExceptionAsync(() => serverSide.WithDeadline());
        await clientEnd.DisposeAsync();
        await serverEnd.DisposeAsync();
        await Record.ExceptionAsync(() => clientSide.WithDeadline());
        await server.DisposeAsync();
        return refusal;
    }
}
