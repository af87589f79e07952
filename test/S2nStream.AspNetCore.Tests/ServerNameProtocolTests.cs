using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>The HTTP versions of a server name are in the place of the endpoint's: what is agreed on is what answers.</summary>
[Needs("curl")]
public sealed class ServerNameProtocolTests : ServerNameCases
{
    private static readonly string[] s_clients = ["--http1.1", "--http2", "--no-alpn"];

    [Theory]
    [InlineData(true, "Http1")]
    [InlineData(true, "Http2")]
    [InlineData(true, "Http1AndHttp2")]
    [InlineData(false, "Http1")] // what Kestrel itself does
    [InlineData(false, "Http2")]
    [InlineData(false, "Http1AndHttp2")]
    public async Task Whatever_the_endpoint_speaks_a_client_is_served_in_what_the_name_speaks(bool overS2n, string endpoint)
    {
        string[] names = ["Http1", "Http2", "Http1AndHttp2", "as the endpoint"];
        await using WebHostUnderTest host = await StartAsync(
            overS2n,
            names.ToDictionary(Host, name => name == names[^1] ? Certificate("own") : Certificate("own", ("Protocols", name))),
            new() { ["Protocols"] = endpoint },
            map: static application => application.Run(context => context.Response.WriteAsync(context.Request.Protocol)));

        foreach (string name in names)
        {
            HttpProtocols spoken = Enum.Parse<HttpProtocols>(name == names[^1] ? endpoint : name);
            foreach (string client in s_clients)
            {
                Assert.Equal((name, client, Expected(spoken, client)), (name, client, await AskedByCurlAsync(host.Port, Host(name), client)));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_no_HTTP_version_is_as_good_as_none_set(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(
            overS2n,
            new() { ["a.example"] = Certificate("own", ("Protocols", "Nonsense")), ["b.example"] = Certificate("own", ("Protocols", "")) },
            new() { ["Protocols"] = "Http1" },
            map: static application => application.Run(context => context.Response.WriteAsync(context.Request.Protocol)));

        Assert.Equal("HTTP/1.1", await AskedByCurlAsync(host.Port, "a.example", "--http2"));
        Assert.Equal("HTTP/1.1", await AskedByCurlAsync(host.Port, "b.example", "--http2"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_may_speak_nothing_where_its_names_do(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(
            overS2n,
            new() { ["a.example"] = Certificate("own", ("Protocols", "Http1")), ["b.example"] = Certificate("own", ("Protocols", "Http2")) },
            new() { ["Protocols"] = "None" },
            map: static application => application.Run(context => context.Response.WriteAsync(context.Request.Protocol)));

        Assert.Equal("HTTP/1.1", await AskedByCurlAsync(host.Port, "a.example", "--http2"));
        Assert.Equal("HTTP/2", await AskedByCurlAsync(host.Port, "b.example", "--http2"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_that_speaks_nothing_answers_nobody_and_says_so(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, [], new(Certificate("own")) { ["Protocols"] = "None" });

        Assert.Equal("nothing", await AskedByCurlAsync(host.Port, "a.example", "--http2"));
        await host.Log.WaitForAsync(static entry => entry.Level == LogLevel.Error);
    }

    /// <summary>With Kestrel alone it starts, and each client of the name is an error in the log.</summary>
    [Theory]
    [InlineData("None", "Http1")]
    [InlineData(null, "None")]
    public async Task A_name_that_speaks_nothing_is_an_error(string? name, string endpoint)
    {
        Dictionary<string, string?> mute = name is null ? Certificate("mute") : Certificate("mute", ("Protocols", name));
        var names = new Dictionary<string, Dictionary<string, string?>> { ["mute.example"] = mute, ["a.example"] = Certificate("own", ("Protocols", "Http1")) };
        await using WebHostUnderTest host = await StartAsync(false, names, new() { ["Protocols"] = endpoint });
        Assert.Equal("nothing", await AskedByCurlAsync(host.Port, "mute.example", "--http1.1"));
        await host.Log.WaitForAsync(static entry => entry.Level == LogLevel.Error);

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(true, names, new() { ["Protocols"] = endpoint }));

        Assert.StartsWith("Kestrel:Endpoints:Public:Sni:mute.example:Protocols", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Kestrel has no such setting; what its configuration says of an endpoint or a name goes before code.</summary>
    [Fact]
    public async Task HTTP_versions_that_code_offers_are_left_out_where_the_endpoint_or_the_name_does_not_speak_them()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.StartAsync(
            builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                    new Dictionary<string, string?>(Certificate("own").Select(static setting => KeyValuePair.Create($"Kestrel:Certificates:Default:{setting.Key["Certificate:".Length..]}", setting.Value)))
                    {
                        ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                        ["Kestrel:Endpoints:A:Protocols"] = "Http1",
                        ["Kestrel:Endpoints:B:Url"] = "https://127.0.0.1:0",
                        ["Kestrel:Endpoints:B:Sni:one.example:Protocols"] = "Http1",
                        ["Kestrel:Endpoints:B:Sni:two.example:Protocols"] = "Http2",
                    });
                builder.WebHost.UseS2n(https =>
                {
                    https.Tls.ApplicationProtocols.Add(new("own"));
                    https.Tls.ApplicationProtocols.Add(SslApplicationProtocol.Http11);
                    https.Tls.ApplicationProtocols.Add(SslApplicationProtocol.Http2);
                });
            },
            static application => application.Run(context => context.Response.WriteAsync(context.Request.Protocol)));

        int[] ports = [.. host.Addresses.Select(static address => new Uri(address).Port)];
        Assert.Equal("HTTP/1.1", await AskedByCurlAsync(ports[0], "a.example", "--http2"));
        Assert.Equal("HTTP/1.1", await AskedByCurlAsync(ports[1], "one.example", "--http2"));
        Assert.Equal("HTTP/2", await AskedByCurlAsync(ports[1], "two.example", "--http2"));
        await using SslStream own = await ConnectAsync(ports[0], "a.example", new SslApplicationProtocol("own"));
        Assert.Equal("own", own.NegotiatedApplicationProtocol.ToString());
    }

    private static string Host(string name) => $"{name.Replace(" ", "-", StringComparison.Ordinal)}.example".ToLowerInvariant();

    private static string Expected(HttpProtocols spoken, string client) => client switch
    {
        "--http1.1" or "--no-alpn" => spoken.HasFlag(HttpProtocols.Http1) ? "HTTP/1.1" : "nothing",
        _ => spoken.HasFlag(HttpProtocols.Http2) ? "HTTP/2" : "HTTP/1.1",
    };

    private static async Task<string> AskedByCurlAsync(int port, string name, string how)
    {
        await using PeerProgram client = PeerProgram.Start(
            "curl",
            ["--silent", "--show-error", "--insecure", "--noproxy", "*", "--max-time", $"{Deadline.Default.TotalSeconds}", "--resolve", $"{name}:{port}:127.0.0.1", how, $"https://{name}:{port}/"],
            new TempDirectory());
        using var output = new StreamReader(client.Output);
        string answer = await output.ReadToEndAsync().WithDeadline();
        return await client.ExitCodeAsync() == 0 ? answer : "nothing";
    }
}
