using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.Tests.ClientHello;

/// <summary>What a hello says, and what is made of one that says it wrongly.</summary>
public class ClientHelloTests
{
    private const ushort GreaseValue = 0x3a3a;

    private static readonly byte[] s_full = HelloBytes.Make(
        [GreaseValue, 0x1301, 0xc02b, 0x00ff],
        [
            (GreaseValue, []),
            (0, HelloBytes.ServerName("www.example.com")),
            (10, HelloBytes.List(GreaseValue, 0x11ec, 29, 23)),
            (11, [1, 0]),
            (13, HelloBytes.List(0x0403, 0x0804)),
            (16, HelloBytes.Protocols("h2", "http/1.1")),
            (43, HelloBytes.Versions(GreaseValue, 0x0304, 0x0303)),
            (0xfe0d, [1, 2, 3]),
        ],
        sessionId: [7, 8, 9]);

    [Fact]
    public void It_tells_all_that_the_client_has_sent()
    {
        S2nClientHello hello = S2nClientHello.Parse(s_full);
        Assert.Equal(s_full, hello.RawMessage.ToArray());
        Assert.Equal(0x0303, hello.LegacyVersion);
        Assert.Equal(Enumerable.Range(1, 32).Select(i => (byte)i), hello.Random.ToArray());
        Assert.Equal([7, 8, 9], hello.LegacySessionId.ToArray());
        Assert.Equal([0], hello.LegacyCompressionMethods.ToArray());
        Assert.Equal([(TlsCipherSuite)GreaseValue, TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, (TlsCipherSuite)0xff], hello.CipherSuites.AsEnumerable());
        Assert.Equal([GreaseValue, 0, 10, 11, 13, 16, 43, 0xfe0d], hello.Extensions.Select(extension => (int)extension.Type));
        Assert.Equal("www.example.com", hello.ServerName);
        Assert.Equal([(TlsNamedGroup)GreaseValue, TlsNamedGroup.X25519MLKEM768, TlsNamedGroup.X25519, TlsNamedGroup.Secp256R1], hello.SupportedGroups.AsEnumerable());
        Assert.Equal([TlsSignatureScheme.EcdsaSecp256R1Sha256, TlsSignatureScheme.RsaPssRsaeSha256], hello.SignatureAlgorithms.AsEnumerable());
        Assert.Equal([SslApplicationProtocol.Http2, SslApplicationProtocol.Http11], hello.ApplicationProtocols.AsEnumerable());
        Assert.Equal([GreaseValue, 0x0304, 0x0303], hello.SupportedVersions.Select(version => (int)version));
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, hello.SslProtocols);
        Assert.True(hello.TryGetExtension(0xfe0d, out ReadOnlyMemory<byte> content));
        Assert.Equal([1, 2, 3], content.ToArray());
        Assert.False(hello.TryGetExtension(51, out _));
    }

    [Fact]
    public void A_hello_without_extensions_has_the_rest()
    {
        S2nClientHello hello = S2nClientHello.Parse(HelloBytes.Make([0x002f]));
        Assert.Empty(hello.Extensions);
        Assert.Empty(hello.ServerName);
        Assert.Empty(hello.ApplicationProtocols);
        Assert.Empty(hello.SupportedGroups);
        Assert.Empty(hello.SignatureAlgorithms);
        Assert.Empty(hello.SupportedVersions);
        Assert.Equal(SslProtocols.Tls12, hello.SslProtocols);
    }

    [Fact]
    public void The_message_is_copied_and_what_is_read_once_is_kept()
    {
        byte[] bytes = [.. s_full];
        S2nClientHello hello = S2nClientHello.Parse(bytes);
        bytes.AsSpan().Clear();
        Assert.Equal("www.example.com", hello.ServerName);
        Assert.Same(hello.ServerName, hello.ServerName);
        Assert.True(hello.CipherSuites == hello.CipherSuites);
        Assert.True(hello.Extensions == hello.Extensions);
        Assert.Same(hello.Ja4, hello.Ja4);
    }

    [Fact]
    public void Every_cut_of_a_hello_is_a_FormatException()
    {
        for (int length = 0; length < s_full.Length; length++)
        {
            Assert.Throws<FormatException>(() => S2nClientHello.Parse(s_full.AsSpan(0, length)));

            // A right length before it helps only where a hello before TLS 1.2 could have ended.
            int body = Math.Max(length - 4, 0);
            bool couldEnd = body is 34 + 4 + 10 + 2 or 34 + 4 + 10 + 2 + 1;
            Assert.Equal(couldEnd, S2nClientHello.TryParse(HelloBytes.Message(s_full.AsSpan(Math.Min(4, length), body)), out _));
        }
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "another message", [2, .. s_full.AsSpan(1)] },
        { "a session id of 33 bytes", HelloBytes.Make([0x1301], [], sessionId: new byte[33]) },
        { "no cipher suites", HelloBytes.Make([], []) },
        { "half a cipher suite", HelloBytes.Message([3, 3, .. new byte[32], 0, 0, 3, 0x13, 1, 0x13, 1, 0, 0, 0]) },
        { "an extension that is longer than the list", HelloBytes.Message([3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, 0, 4, 0, 0, 0, 1]) },
        { "half an extension's type", HelloBytes.Message([3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0, 0, 1, 0]) },
    };

    [Theory, MemberData(nameof(Malformed))]
    public void What_s2n_would_refuse_is_refused(string what, byte[] message)
    {
        Assert.False(S2nClientHello.TryParse(message, out S2nClientHello? hello), what);
        Assert.Null(hello);
    }

    public static TheoryData<string, int, byte[]> MalformedContents => new()
    {
        { "nothing at all", 0, [] },
        { "a name's list that is too short", 0, [0, 9, 0, 0, 1, (byte)'a'] },
        { "bytes after the name's list", 0, [.. HelloBytes.ServerName("a"), 0] },
        { "a name that is longer than its list", 0, [0, 4, 0, 0, 9, (byte)'a'] },
        { "a name of another kind", 0, [0, 4, 1, 0, 1, (byte)'a'] },
        { "a name of 256 bytes", 0, HelloBytes.ServerName(new string('a', 256)) },
        { "a protocol without a name", 16, HelloBytes.Protocols("h2", "") },
        { "a protocol that is longer than the list", 16, [0, 3, 9, (byte)'h', (byte)'2'] },
        { "half a group", 10, [0, 3, 0, 23, 0] },
        { "half a signature algorithm", 13, [0, 1, 4] },
        { "half a version", 43, [3, 3, 4, 3] },
        { "versions without an end", 43, [200, 3, 4] },
    };

    [Theory, MemberData(nameof(MalformedContents))]
    public void An_extension_that_is_malformed_reads_as_if_it_were_not_there(string what, int type, byte[] content)
    {
        S2nClientHello hello = S2nClientHello.Parse(HelloBytes.Make([0x1301], [((ushort)type, content)]));
        Assert.True(hello.ServerName.Length == 0, what);
        Assert.Empty(hello.ApplicationProtocols);
        Assert.Empty(hello.SupportedGroups);
        Assert.Empty(hello.SignatureAlgorithms);
        Assert.Empty(hello.SupportedVersions);
        Assert.True(hello.TryGetExtension(type, out ReadOnlyMemory<byte> seen));
        Assert.Equal(content, seen.ToArray());
    }

    [Fact]
    public void Of_two_extensions_with_one_type_the_first_counts_and_both_are_there()
    {
        S2nClientHello hello = S2nClientHello.Parse(HelloBytes.Make([0x1301], [(0xfe0d, [1]), (0xfe0d, [2])]));
        Assert.Equal([1, 2], hello.Extensions.Select(extension => (int)extension.Content.Span[0]));
        Assert.True(hello.TryGetExtension(0xfe0d, out ReadOnlyMemory<byte> content));
        Assert.Equal([1], content.ToArray());
    }

    [Fact]
    public void The_sixteen_values_of_GREASE_are_told_from_all_others()
    {
        int[] values = [.. Enumerable.Range(0, 0x10000).Where(S2nClientHello.IsGrease)];
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (i << 12) | 0x0a00 | (i << 4) | 0x0a), values);
        Assert.False(S2nClientHello.IsGrease(-1));
        Assert.False(S2nClientHello.IsGrease(0x10a0a));
    }

    [Fact]
    public void Whatever_is_changed_in_a_hello_it_is_refused_or_read()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. s_full];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (random.Next(3) == 0)
            {
                bytes = HelloBytes.Message(bytes.AsSpan(4, random.Next(bytes.Length - 4)));
            }

            try
            {
                if (S2nClientHello.TryParse(bytes, out S2nClientHello? hello))
                {
                    ReadAll(hello);
                    read++;
                }
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, hello {i}, {Convert.ToHexString(bytes)}: {e}");
            }
        }

        Assert.True(read > 1000, $"seed {seed}: only {read} were read");
    }

    private static void ReadAll(S2nClientHello hello)
    {
        Assert.Equal(hello.Extensions.Sum(extension => extension.Content.Length + 4), hello.Extensions.IsEmpty ? 0 : hello.RawMessage.Length - PositionOfExtensions(hello) - TrailingBytes(hello));
        Assert.True(hello.ServerName.Length <= 255);
        Assert.All(hello.ApplicationProtocols, protocol => Assert.False(protocol.Protocol.IsEmpty));
        _ = (hello.SupportedGroups.Length, hello.SignatureAlgorithms.Length, hello.SslProtocols, hello.LegacyVersion, hello.Random, hello.LegacyCompressionMethods);
        Assert.Equal(32, hello.Ja3.Length);
        Assert.Equal(36, hello.Ja4.Length);
        Assert.StartsWith(hello.Ja4[..10], hello.Ja4Raw, StringComparison.Ordinal);
    }

    private static int PositionOfExtensions(S2nClientHello hello) =>
        4 + 2 + 32 + 1 + hello.LegacySessionId.Length + 2 + (2 * hello.CipherSuites.Length) + 1 + hello.LegacyCompressionMethods.Length + 2;

    private static int TrailingBytes(S2nClientHello hello)
    {
        int position = PositionOfExtensions(hello);
        ReadOnlySpan<byte> message = hello.RawMessage.Span;
        return message.Length - position - ((message[position - 2] << 8) | message[position - 1]);
    }
}
