using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Which of Kestrel's settings counts: that of the endpoint or that of the name, and which is none.</summary>
public sealed class ConfiguredPrecedenceTests : ConfiguredCases
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)] // what Kestrel itself does
    public async Task Settings_of_an_endpoint_that_all_its_names_override_have_no_effect(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, new()
        {
            ["Endpoints:Public:SslProtocols:0"] = "Tls13", // which the default policy does not keep to
            ["Endpoints:Public:ClientCertificateMode"] = "DelayCertificate", // which s2n cannot do
            ["Endpoints:Public:Protocols"] = "None",
            ["Endpoints:Public:Sni:localhost:SslProtocols:0"] = "Tls12",
            ["Endpoints:Public:Sni:localhost:SslProtocols:1"] = "Tls13",
            ["Endpoints:Public:Sni:localhost:ClientCertificateMode"] = "NoCertificate",
            ["Endpoints:Public:Sni:localhost:Protocols"] = "Http1",
        });

        await using SslStream client = await ConnectAsync(host.Port, "localhost");
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SslProtocols:0", "Tls13", "SslProtocols")]
    [InlineData("ClientCertificateMode", "DelayCertificate", "DelayCertificate")]
    public async Task They_end_the_start_with_the_name_that_does_not_override_them(string setting, string value, string refused)
    {
        NotSupportedException refusal = await Assert.ThrowsAsync<NotSupportedException>(() => StartAsync(true, new()
        {
            [$"Endpoints:Public:{setting}"] = value,
            [$"Endpoints:Public:Sni:a.example:SslProtocols:0"] = "Tls12",
            [$"Endpoints:Public:Sni:a.example:SslProtocols:1"] = "Tls13",
            [$"Endpoints:Public:Sni:a.example:ClientCertificateMode"] = "NoCertificate",
            ["Endpoints:Public:Sni:b.example:Protocols"] = "Http1",
        }));

        Assert.StartsWith("Kestrel:Endpoints:Public:Sni:b.example: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(refused, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Kestrel takes no notice of what it cannot read, so that a misspelt value does not take the endpoint's away.</summary>
    [Theory]
    [InlineData("Requird")]
    [InlineData("")]
    public async Task A_mode_that_is_none_leaves_the_endpoints_in_place(string misspelt)
    {
        foreach (bool overS2n in new[] { false, true })
        {
            await using WebHostUnderTest named = await StartAsync(overS2n, new()
            {
                ["Endpoints:Public:ClientCertificateMode"] = "RequireCertificate",
                ["Endpoints:Public:Sni:localhost:ClientCertificateMode"] = misspelt,
            });
            await ExpectRefusalAsync(named);
        }

        await using WebHostUnderTest endpoint = await StartAsync(true, new()
        {
            ["EndpointDefaults:S2n:ClientCertificateMode"] = "Required",
            ["Endpoints:Public:ClientCertificateMode"] = misspelt,
        });
        await ExpectRefusalAsync(endpoint);
    }

    [Fact]
    public async Task Versions_that_are_no_list_leave_the_endpoints_limit_in_place()
    {
        var settings = new Dictionary<string, string?> { ["Endpoints:Public:SslProtocols:0"] = "Tls13", ["Endpoints:Public:Sni:localhost:SslProtocols"] = "Tls12" };
        await using WebHostUnderTest host = await StartAsync(false, settings);
        await using (SslStream client = await ConnectAsync(host.Port, "localhost"))
        {
            Assert.Equal(SslProtocols.Tls13, client.SslProtocol);
        }

        await Assert.ThrowsAnyAsync<Exception>(() => Clients.ConnectAsync(host.Port, protocols: SslProtocols.Tls12));

        NotSupportedException refusal = await Assert.ThrowsAsync<NotSupportedException>(() => StartAsync(true, settings));
        Assert.Contains("SslProtocols Tls13", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_without_a_source_is_none(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, new(At("Endpoints:Public:Certificate", "endpoint"))
        {
            ["Endpoints:Public:Sni:localhost:Certificate:Password"] = "secret",
            ["Endpoints:Public:Sni:localhost:Certificate:Path"] = "",
        });

        Assert.Equal("CN=endpoint", await SubjectAsync(host.Port, "localhost"));
    }
}
