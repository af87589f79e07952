namespace S2nTls.Tests.ClientHello;

/// <summary>JA3 and JA4 against what their authors have published.</summary>
public class FingerprintTests
{
    /// <summary>The two examples in the description of JA3 by its authors (Salesforce).</summary>
    [Theory]
    [InlineData("769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5")]
    [InlineData("769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6")]
    public void Ja3_is_as_published(string full, string hash)
    {
        ushort[][] fields = [.. full.Split(',').Select(field => field.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(ushort.Parse).ToArray())];
        S2nClientHello hello = S2nClientHello.Parse(HelloBytes.Make(
            fields[1],
            fields[2].Length == 0 ? null : [.. fields[2].Select(type => (type, Content(type)))],
            fields[0][0]));
        Assert.Equal(full, hello.Ja3Full);
        Assert.Equal(hash, hello.Ja3);

        byte[] Content(ushort type) => type switch
        {
            0 => HelloBytes.ServerName("a.test"),
            10 => HelloBytes.List(fields[3]),
            _ => HelloBytes.Vector(1, [.. fields[4].Select(format => (byte)format)]),
        };
    }

    /// <summary>The example in FoxIO's technical description of JA4, which is Chrome's, with GREASE mixed in as Chrome does.</summary>
    [Fact]
    public void Ja4_is_as_published()
    {
        S2nClientHello hello = S2nClientHello.Parse(Chrome(HelloBytes.Protocols("h2", "http/1.1")));
        Assert.Equal("t13d1516h2_8daaf6152771_e5627efa2ab1", hello.Ja4);
        Assert.Equal(
            "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601",
            hello.Ja4Raw);
    }

    [Fact]
    public void Ja4_without_signature_algorithms_is_as_published()
    {
        S2nClientHello hello = S2nClientHello.Parse(Chrome(HelloBytes.Protocols("h2"), signatures: []));
        Assert.Equal("t13d1516h2_8daaf6152771_6d807ffa2a79", hello.Ja4);
    }

    /// <summary>Chrome 135 as tls.browserleaks.com has told of it.</summary>
    [Fact]
    public void Both_are_as_published_for_one_hello_of_Chrome()
    {
        ushort[] suites = [4865, 4866, 4867, 49195, 49199, 49196, 49200, 52393, 52392, 49171, 49172, 156, 157, 47, 53];
        ushort[] types = [0, 27, 18, 16, 11, 13, 17613, 5, 43, 10, 51, 65281, 45, 65037, 35, 23];
        S2nClientHello hello = S2nClientHello.Parse(HelloBytes.Make(
            [0x1a1a, .. suites],
            [
                (0x2a2a, []),
                .. types.Select(type => (type, type switch
                {
                    0 => HelloBytes.ServerName("tls.browserleaks.com"),
                    10 => HelloBytes.List(0x3a3a, 4588, 29, 23, 24),
                    11 => [1, 0],
                    13 => HelloBytes.List(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601),
                    16 => HelloBytes.Protocols("h2", "http/1.1"),
                    43 => HelloBytes.Versions(0x4a4a, 0x0304, 0x0303),
                    _ => Array.Empty<byte>(),
                })),
                (0x5a5a, [0]),
            ]));
        Assert.Equal(
            "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,0-27-18-16-11-13-17613-5-43-10-51-65281-45-65037-35-23,4588-29-23-24,0",
            hello.Ja3Full);
        Assert.Equal("fe12fd17d1cb7eacf0440b6f7ce3be22", hello.Ja3);
        Assert.Equal("t13d1516h2_8daaf6152771_d8a2da3f94cd", hello.Ja4);
        Assert.Equal(
            "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_0005,000a,000b,000d,0012,0017,001b,0023,002b,002d,0033,44cd,fe0d,ff01_0403,0804,0401,0503,0805,0501,0806,0601",
            hello.Ja4Raw);
    }

    [Fact]
    public void Ja4_does_not_depend_on_the_order_and_Ja3_does()
    {
        byte[] protocols = HelloBytes.Protocols("h2");
        S2nClientHello one = S2nClientHello.Parse(Chrome(protocols)), other = S2nClientHello.Parse(Chrome(protocols, reversed: true));
        Assert.Equal(one.Ja4, other.Ja4);
        Assert.NotEqual(one.Ja3, other.Ja3);
    }

    /// <summary>The examples of the technical description, and those in its words.</summary>
    [Theory]
    [InlineData("00", "")]
    [InlineData("ab", "\u00ab")]
    [InlineData("20", " ")]
    [InlineData("ad", "\u00ab\u00cd")]
    [InlineData("21", " a")]
    [InlineData("3b", "0\u00ab")]
    [InlineData("60", "a ")]
    [InlineData("3d", "01\u00ab\u00cd")]
    [InlineData("01", "0\u00ab\u00cd1")]
    [InlineData("hh", "h")]
    [InlineData("h1", "http/1.1")]
    public void Ja4_shows_the_first_application_protocol(string shown, string name) =>
        Assert.Equal($"t13d1516{shown}", S2nClientHello.Parse(Chrome(HelloBytes.Protocols(name))).Ja4[..10]);

    [Theory]
    [InlineData("t13", 0x0303, 0x0304, 0x0303)]
    [InlineData("t13", 0x0303, 0x0303, 0x0304, 0x2a2a)]
    [InlineData("t12", 0x0303)]
    [InlineData("t12", 0x0303, 0x0a0a)]
    [InlineData("t11", 0x0302)]
    [InlineData("t10", 0x0301)]
    [InlineData("ts3", 0x0300)]
    [InlineData("ts2", 0x0002)]
    [InlineData("t00", 0x0303, 0x7f1c)]
    public void Ja4_shows_the_highest_version(string shown, int legacy, params int[] versions)
    {
        (ushort, byte[])[] extensions = versions.Length == 0 ? [] : [(43, HelloBytes.Versions([.. versions.Select(version => (ushort)version)]))];
        Assert.Equal(shown, S2nClientHello.Parse(HelloBytes.Make([0x1301], extensions, (ushort)legacy)).Ja4[..3]);
    }

    [Fact]
    public void Ja4_has_zeros_for_what_is_not_there()
    {
        Assert.StartsWith("t12i010000_", S2nClientHello.Parse(HelloBytes.Make([0x002f])).Ja4, StringComparison.Ordinal);
        Assert.EndsWith("_000000000000", S2nClientHello.Parse(HelloBytes.Make([0x002f])).Ja4, StringComparison.Ordinal);
        Assert.EndsWith("_000000000000", S2nClientHello.Parse(HelloBytes.Make([0x002f], [(0, HelloBytes.ServerName("a"))])).Ja4, StringComparison.Ordinal);
        Assert.StartsWith("t12i000000_000000000000_", S2nClientHello.Parse(HelloBytes.Make([0x5a5a])).Ja4, StringComparison.Ordinal);
    }

    [Fact]
    public void Ja4_counts_to_99()
    {
        byte[] many = HelloBytes.Make(
            [.. Enumerable.Range(0xc000, 150).Select(suite => (ushort)suite)],
            [.. Enumerable.Range(0x5000, 120).Select(type => ((ushort)type, Array.Empty<byte>()))]);
        Assert.Equal("t12i9999", S2nClientHello.Parse(many).Ja4[..8]);
    }

    private static byte[] Chrome(byte[] protocols, ushort[]? signatures = null, bool reversed = false)
    {
        ushort[] types =
        [
            0x8a8a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a, 0x0015, 0xfafa,
        ];
        IEnumerable<(ushort, byte[])> extensions = types.Select(type => (type, type switch
        {
            0x0000 => HelloBytes.ServerName("www.example.com"),
            0x000a => HelloBytes.List(0x1a1a, 29, 23, 24),
            0x000b => [1, 0],
            0x000d => HelloBytes.List(signatures ?? [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]),
            0x0010 => protocols,
            0x002b => HelloBytes.Versions(0xdada, 0x0304, 0x0303),
            _ => Array.Empty<byte>(),
        }));
        ushort[] suites =
        [
            0x4a4a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
        ];
        return HelloBytes.Make(reversed ? [.. suites.AsEnumerable().Reverse()] : suites, [.. reversed ? extensions.Reverse() : extensions]);
    }
}
