using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Configuration;

namespace S2nTls.AspNetCore.Tests;

/// <summary>An application with one endpoint and a default certificate, and settings anywhere in the section Kestrel.</summary>
public abstract class ConfiguredCases : ServerNameCases
{
    private protected static async Task ExpectRefusalAsync(WebHostUnderTest host)
    {
        string answer = "";
        try
        {
            await using SslStream client = await ConnectAsync(host.Port, "localhost");
            answer = await AskAsync(client);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // on TLS 1.3 a client hears of it when it reads
        }

        Assert.Equal("", answer);
    }

    /// <summary>Starts an application with a default certificate, one endpoint, and settings of the section Kestrel.</summary>
    private protected Task<WebHostUnderTest> StartAsync(bool overS2n, Dictionary<string, string?> settings)
    {
        Dictionary<string, string?> all = new(settings);
        if (!all.Keys.Any(static key => key.StartsWith("Certificates:Default:", StringComparison.Ordinal)))
        {
            foreach ((string key, string? value) in At("Certificates:Default", "default"))
            {
                all[key] = value;
            }
        }

        return StartAsync(overS2n, [], build: builder => builder.Configuration.AddInMemoryCollection(all.Select(static one => KeyValuePair.Create($"Kestrel:{one.Key}", one.Value))));
    }

    private protected Dictionary<string, string?> At(string place, string name) =>
        new() { [$"{place}:Path"] = Pem(name).Certificate, [$"{place}:KeyPath"] = Pem(name).Key };
}
