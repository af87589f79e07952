using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using S2nTls.Tests.Peers;

namespace S2nTls.Tests.ClientHello;

/// <summary>The hellos of other implementations' clients, as this library and Wireshark read them.</summary>
public class ProgramHelloTests
{
    [Fact]
    [Needs("openssl", "curl", "gnutls-cli", "text2pcap", "tshark")]
    public async Task Wireshark_reads_the_same_in_the_hellos_of_other_programs_and_has_the_same_Ja3()
    {
        S2nClientHello[] hellos =
        [
            await ProgramHellos.OfOpenSslAsync(),
            await ProgramHellos.OfOpenSslAsync("-tls1_2", "-alpn", "h2,http/1.1"),
            await ProgramHellos.OfCurlAsync(),
            await ProgramHellos.OfGnuTlsAsync(),
            await OfThisLibraryAsync(),
            await OfSslStreamAsync(),
        ];
        await AssertReadAlikeAsync(hellos, "six programs");
        Assert.All(hellos, hello => Assert.Equal("localhost", hello.ServerName));
        Assert.Equal(["t13d", "t12d", "t13d", "t13d", "t13d", "t13d"], hellos.Select(hello => hello.Ja4[..4]));
        Assert.Equal(["00", "h2", "h2", "h2"], hellos[..4].Select(hello => hello.Ja4[8..10]));
    }

    [Fact]
    [Needs("text2pcap", "tshark")]
    public async Task Wireshark_reads_the_same_in_made_up_hellos_and_has_the_same_Ja3()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        await AssertReadAlikeAsync([.. Enumerable.Range(0, 100).Select(_ => MakeUp(random))], $"seed {seed}");
    }

    [Fact]
    [Needs("chromium", "text2pcap", "tshark")]
    public async Task Chromium_has_a_Ja4_that_stays_while_its_extensions_are_shuffled()
    {
        IReadOnlyList<S2nClientHello> hellos = await ProgramHellos.OfChromiumAsync();
        await AssertReadAlikeAsync(hellos, "Chromium");
        string ja4 = Assert.Single(hellos.Select(hello => hello.Ja4).Distinct());
        Assert.Matches("^t13d[0-9]{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$", ja4);
        Assert.True(hellos.Select(hello => hello.Ja3).Distinct().Count() > 1, "The extensions came in one order twice.");
        Assert.All(hellos, hello => Assert.Contains(TlsNamedGroup.X25519MLKEM768, hello.SupportedGroups));
        Assert.All(hellos, hello => Assert.True(S2nClientHello.IsGrease((int)hello.CipherSuites[0])));
    }

    [Fact]
    [Needs("openssl")]
    public async Task A_client_whose_key_share_does_not_fit_is_asked_about_once()
    {
        int asked = 0;
        S2nClientHello? first = null;
        await using ProgramPeer peer = await ProgramPeer.ClientAsync(
            stream => stream.AuthenticateAsServerAsync((_, hello, _) =>
            {
                asked++;
                first = hello;
                return new(TestContexts.Server);
            }),
            port => PeerProgram.Start(
                "openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-tls1_3", "-groups", "X448:P-384", "-quiet", "-no_ign_eof"], new TempDirectory()));
        await peer.ExplainAsync(() => Crossing.CheckAsync(1000, peer.Stream, () => peer.Stream.ShutdownWriteAsync(), peer.Output));
        Assert.Equal(TlsNamedGroup.Secp384R1, peer.Stream.KeyExchangeGroup);
        Assert.True(peer.Stream.HandshakeTypes.HasFlag(S2nHandshakeTypes.HelloRetryRequest));
        Assert.Equal(1, asked);
        Assert.Equal([TlsNamedGroup.X448, TlsNamedGroup.Secp384R1], first!.SupportedGroups.AsEnumerable());
    }

    [Fact]
    [Needs("openssl")]
    public async Task A_client_that_knows_only_TLS_1_0_can_be_given_what_it_knows()
    {
        using S2nContext old = TestContexts.MakeServer(options => options.SecurityPolicy = new S2nSecurityPolicy("20190214"));
        await using ProgramPeer peer = await ProgramPeer.ClientAsync(
            stream => stream.AuthenticateAsServerAsync((_, hello, _) => new(hello is { LegacyVersion: 0x0301, SupportedVersions.IsEmpty: true } ? old : TestContexts.Server)),
            port => PeerProgram.Start(
                "openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-tls1", "-cipher", "DEFAULT@SECLEVEL=0", "-quiet", "-no_ign_eof"], new TempDirectory()));
        await peer.ExplainAsync(() => Crossing.CheckAsync(1000, peer.Stream, () => peer.Stream.ShutdownWriteAsync(), peer.Output));
        Assert.True((int)peer.Stream.SslProtocol is not 0 and < (int)SslProtocols.Tls12);
    }

    private static async Task AssertReadAlikeAsync(IReadOnlyList<S2nClientHello> hellos, string which)
    {
        IReadOnlyList<string[][]> read = await Tshark.ReadAsync(
            hellos,
            "tls.handshake.ja3_full", "tls.handshake.ja3", "tls.handshake.ciphersuite", "tls.handshake.extension.type",
            "tls.handshake.extensions_supported_group", "tls.handshake.sig_hash_alg", "tls.handshake.extensions.supported_version",
            "tls.handshake.extensions_server_name", "tls.handshake.extensions_alpn_str");
        Assert.Equal(hellos.Count, read.Count);
        for (int i = 0; i < hellos.Count; i++)
        {
            S2nClientHello hello = hellos[i];
            string[] ours =
            [
                hello.Ja3Full, hello.Ja3, Text(hello.CipherSuites.Select(suite => (int)suite)), Text(hello.Extensions.Select(extension => (int)extension.Type)),
                Text(hello.SupportedGroups.Select(group => (int)group)), Text(hello.SignatureAlgorithms.Select(scheme => (int)scheme)),
                Text(hello.SupportedVersions.Select(version => (int)version)), hello.ServerName, string.Join(' ', hello.ApplicationProtocols),
            ];
            string[] theirs = [.. read[i].Select((values, field) => field < 2 ? string.Join(' ', values) : field < 7 ? Text(values.Select(Number)) : string.Join(' ', values))];
            Assert.True(ours.SequenceEqual(theirs), $"{which}, hello {i}\nours:   {string.Join(" | ", ours)}\ntheirs: {string.Join(" | ", theirs)}\n{Convert.ToHexString(hello.RawMessage.Span)}");
        }
    }

    private static string Text(IEnumerable<int> numbers) => string.Join(' ', numbers);

    private static int Number(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? int.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : int.Parse(text, CultureInfo.InvariantCulture);

    private static S2nClientHello MakeUp(Random random)
    {
        ushort[] Numbers(int most, int from, int to) =>
            [.. Enumerable.Range(0, random.Next(1, most)).Select(_ => random.Next(5) == 0 ? GreaseValue() : (ushort)random.Next(from, to))];
        ushort GreaseValue() => (ushort)((random.Next(16) * 0x1010) + 0x0a0a);
        (ushort, byte[])[] extensions =
        [
            (0, HelloBytes.ServerName($"host-{random.Next(1000)}.example")),
            (10, HelloBytes.List(Numbers(8, 1, 600))),
            (11, [2, 0, 1]),
            (13, HelloBytes.List(Numbers(12, 0x0201, 0x0900))),
            (16, HelloBytes.Protocols("h2", "http/1.1", $"x{random.Next(100)}")),
            (23, []),
            (43, HelloBytes.Versions(GreaseValue(), 0x0304, 0x0303)),
            (GreaseValue(), []),
            (0xff01, [0]),
        ];
        random.Shuffle(extensions);
        return S2nClientHello.Parse(HelloBytes.Make(
            Numbers(40, 1, 0xd000), extensions[..random.Next(1, extensions.Length + 1)], version: (ushort)random.Next(0x0301, 0x0304), sessionId: new byte[random.Next(33)]));
    }

    private static async Task<S2nClientHello> OfThisLibraryAsync()
    {
        S2nClientHello? seen = null;
        (S2nStream client, S2nStream server) = await Selecting.ConnectAsync(TestContexts.Client, (_, hello, _) =>
        {
            seen = hello;
            return new(TestContexts.Server);
        });
        await client.DisposeAsync();
        await server.DisposeAsync();
        return seen!;
    }

    private static async Task<S2nClientHello> OfSslStreamAsync()
    {
        (Stream clientEnd, Stream serverEnd) = DuplexPipe.CreateStreams();
        await using var client = new SslStream(clientEnd);
        await using var server = new S2nStream(serverEnd);
        S2nClientHello? seen = null;
        await Task.WhenAll(
            client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = TestAuthority.Default.ChainPolicy }),
            server.AuthenticateAsServerAsync((_, hello, _) =>
            {
                seen = hello;
                return new(TestContexts.Server);
            })).WithDeadline();
        return seen!;
    }
}
