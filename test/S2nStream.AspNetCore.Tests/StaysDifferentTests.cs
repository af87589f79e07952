using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>What stays different from UseHttps: the table of docs/aspnetcore.md, run on both.</summary>
public sealed class StaysDifferentTests : ServerNameCases
{
    private const string Category = "Microsoft.AspNetCore.Server.Kestrel.Https.Internal.HttpsConnectionMiddleware";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Features_of_TLS_appear_when_the_handshake_is_over_and_with_Kestrel_before_it_begins(bool overS2n)
    {
        bool? isThere = null;
        await using WebHostUnderTest host = await ListenAsync(overS2n, (connection, _) =>
        {
            isThere = connection!.Features.Get<ITlsConnectionFeature>() is not null || connection.Features.Get<ITlsHandshakeFeature>() is not null;
            return TestAuthority.Localhost;
        });

        await using SslStream client = await Clients.ConnectAsync(host.Port);

        Assert.Equal(!overS2n, isThere);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_name_that_a_client_asks_for_is_known_without_a_selector_and_with_Kestrel_only_where_it_has_been_needed(bool overS2n)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => _ = overS2n ? listen.UseS2n(TestAuthority.Localhost) : listen.UseHttps(TestAuthority.Localhost),
            static application => application.Run(context => context.Response.WriteAsync($"'{context.Features.GetRequiredFeature<ITlsHandshakeFeature>().HostName}'")));
        using HttpClient client = Clients.Http();

        Assert.Equal(overS2n ? "'localhost'" : "''", await client.GetStringAsync(host.Address).WithDeadline());
    }

    [Theory]
    [InlineData("null", 112)] // unrecognized_name
    [InlineData("an exception of the application's", 80)] // internal_error
    [InlineData("an exception of the handshake's", 80)]
    [Needs("openssl")]
    public async Task Where_a_certificate_selector_fails_the_client_hears_an_alert_and_with_Kestrel_only_the_end(string outcome, int alert)
    {
        foreach (bool overS2n in new[] { true, false })
        {
            await using WebHostUnderTest host = await ListenAsync(overS2n, (_, _) => outcome switch
            {
                "null" => null,
                "an exception of the handshake's" => throw new AuthenticationException("Refused."),
                _ => throw new FormatException("The application's own."),
            });

            string said = await AskedByOpensslAsync(host.Port, "a.example");

            Assert.Contains(overS2n ? $"SSL alert number {alert}" : "unexpected eof", said, StringComparison.Ordinal);
            if (outcome == "an exception of the application's")
            {
                await host.Log.WaitForAsync(static entry => entry.Level == LogLevel.Error && entry.Exception is FormatException);
            }
            else
            {
                await host.Log.WaitForAsync(static entry => entry.Id.Name == "AuthenticationFailed" && entry.Exception is AuthenticationException);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handshake_without_a_limit_is_served_and_with_Kestrel_nobody_is(bool overS2n)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => _ = overS2n ? listen.UseS2n(TestAuthority.Localhost) : listen.UseHttps(TestAuthority.Localhost),
            build: static builder => builder.WebHost.ConfigureKestrel(
                static kestrel => kestrel.ConfigureHttpsDefaults(static https => https.HandshakeTimeout = Timeout.InfiniteTimeSpan)),
            defaultsFirst: true);

        if (overS2n)
        {
            await using SslStream client = await Clients.ConnectAsync(host.Port);
            return;
        }

        await Assert.ThrowsAsync<IOException>(() => Clients.ConnectAsync(host.Port));
        await host.Log.WaitForAsync(static entry => entry.Level == LogLevel.Error && entry.Exception is ArgumentOutOfRangeException);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_limit_that_no_timer_takes_ends_the_start_and_with_Kestrel_every_connection(bool overS2n)
    {
        Task<WebHostUnderTest> StartAsync() => WebHostUnderTest.ListenAsync(
            listen => _ = overS2n ? listen.UseS2n(TestAuthority.Localhost) : listen.UseHttps(TestAuthority.Localhost),
            build: static builder => builder.WebHost.ConfigureKestrel(
                static kestrel => kestrel.ConfigureHttpsDefaults(static https => https.HandshakeTimeout = TimeSpan.FromDays(60))),
            defaultsFirst: true);

        if (overS2n)
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(StartAsync);
            return;
        }

        await using WebHostUnderTest host = await StartAsync();
        await Assert.ThrowsAsync<IOException>(() => Clients.ConnectAsync(host.Port));
    }

    [Fact]
    public async Task The_logs_events_have_the_same_categories_ids_names_and_values_and_another_text()
    {
        var texts = new List<string>();
        foreach (bool overS2n in new[] { true, false })
        {
            await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
                listen => _ = overS2n ? listen.UseS2n(TestAuthority.Localhost) : listen.UseHttps(TestAuthority.Localhost));
            await using (await Clients.ConnectAsync(host.Port))
            {
                LogEntry established = await host.Log.WaitForAsync(static entry => entry.Category == Category && entry.Id.Id == 3);
                Assert.Equal(("HttpsConnectionEstablished", LogLevel.Debug), (established.Id.Name, established.Level));
                Assert.Equal(["ConnectionId", "Protocol"], established.Values.Select(static value => value.Key).Where(static key => key != "{OriginalFormat}"));
                Assert.Equal(SslProtocols.Tls13, established.Values.Single(static value => value.Key == "Protocol").Value);
                texts.Add((string)established.Values.Single(static value => value.Key == "{OriginalFormat}").Value!);
            }
        }

        Assert.NotEqual(texts[0], texts[1]);
    }

    /// <summary>What is wrong is the same; with UseS2n it is said where.</summary>
    [Theory]
    [InlineData("no file", typeof(FileNotFoundException))]
    [InlineData("no certificate", typeof(System.Security.Cryptography.CryptographicException))]
    [InlineData("a clients' certificate", typeof(InvalidOperationException))]
    [InlineData("two sources", typeof(InvalidOperationException))]
    public async Task A_server_names_certificate_that_cannot_be_used_ends_the_start_with_an_InvalidOperationException(string what, Type kestrels)
    {
        Write(TestAuthority.Default.Issue(forClients: true), Directory.PathOf("client.pem"), Directory.PathOf("client.key"), static key => key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Directory.PathOf("text.pem"), "no certificate");
        var names = new Dictionary<string, Dictionary<string, string?>>
        {
            ["a.example"] = what switch
            {
                "no file" => new() { ["Certificate:Path"] = Directory.PathOf("nowhere.pem"), ["Certificate:KeyPath"] = Directory.PathOf("nowhere.key") },
                "no certificate" => new() { ["Certificate:Path"] = Directory.PathOf("text.pem"), ["Certificate:KeyPath"] = Directory.PathOf("client.key") },
                "two sources" => new(Certificate("a")) { ["Certificate:Subject"] = "CN=a" },
                _ => new() { ["Certificate:Path"] = Directory.PathOf("client.pem"), ["Certificate:KeyPath"] = Directory.PathOf("client.key") },
            },
        };

        Exception bare = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(false, names));
        InvalidOperationException refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(true, names));

        Assert.IsAssignableFrom(kestrels, bare);
        Assert.StartsWith("Kestrel:Endpoints:Public:Sni:a.example", refusal.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom(kestrels, refusal.InnerException);
    }

    /// <summary>Who is refused by the system's roots is not blinded either.</summary>
    [Theory]
    [InlineData(true, SslProtocols.Tls12)]
    [InlineData(true, SslProtocols.Tls13)]
    [InlineData(false, SslProtocols.Tls12)]
    [InlineData(false, SslProtocols.Tls13)]
    public async Task A_client_that_is_not_trusted_is_refused_at_once_without_TrustedRoots_too(bool overS2n, SslProtocols protocol)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => _ = overS2n
            ? listen.UseS2n(TestAuthority.Localhost, static https =>
            {
                https.Tls.ClientCertificateMode = S2nClientCertificateMode.Required;
                https.Tls.MaxBlindingDelay = TimeSpan.FromHours(1); // were it blinded: 20 minutes at least
            })
            : listen.UseHttps(TestAuthority.Localhost, static https => https.ClientCertificateMode = ClientCertificateMode.RequireCertificate));

        Exception? error = await Record.ExceptionAsync(async () =>
        {
            await using SslStream client = await Clients.ConnectAsync(host.Port, new TestAuthority("strangers").Issue(forClients: true), protocols: protocol);
            Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WithDeadline());
        });

        Assert.True(error is null or AuthenticationException or IOException, error?.ToString()); // not a time-out
        await host.Log.WaitForAsync(static entry => entry.Id.Name == "AuthenticationFailed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Needs("openssl")]
    public async Task A_name_that_speaks_HTTP2_alone_refuses_who_does_not_in_the_handshake_and_Kestrel_after_it(bool overS2n)
    {
        await using WebHostUnderTest host = await StartAsync(overS2n, new() { ["two.example"] = Certificate("two", ("Protocols", "Http2")) });

        string said = await AskedByOpensslAsync(host.Port, "two.example");

        if (overS2n)
        {
            Assert.Contains("SSL alert number 120", said, StringComparison.Ordinal); // no_application_protocol
        }
        else
        {
            Assert.Equal("CN=two", said);
            await host.Log.WaitForAsync(static entry => entry.Level == LogLevel.Error);
        }
    }

    private static Task<WebHostUnderTest> ListenAsync(bool overS2n, Func<ConnectionContext?, string?, X509Certificate2?> select) =>
        WebHostUnderTest.ListenAsync(listen => _ = overS2n
            ? listen.UseS2n(https => https.ServerCertificateSelector = select)
            : listen.UseHttps(https => https.ServerCertificateSelector = select));
}
