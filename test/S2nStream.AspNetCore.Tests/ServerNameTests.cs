using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace S2nTls.AspNetCore.Tests;

/// <summary>The section <c>Sni</c> of an endpoint of the configuration: what it is for each server name that clients ask for.</summary>
public sealed class ServerNameTests : ServerNameCases
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)] // what Kestrel itself does
    public async Task The_whole_name_goes_first_then_the_longest_suffix_then_the_star(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, new()
        {
            ["a.example"] = Certificate("exact"),
            ["*.example"] = Certificate("suffix"),
            ["*.b.example"] = Certificate("longer"),
            ["*"] = Certificate("star"),
        });

        Assert.Equal(
            ["CN=exact", "CN=exact", "CN=suffix", "CN=longer", "CN=longer", "CN=suffix", "CN=star", "CN=star", "CN=star"],
            await Task.WhenAll(
                new[] { "a.example", "A.Example", "c.example", "x.b.example", "y.x.b.example", "b.example", "example", "elsewhere", "" }
                    .Select(name => SubjectAsync(host.Port, name))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_that_is_not_there_is_refused(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, new() { ["a.example"] = Certificate("exact") });

        await Assert.ThrowsAnyAsync<Exception>(() => SubjectAsync(host.Port, "b.example"));
        await Assert.ThrowsAnyAsync<Exception>(() => SubjectAsync(host.Port, ""));

        Assert.Equal("CN=exact", await SubjectAsync(host.Port, "a.example"));
        await host.Log.WaitForAsync(entry => entry.Id.Name == "AuthenticationFailed" && entry.Exception is AuthenticationException e && e.Message.Contains("b.example", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_client_hears_that_its_name_is_not_known()
    {
        await using WebHostUnderTest host = await StartAsync(true, new() { ["a.example"] = Certificate("exact") });

        S2nException refusal = Assert.IsType<S2nException>((await Assert.ThrowsAsync<AuthenticationException>(async () =>
        {
            using var client = new S2nStream(await DialAsync(host.Port));
            await client.AuthenticateAsClientAsync(TestContexts.Client, "b.example").WithDeadline();
        })).InnerException);

        Assert.Equal(TlsAlert.UnrecognizedName, refusal.Alert);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_without_a_certificate_has_the_endpoints(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(
            overS2n, new() { ["a.example"] = Certificate("exact"), ["*"] = [] }, Certificate("endpoint"));

        Assert.Equal(["CN=exact", "CN=endpoint"], await Task.WhenAll(SubjectAsync(host.Port, "a.example"), SubjectAsync(host.Port, "b.example")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Certificates_are_read_in_the_forms_that_Kestrel_knows(bool overS2n)
    {
        Write(
            TestAuthority.Default.Issue(subject: "CN=encrypted"), Directory.PathOf("encrypted.pem"), Directory.PathOf("encrypted.key"),
            static key => key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        Write(TestAuthority.Default.Issue(subject: "CN=both"), Directory.PathOf("both.pem"), Directory.PathOf("both.key"), static key => key.ExportPkcs8PrivateKeyPem());
        File.AppendAllText(Directory.PathOf("both.pem"), $"\n{File.ReadAllText(Directory.PathOf("both.key"))}");
        File.WriteAllBytes(Directory.PathOf("pkcs12.pfx"), TestAuthority.Default.Issue(subject: "CN=pkcs12").Export(X509ContentType.Pfx, "secret"));
        await using WebHostUnderTest host = await StartAsync(overS2n, new()
        {
            ["a.example"] = new()
            {
                ["Certificate:Path"] = Directory.PathOf("encrypted.pem"),
                ["Certificate:KeyPath"] = Directory.PathOf("encrypted.key"),
                ["Certificate:Password"] = "secret",
            },
            ["b.example"] = new() { ["Certificate:Path"] = Directory.PathOf("pkcs12.pfx"), ["Certificate:Password"] = "secret" },
            ["c.example"] = new()
            {
                ["Certificate:Path"] = Directory.PathOf("both.pem"),
                ["Certificate:KeyPath"] = Directory.PathOf("both.pem"),
            },
        });

        Assert.Equal(
            ["CN=encrypted", "CN=pkcs12", "CN=both"],
            await Task.WhenAll(SubjectAsync(host.Port, "a.example"), SubjectAsync(host.Port, "b.example"), SubjectAsync(host.Port, "c.example")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_has_http_versions_of_its_own(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, new()
        {
            ["one.example"] = Certificate("one", ("Protocols", "Http1")),
            ["two.example"] = Certificate("two", ("Protocols", "Http2")),
            ["*"] = Certificate("both"),
        });

        Assert.Equal(["http/1.1", "h2", "h2"], await Task.WhenAll(
            new[] { "one.example", "two.example", "both.example" }.Select(async name =>
            {
                await using SslStream client = await ConnectAsync(host.Port, name, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);
                return client.NegotiatedApplicationProtocol.ToString();
            })));
    }

    [Fact]
    public async Task A_name_that_speaks_http2_alone_refuses_who_does_not()
    {
        await using WebHostUnderTest host = await StartAsync(true, new() { ["two.example"] = Certificate("two", ("Protocols", "Http2")) });

        await Assert.ThrowsAnyAsync<Exception>(() => SubjectAsync(host.Port, "two.example"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_name_can_require_client_certificates(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, new()
        {
            ["closed.example"] = Certificate("closed", ("ClientCertificateMode", "RequireCertificate")),
            ["open.example"] = Certificate("open"),
        });

        await using SslStream open = await ConnectAsync(host.Port, "open.example");
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(open), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using SslStream closed = await ConnectAsync(host.Port, "closed.example");
            Assert.StartsWith("HTTP/1.1", await AskAsync(closed), StringComparison.Ordinal); // on TLS 1.3 a client hears of it when it reads
        });
    }

    [Fact]
    public async Task What_Kestrel_is_told_of_client_certificates_for_a_name_goes_before_the_section_S2n_of_the_endpoint()
    {
        foreach ((string endpoint, string name, bool isServed) in new[] { ("Optional", "RequireCertificate", false), ("Required", "NoCertificate", true) })
        {
            await using WebHostUnderTest host = await StartAsync(
                true,
                new() { ["a.example"] = Certificate("a", ("ClientCertificateMode", name)) },
                new() { ["S2n:ClientCertificateMode"] = endpoint, ["S2n:MaxBlindingDelay"] = "00:00:00" });
            string answer = "";
            try
            {
                await using SslStream client = await ConnectAsync(host.Port, "a.example");
                answer = await AskAsync(client);
            }
            catch (IOException)
            {
                // on TLS 1.3 a client hears of it when it reads
            }

            Assert.Equal(isServed, answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_section_S2n_of_a_name_goes_before_that_of_the_endpoint()
    {
        var endpoint = new Dictionary<string, string?> { ["S2n:SecurityPolicy"] = "20240331" }; // TLS 1.2 only
        await using WebHostUnderTest host = await StartAsync(
            true,
            new()
            {
                ["old.example"] = Certificate("old"),
                ["new.example"] = Certificate("new", ("S2n:SecurityPolicy", "default_tls13")),
                ["own.example"] = Certificate("kestrel's", ("S2n:Certificate:Path", Pem("own").Certificate), ("S2n:Certificate:KeyPath", Pem("own").Key)),
            },
            endpoint);

        await using SslStream old = await ConnectAsync(host.Port, "old.example");
        await using SslStream @new = await ConnectAsync(host.Port, "new.example");
        Assert.Equal([SslProtocols.Tls12, SslProtocols.Tls13], [old.SslProtocol, @new.SslProtocol]);
        Assert.Equal("CN=own", await SubjectAsync(host.Port, "own.example"));
    }

    [Theory]
    [InlineData("Certificate:Path", "/nowhere.pem")]
    [InlineData("S2n:SecurityPolicy", "no such policy")]
    [InlineData("S2n:HandshakeTimeout", "00:00:07")]
    public async Task A_setting_that_makes_no_sense_ends_the_start_with_its_path(string setting, string value)
    {
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync(true, new() { ["a.example"] = Certificate("a", (setting, value)) }));

        Assert.Contains("Kestrel:Endpoints:Public:Sni:a.example", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http3_for_a_name_ends_the_start()
    {
        NotSupportedException refusal = await Assert.ThrowsAsync<NotSupportedException>(
            () => StartAsync(true, new() { ["a.example"] = Certificate("a", ("Protocols", "Http1AndHttp2AndHttp3")) }));

        Assert.Contains("Kestrel:Endpoints:Public:Sni:a.example", refusal.Message, StringComparison.Ordinal);
    }
}
