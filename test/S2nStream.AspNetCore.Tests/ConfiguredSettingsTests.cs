using System.Globalization;
using System.Net.Security;
using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace S2nTls.AspNetCore.Tests;

/// <summary>
/// The settings that Kestrel reads from its configuration, one by one, wherever they stand: each is done or refused by its name. What Kestrel
/// reads is asked of its own classes, so that one that a later version adds fails here.
/// </summary>
public sealed class ConfiguredSettingsTests : ConfiguredCases
{
    private const string Password = "secret";

    /// <summary>Where settings stand, and the class that Kestrel reads them into.</summary>
    private static readonly Dictionary<string, string> s_places = new()
    {
        ["EndpointDefaults"] = "EndpointDefaults",
        ["Endpoints:Public"] = "EndpointConfig",
        ["Endpoints:Public:Sni:localhost"] = "SniConfig",
    };

    private static readonly string[] s_certificatePlaces = ["Certificates:Default", "Endpoints:Public:Certificate", "Endpoints:Public:Sni:localhost:Certificate"];

    /// <summary>What certificates are made of, in the forms that together have all settings.</summary>
    private static readonly Dictionary<string, string[]> s_certificateForms = new()
    {
        ["PKCS #12"] = ["Path", "Password"],
        ["PEM"] = ["Path", "KeyPath", "Password"],
        ["store"] = ["Subject", "Store", "Location", "AllowInvalid"],
    };

    public static TheoryData<string, string> Settings
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach ((string place, string type) in s_places)
            {
                foreach (string setting in SettingsOf(type))
                {
                    all.Add(place, setting);
                }
            }

            return all;
        }
    }

    public static TheoryData<string, string> Certificates
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string place in s_certificatePlaces)
            {
                foreach (string form in s_certificateForms.Keys)
                {
                    all.Add(place, form);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public Task Each_is_done_or_refused_by_its_name(string place, string setting) => setting switch
    {
        "Protocols" => ProtocolsAsync(place),
        "SslProtocols" => SslProtocolsAsync(place),
        "ClientCertificateMode" => ClientCertificateModeAsync(place),
        "Certificate" => CertificateAsync(place),
        "Url" => CertificateAsync("Endpoints:Public"), // as all tests here
        "Sni" => CertificateAsync("Endpoints:Public:Sni:localhost"),
        _ => throw new InvalidOperationException($"{place}:{setting} is new: UseS2n is to do what it says or to refuse it."),
    };

    [Theory]
    [MemberData(nameof(Certificates))]
    public async Task A_certificate_is_read_wherever_it_stands_in_all_forms(string place, string form)
    {
        string subject = $"s2nstream-test-{Guid.NewGuid():N}";
        using X509Certificate2 certificate = TestAuthority.Default.Issue(subject: $"CN={subject}");
        using StoredCertificate? stored = form == "store" ? new StoredCertificate(certificate) : null;
        Dictionary<string, string?> settings = CertificateOf(form, certificate, subject);
        Assert.Equal(s_certificateForms[form].Order(), settings.Keys.Order());

        foreach (bool overS2n in new[] { false, true })
        {
            await using WebHostUnderTest host = await StartAsync(overS2n, settings.ToDictionary(one => $"{place}:{one.Key}", static one => one.Value));
            Assert.Equal((overS2n, $"CN={subject}"), (overS2n, await SubjectAsync(host.Port, "localhost")));
        }

        foreach (string missing in settings.Keys.Except(["Store", "Location"])) // whose defaults are these
        {
            Dictionary<string, string?> rest = settings.Where(one => one.Key != missing).ToDictionary(one => $"{place}:{one.Key}", static one => one.Value);
            Exception? kestrels = await Record.ExceptionAsync(() => StartAndAskAsync(false, rest, subject));
            Exception? ours = await Record.ExceptionAsync(() => StartAndAskAsync(true, rest, subject));
            Assert.NotNull(kestrels);
            Assert.NotNull(ours);
        }
    }

    /// <summary>Each section, and each setting of a certificate.</summary>
    [Fact]
    public void There_are_no_others()
    {
        Assert.Equal(
            ["Certificate", "Certificates", "ClientCertificateMode", "EndpointDefaults", "Endpoints", "Protocols", "Sni", "SslProtocols", "Url"],
            TypeOf("ConfigurationReader").GetFields(BindingFlags.NonPublic | BindingFlags.Static).Where(static field => field.IsLiteral)
                .Select(static field => (string)field.GetRawConstantValue()!).Order());
        Assert.Equal(s_certificateForms.Values.SelectMany(static form => form).Distinct().Order(), SettingsOf("CertificateConfig").Order());
        Assert.Equal(["Certificate", "ClientCertificateMode", "Protocols", "SslProtocols"], SettingsOf("SniConfig").Order());
    }

    private async Task ProtocolsAsync(string place)
    {
        foreach (bool overS2n in new[] { false, true })
        {
            await using WebHostUnderTest host = await StartAsync(overS2n, new() { [$"{place}:Protocols"] = "Http1" });
            await using SslStream client = await ConnectAsync(host.Port, "localhost", SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);
            Assert.Equal((overS2n, SslApplicationProtocol.Http11), (overS2n, client.NegotiatedApplicationProtocol));
        }
    }

    /// <summary>A limit, which the security policy keeps to.</summary>
    private async Task SslProtocolsAsync(string place)
    {
        string policy = place == "EndpointDefaults" ? "Endpoints:Public:S2n:SecurityPolicy" : $"{place}:S2n:SecurityPolicy";
        NotSupportedException refusal = await Assert.ThrowsAsync<NotSupportedException>(() => StartAsync(true, new()
        {
            [$"{place}:SslProtocols:0"] = "Tls13",
            [policy] = "20240331", // TLS 1.2 only
        }));
        Assert.Contains("SslProtocols Tls13", refusal.Message, StringComparison.Ordinal);

        foreach (bool overS2n in new[] { false, true })
        {
            await using WebHostUnderTest host = await StartAsync(overS2n, new() { [$"{place}:SslProtocols:0"] = "Tls12", [policy] = "20240331" });
            await using SslStream client = await ConnectAsync(host.Port, "localhost");
            Assert.Equal((overS2n, SslProtocols.Tls12), (overS2n, client.SslProtocol));
        }
    }

    private async Task ClientCertificateModeAsync(string place)
    {
        foreach (bool overS2n in new[] { false, true })
        {
            await using WebHostUnderTest host = await StartAsync(overS2n, new() { [$"{place}:ClientCertificateMode"] = "RequireCertificate" });
            await ExpectRefusalAsync(host);
        }

        NotSupportedException refusal = await Assert.ThrowsAsync<NotSupportedException>(() => StartAsync(true, new() { [$"{place}:ClientCertificateMode"] = "DelayCertificate" }));
        Assert.Contains("ClientCertificateMode.DelayCertificate", refusal.Message, StringComparison.Ordinal);
    }

    private async Task CertificateAsync(string place)
    {
        foreach (bool overS2n in new[] { false, true })
        {
            await using WebHostUnderTest host = await StartAsync(overS2n, At($"{place}:Certificate", "own"));
            Assert.Equal((overS2n, "CN=own"), (overS2n, await SubjectAsync(host.Port, "localhost")));
        }
    }

    private async Task StartAndAskAsync(bool overS2n, Dictionary<string, string?> settings, string subject)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, settings);
        Assert.Equal($"CN={subject}", await SubjectAsync(host.Port, "localhost"));
    }

    private Dictionary<string, string?> CertificateOf(string form, X509Certificate2 certificate, string subject)
    {
        switch (form)
        {
            case "PKCS #12":
                File.WriteAllBytes(Directory.PathOf("own.pfx"), certificate.Export(X509ContentType.Pfx, Password));
                return new() { ["Path"] = Directory.PathOf("own.pfx"), ["Password"] = Password };
            case "PEM":
                Write(certificate, Directory.PathOf("own.pem"), Directory.PathOf("own.key"), static key =>
                    key.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
                return new() { ["Path"] = Directory.PathOf("own.pem"), ["KeyPath"] = Directory.PathOf("own.key"), ["Password"] = Password };
            default:
                return new() { ["Subject"] = subject, ["Store"] = "My", ["Location"] = "CurrentUser", ["AllowInvalid"] = true.ToString(CultureInfo.InvariantCulture) };
        }
    }

    private static Type TypeOf(string name) =>
        typeof(KestrelServerOptions).Assembly.GetType($"Microsoft.AspNetCore.Server.Kestrel.Core.Internal.{name}")
        ?? throw new InvalidOperationException($"Kestrel has no {name} any more: what it reads is to be found anew.");

    /// <summary>What Kestrel's classes hold, without what is no setting: the endpoint's name, its section, and what Kestrel notes beside.</summary>
    private static IEnumerable<string> SettingsOf(string type) => TypeOf(type).GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Select(static property => property.Name).Except(["Name", "ConfigSection", "IsFileCert", "IsStoreCert", "FileHasChanged"]);
}
