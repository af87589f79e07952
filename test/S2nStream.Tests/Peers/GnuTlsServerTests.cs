using System.Globalization;
using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>
/// The peer is <c>gnutls-serv</c>. It can write down nothing that it receives, but sends lines back; and it
/// sends any file to whoever says GET.
/// </summary>
[Needs("gnutls-serv")]
public class GnuTlsServerTests
{
    [Theory]
    [MemberData(nameof(TransferCases.Sizes), MemberType = typeof(TransferCases))]
    public Task Lines_cross_to_gnutls_serv_and_back_unchanged(SslProtocols protocol, int size) => CrossAndReturnAsync(protocol, size);

    [Fact]
    public Task Sixty_four_MiB_cross_to_gnutls_serv_and_back_unchanged() => CrossAndReturnAsync(SslProtocols.Tls13, Crossing.SixtyFourMiB);

    [Theory]
    [MemberData(nameof(TransferCases.Sizes), MemberType = typeof(TransferCases))]
    public Task Data_crosses_from_gnutls_serv_unchanged(SslProtocols protocol, int size) => CrossFromServerAsync(protocol, size);

    [Fact]
    public Task Sixty_four_MiB_cross_from_gnutls_serv_unchanged() => CrossFromServerAsync(SslProtocols.Tls13, Crossing.SixtyFourMiB);

    private static async Task CrossAndReturnAsync(SslProtocols protocol, int size)
    {
        await using ForeignPeer peer = await GnuTls.ServerAsync(protocol, more: "--echo");
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(protocol, peer.Stream.SslProtocol);
            await Crossing.CheckEchoAsync(size, peer.Stream);
            await peer.Stream.ShutdownWriteAsync();
            await peer.ExpectEndAsync();
        });
    }

    private static async Task CrossFromServerAsync(SslProtocols protocol, int size)
    {
        var directory = new TempDirectory();
        var data = new RandomData(size);
        Digest sent;
        await using (FileStream file = File.Create(directory.PathOf("data")))
        {
            sent = await data.WriteToAsync(file);
        }

        await using ForeignPeer peer = await GnuTls.ServerAsync(protocol, directory: directory, more: ["--http", "--httpdata=data"]);
        await peer.ExplainAsync(async () =>
        {
            Assert.Equal(protocol, peer.Stream.SslProtocol);
            await peer.Stream.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray());
            HttpHead head = await HttpHead.ReadAsync(peer.Stream).WithDeadline();
            Assert.Equal(size.ToString(CultureInfo.InvariantCulture), head["Content-Length"]);
            await Crossing.CheckArrivalAsync(data, sent, peer.Stream);
        });
    }
}
