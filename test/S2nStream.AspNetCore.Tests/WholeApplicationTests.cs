using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using S2nTls.Interop;

namespace S2nTls.AspNetCore.Tests;

/// <summary>One call for the whole application: every https endpoint is on s2n, or the server does not start.</summary>
public sealed class WholeApplicationTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public WholeApplicationTests() => PemFiles.Write(_directory, TestAuthority.Localhost);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Https_urls_are_on_s2n_and_http_urls_stay_as_they_are()
    {
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.WebHost.UseS2n();
            builder.WebHost.UseUrls("http://127.0.0.1:0", "https://127.0.0.1:0", "https://*:0");
        });

        Assert.Equal(["http", "https", "https"], host.Addresses.Select(address => new Uri(address).Scheme));
        Assert.Equal(["no s2n", "s2n", "s2n"], await Task.WhenAll(host.Addresses.Select(AskAsync)));
    }

    [Theory]
    [InlineData(false, "no s2n")]
    [InlineData(true, "s2n")]
    public async Task A_url_that_gives_way_to_the_configuration_or_goes_before_it_does_not_change_an_endpoint_with_its_address(bool preferUrls, string bound)
    {
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Kestrel:Endpoints:A:Url"] = "http://127.0.0.1:0" });
            builder.WebHost.UseS2n();
            builder.WebHost.UseUrls("https://127.0.0.1:0").PreferHostingUrls(preferUrls);
        });

        Assert.Equal(preferUrls ? "https" : "http", new Uri(Assert.Single(host.Addresses)).Scheme);
        Assert.Equal(bound, await AskAsync(host.Addresses[0]));
    }

    [Fact]
    public async Task Endpoints_of_the_configuration_are_on_s2n_with_their_own_settings()
    {
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:A:S2n:SecurityPolicy"] = "20240331", // TLS 1.2 only
                ["Kestrel:Endpoints:B:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:B:Protocols"] = "Http1",
                ["Kestrel:Endpoints:C:Url"] = "http://127.0.0.1:0",
                ["Kestrel:EndpointDefaults:S2n:HandshakeTimeout"] = "00:00:20",
            });
            builder.WebHost.UseS2n();
        });

        Assert.Equal(["s2n Tls12", "s2n Tls13", "no s2n"], await Task.WhenAll(host.Addresses.Select(address => AskAsync(address, "/version"))));
    }

    [Fact]
    public async Task Client_certificates_can_be_required_by_the_configuration()
    {
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:A:S2n:ClientCertificateMode"] = "Required",
                ["Kestrel:Endpoints:A:S2n:TrustedRoots"] = _directory.PathOf(PemFiles.Root),
                ["Kestrel:Endpoints:A:S2n:MaxBlindingDelay"] = "00:00:00",
            });
            builder.WebHost.UseS2n();
        });
        using HttpClient known = Clients.Http(certificate: TestAuthority.Default.Issue(subject: "CN=known", forClients: true));
        using HttpClient unknown = Clients.Http();

        Assert.Equal("s2n", await known.GetStringAsync(host.Address).WithDeadline());
        await Assert.ThrowsAsync<HttpRequestException>(() => unknown.GetStringAsync(host.Address).WithDeadline());
    }

    [Fact]
    public async Task An_endpoint_has_the_certificate_that_its_section_names()
    {
        X509Certificate2 other = TestAuthority.Default.Issue(subject: "CN=other");
        using var directory = new TempDirectory();
        PemFiles.Write(directory, other);
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:S2n:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:S2n:S2n:Certificate:Path"] = directory.PathOf(PemFiles.Certificate),
                ["Kestrel:Endpoints:S2n:S2n:Certificate:KeyPath"] = directory.PathOf(PemFiles.Key),
                ["Kestrel:Endpoints:Kestrel:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:Kestrel:Certificate:Path"] = directory.PathOf(PemFiles.Certificate),
                ["Kestrel:Endpoints:Kestrel:Certificate:KeyPath"] = directory.PathOf(PemFiles.Key),
                ["Kestrel:Endpoints:Default:Url"] = "https://127.0.0.1:0",
            });
            builder.WebHost.UseS2n();
        });

        // The configuration gives endpoints in the order of their names.
        Assert.Equal(["CN=leaf", "CN=other", "CN=other"], await Task.WhenAll(host.Addresses.Select(SubjectAsync)));
    }

    [Fact]
    public async Task What_Kestrel_is_told_of_one_endpoint_goes_before_the_section_S2n_of_all()
    {
        using var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Default.Issue(subject: "CN=own"));
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:EndpointDefaults:S2n:ClientCertificateMode"] = "Optional",
                ["Kestrel:EndpointDefaults:S2n:TrustedRoots"] = _directory.PathOf(PemFiles.Root),
                ["Kestrel:EndpointDefaults:S2n:MaxBlindingDelay"] = "00:00:00",
                ["Kestrel:EndpointDefaults:S2n:Certificate:Path"] = _directory.PathOf(PemFiles.Certificate),
                ["Kestrel:EndpointDefaults:S2n:Certificate:KeyPath"] = _directory.PathOf(PemFiles.Key),
                ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:A:ClientCertificateMode"] = "RequireCertificate",
                ["Kestrel:Endpoints:B:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:B:Certificate:Path"] = directory.PathOf(PemFiles.Certificate),
                ["Kestrel:Endpoints:B:Certificate:KeyPath"] = directory.PathOf(PemFiles.Key),
            });
            builder.WebHost.UseS2n();
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(host.Addresses[0]));
        Assert.Equal("s2n", await AskAsync(host.Addresses[1]));
        Assert.Equal(["CN=leaf", "CN=own"], await Task.WhenAll(host.Addresses.Select(SubjectAsync)));
    }

    [Fact]
    public async Task A_certificate_in_a_pkcs12_file_is_sent_once()
    {
        File.WriteAllBytes(_directory.PathOf("server.pfx"), TestAuthority.Localhost.Export(X509ContentType.Pfx, "secret"));
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:A:S2n:Certificate:Path"] = _directory.PathOf("server.pfx"),
                ["Kestrel:Endpoints:A:S2n:Certificate:Password"] = "secret",
                ["Kestrel:Endpoints:A:S2n:HandshakeTimeout"] = $"{Deadline.Default:c}", // a busy machine may need longer than Kestrel gives it
            });
            builder.WebHost.UseS2n();
        });
        byte[][]? sent = null;
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, host.Port).WithDeadline();
        await using var client = new SslStream(tcp.GetStream());

        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
            RemoteCertificateValidationCallback = (_, _, chain, errors) =>
            {
                sent = [.. chain!.ChainPolicy.ExtraStore.Select(certificate => certificate.RawData)]; // what the server has sent
                return errors == SslPolicyErrors.None;
            },
        }).WithDeadline();

        Assert.Equal(Runtime.Of<byte[][]>(net10: [TestAuthority.Localhost.RawData], net11: []), sent); // .NET 11 shows the other certificates only
    }

    [Fact]
    public async Task An_encrypted_key_has_its_password_beside_its_path()
    {
        using ECDsa key = TestAuthority.Localhost.GetECDsaPrivateKey()!;
        File.WriteAllText(_directory.PathOf("both.pem"), TestAuthority.Localhost.ExportCertificatePem() + "\n" + key.ExportEncryptedPkcs8PrivateKeyPem(
            "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));

        await using (WebHostUnderTest host = await StartAsync(builder => Configure(builder, "secret")))
        {
            Assert.Equal("CN=leaf", await SubjectAsync(Assert.Single(host.Addresses)));
        }

        foreach ((string? password, string reason) in new[] { (null, "there is no password"), ("wrong", "the password is wrong") })
        {
            InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(builder => Configure(builder, password)));
            Assert.StartsWith("Kestrel:Endpoints:A:S2n:Certificate: ", refusal.Message, StringComparison.Ordinal);
            Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        }

        void Configure(WebApplicationBuilder builder, string? password)
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:A:S2n:Certificate:Path"] = _directory.PathOf("both.pem"),
                ["Kestrel:Endpoints:A:S2n:Certificate:KeyPath"] = _directory.PathOf("both.pem"),
                ["Kestrel:Endpoints:A:S2n:Certificate:Password"] = password,
            });
            builder.WebHost.UseS2n();
        }
    }

    [Theory]
    [InlineData("client.pfx")]
    [InlineData("keyless.pfx")]
    public async Task A_pkcs12_file_that_cannot_serve_ends_the_start_with_its_path(string file)
    {
        X509Certificate2 client = TestAuthority.Default.Issue(forClients: true);
        File.WriteAllBytes(_directory.PathOf("client.pfx"), client.Export(X509ContentType.Pfx, "secret"));
        using X509Certificate2 keyless = X509CertificateLoader.LoadCertificate(TestAuthority.Localhost.RawDataMemory.Span);
        File.WriteAllBytes(_directory.PathOf("keyless.pfx"), keyless.Export(X509ContentType.Pfx, "secret"));

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:A:S2n:Certificate:Path"] = _directory.PathOf(file),
                ["Kestrel:Endpoints:A:S2n:Certificate:Password"] = "secret",
            });
            builder.WebHost.UseS2n();
        }));

        Assert.StartsWith("Kestrel:Endpoints:A:S2n:Certificate: ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SecurityPolicy", "no such policy")]
    [InlineData("SecurityPolcy", "default_tls13")]
    [InlineData("ClientCertificateMode", "Perhaps")]
    [InlineData("Certificate:Path", "/nowhere.pem")]
    [InlineData("Certificate:File", "x")]
    public async Task A_setting_that_makes_no_sense_ends_the_start_with_its_path(string setting, string value)
    {
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                [$"Kestrel:Endpoints:A:S2n:{setting}"] = value,
            });
            builder.WebHost.UseS2n();
        }));

        Assert.Contains($"Kestrel:Endpoints:A:S2n:{setting.Split(':')[0]}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_of_code_that_is_on_SslStream_ends_the_start()
    {
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(builder =>
        {
            builder.WebHost.UseS2n();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(TestAuthority.Localhost)));
        }));

        Assert.Contains("would stay on SslStream: https://127.0.0.1:0.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_of_the_configuration_that_code_puts_on_SslStream_ends_the_start()
    {
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0" });
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigurationLoader!.Endpoint("A", endpoint => endpoint.ListenOptions.UseHttps(TestAuthority.Localhost)));
            builder.WebHost.UseS2n();
        }));

        Assert.Contains("would stay on SslStream", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_code_sets_for_an_endpoint_of_the_configuration_applies(bool before, bool withItsOwnLoader)
    {
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:A:S2n:MaxBlindingDelay"] = "00:00:00",
            });
            if (!before)
            {
                builder.WebHost.UseS2n();
            }

            builder.WebHost.ConfigureKestrel((context, kestrel) =>
                (withItsOwnLoader ? kestrel.Configure(context.Configuration.GetSection("Kestrel")) : kestrel.ConfigurationLoader!).Endpoint("a", endpoint =>
                {
                    endpoint.HttpsOptions.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                    endpoint.HttpsOptions.ClientCertificateValidation = static (certificate, _, _) => certificate.Subject == "CN=known";
                }));
            if (before)
            {
                builder.WebHost.UseS2n();
            }
        });
        using HttpClient known = Clients.Http(certificate: TestAuthority.Default.Issue(subject: "CN=known", forClients: true));

        Assert.Equal("s2n", await known.GetStringAsync(host.Address).WithDeadline());
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(host.Addresses[0]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_somebody_else_takes_the_place_of_the_endpoint_defaults_the_start_ends(bool before)
    {
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(builder =>
        {
            Action<KestrelServerOptions> take = kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
            if (before)
            {
                builder.WebHost.ConfigureKestrel(take);
            }

            builder.WebHost.UseS2n();
            if (!before)
            {
                builder.WebHost.ConfigureKestrel(take);
            }

            builder.WebHost.UseUrls("http://127.0.0.1:0");
        }));

        Assert.Contains("ConfigureEndpointDefaults", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_host_of_old_does_not_start_with_an_endpoint_on_SslStream_either()
    {
#pragma warning disable ASPDEPR004, ASPDEPR008 // there are those that have it still
        using IWebHost host = new WebHostBuilder()
            .UseS2n()
            .UseKestrel(kestrel =>
            {
                kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = TestAuthority.Localhost);
                kestrel.ConfigureEndpointDefaults(static _ => { });
            })
            .UseUrls("https://127.0.0.1:0")
            .Configure(static _ => { })
            .Build();
#pragma warning restore ASPDEPR004, ASPDEPR008

        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync().WithDeadline());

        Assert.Contains("would stay on SslStream", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_defaults_can_be_given_to_UseS2n()
    {
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.WebHost.UseS2n(configureEndpoints: endpoint => endpoint.Protocols = HttpProtocols.Http2);
            builder.WebHost.UseUrls("https://127.0.0.1:0");
        });
        using HttpClient client = Clients.Http(HttpVersion.Version20);

        Assert.Equal("s2n", await client.GetStringAsync(host.Address).WithDeadline());
    }

    [Fact]
    public async Task Code_that_loads_the_configuration_early_does_not_put_it_on_SslStream()
    {
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0" });
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseS2n()));
            builder.WebHost.UseS2n();
        });

        Assert.Equal(2, host.Addresses.Count);
        Assert.Equal(["s2n", "s2n"], await Task.WhenAll(host.Addresses.Select(AskAsync)));
    }

    [Fact]
    public async Task An_endpoint_that_appears_while_the_server_runs_is_on_s2n()
    {
        var settings = new Dictionary<string, string?> { ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0" };
        var source = new ReloadableSource();
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Configuration.Sources.Add(source);
            builder.WebHost.UseS2n();
        });

        source.Provider.Change(new() { ["Kestrel:Endpoints:B:Url"] = "https://127.0.0.1:0" });
        await Eventually.TrueAsync(() => host.Addresses.Count == 2);

        Assert.Equal(["s2n", "s2n"], await Task.WhenAll(host.Addresses.Select(AskAsync)));
    }

    [Theory]
    [InlineData("S2n:SecurityPolicy", "20240331")]
    [InlineData("Sni:*:S2n:SecurityPolicy", "20240331")]
    public async Task A_section_that_changes_while_the_server_runs_takes_effect(string setting, string tls12Only)
    {
        var source = new ReloadableSource();
        source.Provider.Change(new() { ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0", [$"Kestrel:Endpoints:A:{setting}"] = tls12Only });
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.Sources.Add(source);
            builder.WebHost.UseS2n();
        });
        string before = host.Addresses[0];
        Assert.Equal("s2n Tls12", await AskAsync(before, "/version"));

        source.Provider.Change(new() { ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0", [$"Kestrel:Endpoints:A:{setting}"] = "default_tls13" });

        await Eventually.TrueAsync(() => host.Addresses.Count == 1 && host.Addresses[0] != before); // bound anew, on a port that is free

        Assert.Equal("s2n Tls13", await AskAsync(host.Addresses[0], "/version"));
    }

    [Theory]
    [InlineData("S2n:SecurityPolicy", "no such policy")]
    [InlineData("S2n:SecurityPolicy", "cnsa_2")] // there is one, but not for this certificate
    [InlineData("Protocols", "Http1AndHttp2AndHttp3")]
    [InlineData("Sni:*:Protocols", "Http1AndHttp2AndHttp3")]
    public async Task A_change_that_cannot_be_used_leaves_the_endpoint_as_it_was(string setting, string unusable)
    {
        var source = new ReloadableSource();
        var endpoint = new Dictionary<string, string?> { ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0" };
        source.Provider.Change(endpoint);
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.Sources.Add(source);
            builder.WebHost.UseS2n();
        });
        string before = host.Addresses[0];

        source.Provider.Change(new(endpoint) { [$"Kestrel:Endpoints:A:{setting}"] = unusable });
        await host.Log.WaitForAsync(static entry => entry.Level == LogLevel.Critical);

        Assert.Equal("s2n", await AskAsync(before));
        Assert.Equal([before], host.Addresses);
    }

    [Fact]
    public async Task The_files_of_an_endpoint_that_the_configuration_takes_away_are_followed_no_more()
    {
        using var directory = new TempDirectory(); // which nothing else in the server watches
        PemFiles.Write(directory, TestAuthority.Localhost);
        var source = new ReloadableSource();
        source.Provider.Change(new()
        {
            ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
            ["Kestrel:Endpoints:A:S2n:Certificate:Path"] = directory.PathOf(PemFiles.Certificate),
            ["Kestrel:Endpoints:A:S2n:Certificate:KeyPath"] = directory.PathOf(PemFiles.Key),
        });
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.Sources.Add(source);
            builder.WebHost.UseS2n();
        });
        await Eventually.TrueAsync(() => Reloads(host) == 1); // it reads them once when it begins
        Assert.Equal(1, await InotifyWatches.CountAsync(directory));

        source.Provider.Change(new() { ["Kestrel:Endpoints:B:Url"] = "http://127.0.0.1:0" });
        await Eventually.TrueAsync(() => host.Addresses.Count == 1 && host.Addresses[0].StartsWith("http:", StringComparison.Ordinal));

        // Nobody tells when the server has let go of it, and what is not used any more is found by a collection.
        await Eventually.TrueAsync(async () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return await InotifyWatches.CountAsync(directory) == 0;
        });
    }

    [Fact]
    public async Task Files_are_followed_while_their_endpoint_serves_however_often_memory_is_collected()
    {
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:A:S2n:Certificate:Path"] = _directory.PathOf(PemFiles.Certificate),
                ["Kestrel:Endpoints:A:S2n:Certificate:KeyPath"] = _directory.PathOf(PemFiles.Key),
            });
            builder.WebHost.UseS2n();
        });
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(100);
        }

        PemFiles.Write(_directory, TestAuthority.Default.Issue(subject: "CN=next"));

        await Eventually.TrueAsync(async () => await SubjectAsync(host.Address.ToString()) == "CN=next");
    }

    [Fact]
    public async Task A_certificate_selector_of_the_https_defaults_goes_for_urls_and_the_configuration()
    {
        await using WebHostUnderTest host = await StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0" });
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                X509Certificate2 selected = TestAuthority.Default.Issue(subject: "CN=selected");
                kestrel.ConfigureHttpsDefaults(https => https.ServerCertificateSelector = (_, _) => selected);
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseS2n());
            });
            builder.WebHost.UseS2n();
        });

        Assert.Equal(["CN=selected", "CN=selected"], await Task.WhenAll(host.Addresses.Select(SubjectAsync)));
    }

    [Fact]
    public void UseHttps_before_UseS2n_on_one_endpoint_is_refused()
    {
        var kestrel = new KestrelServerOptions { ApplicationServices = WebApplication.CreateBuilder().Build().Services };

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.UseHttps(TestAuthority.Localhost);
            listen.UseS2n(TestAuthority.Localhost);
        }));

        Assert.Contains("UseHttps", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UseS2n_twice_on_one_endpoint_is_refused()
    {
        var kestrel = new KestrelServerOptions { ApplicationServices = WebApplication.CreateBuilder().Build().Services };
        kestrel.ConfigureEndpointDefaults(listen => listen.UseS2n(TestAuthority.Localhost));

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            listen.UseS2n(TestAuthority.Localhost, https => https.Tls.ClientCertificateMode = S2nClientCertificateMode.Required)));

        Assert.Contains("UseS2n has been called before", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_call_is_refused()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseS2n();

        Assert.Throws<InvalidOperationException>(() => builder.WebHost.UseS2n());
    }

    [Fact]
    public async Task Where_the_server_is_not_Kestrel_nothing_is_done()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseS2n();
        builder.WebHost.UseUrls("https://127.0.0.1:0"); // which such a server takes, and has then
        builder.Services.AddSingleton<IServer, ServerOfNothing>();
        await using WebApplication application = builder.Build();

        await application.StartAsync().WithDeadline();
        await application.StopAsync().WithDeadline();
    }

    /// <summary>Starts an application whose default certificate is the tests'.</summary>
    private Task<WebHostUnderTest> StartAsync(Action<WebApplicationBuilder> build) => WebHostUnderTest.StartAsync(
        builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Kestrel:Certificates:Default:Path"] = _directory.PathOf(PemFiles.Certificate),
                ["Kestrel:Certificates:Default:KeyPath"] = _directory.PathOf(PemFiles.Key),
            });
            build(builder);
        },
        application => application.Run(context => context.Response.WriteAsync(
            context.Features.Get<IS2nConnectionFeature>() is not { } s2n ? "no s2n"
            : context.Request.Path == "/version" ? $"s2n {s2n.Stream.SslProtocol}"
            : "s2n")));

    private static int Reloads(WebHostUnderTest host) => host.Log.Entries.Count(static entry => entry.Id.Name == "CertificatesLoaded");

    private static Task<string> AskAsync(string address) => AskAsync(address, "/");

    private static async Task<string> AskAsync(string address, string path)
    {
        using HttpClient client = Clients.Http();
        return await client.GetStringAsync(new UriBuilder(address) { Host = "127.0.0.1", Path = path }.Uri).WithDeadline();
    }

    private static async Task<string> SubjectAsync(string address)
    {
        await using System.Net.Security.SslStream client = await Clients.ConnectAsync(new Uri(address).Port);
        return client.RemoteCertificate!.Subject;
    }

    private sealed class ServerOfNothing : IServer
    {
        public ServerOfNothing() => Features.Set<IServerAddressesFeature>(new ServerAddressesFeature());

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() { }
    }

    private sealed class ReloadableSource : IConfigurationSource
    {
        public ReloadableProvider Provider { get; } = new();

        public IConfigurationProvider Build(IConfigurationBuilder builder) => Provider;
    }

    private sealed class ReloadableProvider : ConfigurationProvider
    {
        public void Change(Dictionary<string, string?> settings)
        {
            Data = settings;
            OnReload();
        }
    }
}
