using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using static S2nTls.Testing.CertificateMaker;

namespace S2nTls.Tests.Certificates;

/// <summary>Certificates of more than 64 KiB are shown, and not taken: who does not take them says what the limit is.</summary>
public class LargeCertificateTests
{
    private static readonly X509Certificate2 s_root = Authority("Large Root");

    public static TheoryData<SslProtocols> Protocols => [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_client_says_what_the_limit_is(SslProtocols protocol)
    {
        Assert.Null(await RefusalAsync(protocol, Leaf(s_root, padding: 60_000), null));
        Assert.Contains("64 KiB", (await RefusalAsync(protocol, Leaf(s_root, padding: 70_000), null))!.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_server_says_what_the_limit_is(SslProtocols protocol)
    {
        Assert.Null(await RefusalAsync(protocol, Leaf(s_root), Leaf(s_root, usage: ClientAuthentication, padding: 60_000)));
        Exception? refusal = await RefusalAsync(protocol, Leaf(s_root), Leaf(s_root, usage: ClientAuthentication, padding: 70_000));
        Assert.Contains("64 KiB", refusal!.Message, StringComparison.Ordinal);
    }

    /// <returns>Why the side refuses that is shown the large one.</returns>
    private static async Task<Exception?> RefusalAsync(SslProtocols protocol, X509Certificate2 leaf, X509Certificate2? clients)
    {
        X509Certificate2Collection roots = [X509CertificateLoader.LoadCertificate(s_root.RawData)];
        using S2nCertificate? own = clients is null ? null : S2nCertificate.FromX509(clients);
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            options.TrustedRoots = roots;
            options.Certificate = own;
            options.SecurityPolicy = protocol == SslProtocols.Tls12 ? TestContexts.Tls12Policy : S2nSecurityPolicy.DefaultTls13;
        });
        using S2nContext server = TestContexts.MakeServer(
            options =>
            {
                options.ClientCertificateMode = clients is null ? S2nClientCertificateMode.None : S2nClientCertificateMode.Required;
                options.TrustedRoots = roots;
            },
            leaf);
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams(pauseAt: 1 << 20);
        await using var clientStream = new S2nStream(clientEnd);
        await using var serverStream = new S2nStream(serverEnd);
        Task serverSide = serverStream.AuthenticateAsServerAsync(server);
        Task clientSide = clientStream.AuthenticateAsClientAsync(client, "localhost");
        Exception? refusal = await Record.ExceptionAsync(() => (clients is null ? clientSide : serverSide).WithDeadline());
        await clientEnd.DisposeAsync();
        await serverEnd.DisposeAsync();
        await Record.ExceptionAsync(() => (clients is null ? serverSide : clientSide).WithDeadline());
        return refusal;
    }
}
