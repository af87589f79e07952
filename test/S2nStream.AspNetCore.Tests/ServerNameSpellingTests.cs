using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace S2nTls.AspNetCore.Tests;

/// <summary>How names are written, in the section <c>Sni</c> and by clients.</summary>
public sealed class ServerNameSpellingTests : ServerNameCases
{
    private static readonly string[] s_odd =
    [
        "_dmarc.example.org", "-a.example.org", "a-.example.org", "a._b.example.org", "a_b.example.org", "*a.example.org",
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // what Kestrel itself does
    [Needs("openssl")]
    public async Task Labels_may_begin_with_a_hyphen_or_an_underscore(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, new(s_odd.Select(name => KeyValuePair.Create(name, Certificate(name.Replace("*", "star", StringComparison.Ordinal)))))
        {
            ["*.under.example.org"] = Certificate("under"),
            ["*"] = Certificate("any"),
        });

        foreach (string name in s_odd)
        {
            Assert.Equal((name, $"CN={name.Replace("*", "star", StringComparison.Ordinal)}"), (name, await AskedByOpensslAsync(host.Port, name)));
        }

        foreach ((string name, string section) in new[]
        {
            ("_a.under.example.org", "under"), ("-a.under.example.org", "under"), ("a_b.under.example.org", "under"), ("-.under.example.org", "under"),
            ("a..under.example.org", "under"), ("a b.under.example.org", "under"), ("*.under.example.org", "under"), (".under.example.org", "under"),
            ("a.under.example.org.", "any"), ("under.example.org", "any"), ("_dmarc.example.org.", "any"), ("_other.example.org", "any"), ("192.0.2.1", "any"),
            ("\\0377.under.example.org", "any"), // not UTF-8
        })
        {
            Assert.Equal((name, $"CN={section}"), (name, await AskedByOpensslAsync(host.Port, name)));
        }
    }

    /// <summary>Kestrel finds an international name only where it is written as people do, whatever the client sends; here both spellings are one name.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Needs("openssl")]
    public async Task International_names_are_found_in_both_spellings(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, new()
        {
            ["bücher.example"] = Certificate("books"),
            ["*.straße.example"] = Certificate("streets"),
            ["XN--Mnchen-3YA.example"] = Certificate("town"),
            ["*.xn--wgv71a.example"] = Certificate("country"),
            ["\u2603.example"] = Certificate("snow"),
            ["_a.käse.example"] = Certificate("cheese"),
            ["xn--zz--.example"] = Certificate("neither"),
            ["*"] = Certificate("any"),
        });

        foreach ((string name, string section, bool isFoundByKestrel) in new[]
        {
            ("xn--bcher-kva.example", "books", true), ("XN--BCHER-KVA.EXAMPLE", "books", true), ("bücher.example", "books", true), ("BÜCHER.example", "books", true),
            ("a.xn--strae-oqa.example", "streets", true), ("a.straße.example", "streets", true), ("xn--bcher-kva.xn--strae-oqa.example", "streets", true),
            ("xn--mnchen-3ya.example", "town", false), ("münchen.example", "town", false),
            ("a.xn--wgv71a.example", "country", false), ("a.日本.example", "country", false),
            ("xn--n3h.example", "snow", true), ("_a.xn--kse-qla.example", "cheese", true), ("xn--zz--.example", "neither", true), ("xn--other-kva.example", "any", true),
        })
        {
            Assert.Equal((name, overS2n || isFoundByKestrel ? $"CN={section}" : "CN=any"), (name, await AskedByOpensslAsync(host.Port, name)));
        }
    }

    [Theory]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("*.bücher.example", "*.XN--bcher-kva.example")]
    public async Task Two_spellings_of_one_name_end_the_start(string name, string other)
    {
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(true, new() { [name] = Certificate("a"), [other] = Certificate("b") }));

        Assert.Contains($"Sni:{name}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"Sni:{other}", refusal.Message, StringComparison.Ordinal);
        await using WebHostUnderTest kestrels = await StartAsync(false, new() { [name] = Certificate("a"), [other] = Certificate("b") });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Needs("openssl")]
    public async Task The_application_is_told_of_a_name_as_people_write_it(bool overS2n)
    {
        var told = new List<string?>();
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => _ = overS2n ? listen.UseS2n(https => https.ServerCertificateSelector = Select) : listen.UseHttps(https => https.ServerCertificateSelector = Select),
            application => application.Run(context => context.Response.WriteAsync(context.Features.GetRequiredFeature<ITlsHandshakeFeature>().HostName)));

        foreach (string name in new[] { "xn--bcher-kva.example", "bücher.example", "a.example" })
        {
            await AskedByOpensslAsync(host.Port, name);
        }

        await using SslStream client = await ConnectAsync(host.Port, "bücher.example");
        Assert.EndsWith("bücher.example", (await AskAsync(client)).TrimEnd('\r', '\n', '0'), StringComparison.Ordinal);
        Assert.Equal(["bücher.example", "bücher.example", "a.example", "bücher.example"], told);

        X509Certificate2 Select(ConnectionContext? connection, string? name)
        {
            told.Add(name);
            return TestAuthority.Localhost;
        }
    }
}
