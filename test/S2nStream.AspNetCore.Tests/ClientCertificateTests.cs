using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Client certificates: not asked for, allowed, required; and what the application sees of them.</summary>
public class ClientCertificateTests
{
    private static readonly X509Certificate2 s_known = TestAuthority.Default.Issue(subject: "CN=known client", forClients: true);
    private static readonly X509Certificate2 s_stranger = new TestAuthority("strangers").Issue(subject: "CN=stranger", forClients: true);

    [Theory]
    [InlineData(S2nClientCertificateMode.None, true, "nobody")]
    [InlineData(S2nClientCertificateMode.None, false, "nobody")]
    [InlineData(S2nClientCertificateMode.Optional, true, "CN=known client")]
    [InlineData(S2nClientCertificateMode.Optional, false, "nobody")]
    [InlineData(S2nClientCertificateMode.Required, true, "CN=known client")]
    public async Task The_application_sees_the_certificate_that_was_asked_for(S2nClientCertificateMode mode, bool hasOne, string subject)
    {
        await using WebHostUnderTest host = await ListenAsync(https =>
        {
            https.Tls.ClientCertificateMode = mode;
            https.Tls.TrustedRoots = TestAuthority.Default.Roots;
        });

        using HttpClient client = Clients.Http(certificate: hasOne ? s_known : null);

        Assert.Equal(subject, await client.GetStringAsync(host.Address).WithDeadline());
    }

    [Theory]
    [InlineData(S2nClientCertificateMode.Required, false)]
    [InlineData(S2nClientCertificateMode.Required, true)]
    [InlineData(S2nClientCertificateMode.Optional, true)]
    public async Task A_client_without_a_certificate_that_is_trusted_is_refused(S2nClientCertificateMode mode, bool isStranger)
    {
        await using WebHostUnderTest host = await ListenAsync(https =>
        {
            https.Tls.ClientCertificateMode = mode;
            https.Tls.TrustedRoots = TestAuthority.Default.Roots;
            https.Tls.MaxBlindingDelay = TimeSpan.Zero;
        });
        using HttpClient client = Clients.Http(certificate: isStranger ? s_stranger : null);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(host.Address).WithDeadline());

        LogEntry failure = await host.Log.WaitForAsync(entry => entry.Id.Name == "AuthenticationFailed");
        Assert.IsType<AuthenticationException>(failure.Exception);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public async Task A_clients_chain_may_not_be_longer_than_its_root_allows(int pathLength, bool byCallback)
    {
        using X509Certificate2 root = CertificateMaker.Authority("Web Clients' Root", pathLength: pathLength);
        using X509Certificate2 authority = CertificateMaker.Authority("Web Clients' Authority", root);
        using X509Certificate2 shown = CertificateMaker.Leaf(authority, subject: "CN=long", usage: CertificateMaker.ClientAuthentication);
        await using WebHostUnderTest host = await ListenAsync(https =>
        {
            https.Tls.ClientCertificateMode = S2nClientCertificateMode.Required;
            https.Tls.TrustedRoots = [X509CertificateLoader.LoadCertificate(root.RawData)];
            https.Tls.MaxBlindingDelay = TimeSpan.Zero;
            https.Tls.RemoteCertificateValidationCallback = byCallback ? (_, _, _, errors) => errors == SslPolicyErrors.None : null;
        });
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                ClientCertificateContext = SslStreamCertificateContext.Create(shown, [authority], offline: true),
            },
        };
        using var client = new HttpClient(handler);
        if (pathLength == 1)
        {
            Assert.Equal("CN=long", await client.GetStringAsync(host.Address).WithDeadline());
            return;
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(host.Address).WithDeadline());
        LogEntry failure = await host.Log.WaitForAsync(entry => entry.Id.Name == "AuthenticationFailed");
        Assert.Contains("path length", Assert.IsType<AuthenticationException>(failure.Exception).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Two_hundred_refused_clients_leave_no_socket_open(SslProtocols protocol)
    {
        await using WebHostUnderTest host = await ListenAsync(https =>
        {
            https.Tls.ClientCertificateMode = S2nClientCertificateMode.Required;
            https.Tls.TrustedRoots = TestAuthority.Default.Roots;
            https.Tls.MaxBlindingDelay = TimeSpan.FromHours(1); // were it blinded: 20 minutes at least
        });
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            Exception? error = await Record.ExceptionAsync(async () =>
            {
                await using SslStream client = await Clients.ConnectAsync(host.Port, i % 2 == 0 ? s_stranger : null, protocols: protocol);
                Assert.Equal(0, await client.ReadAsync(new byte[1]).AsTask().WithDeadline());
            });
            Assert.True(error is null or AuthenticationException or IOException, error?.ToString()); // not a time-out
        });
        await OpenSockets.ExpectNoneAsync(host.Port);
    }

    [Theory]
    [InlineData(ClientCertificateMode.RequireCertificate, "CN=stranger")]
    [InlineData(ClientCertificateMode.AllowCertificate, "CN=stranger")]
    public async Task What_was_set_for_all_https_endpoints_of_Kestrel_applies(ClientCertificateMode mode, string subject)
    {
        SslPolicyErrors? errors = null;
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            Tell,
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
            {
                https.ClientCertificateMode = mode;
                https.ClientCertificateValidation = (_, _, found) =>
                {
                    errors = found;
                    return true;
                };
            })),
            defaultsFirst: true);
        using HttpClient client = Clients.Http(certificate: s_stranger);

        Assert.Equal(subject, await client.GetStringAsync(host.Address).WithDeadline());
        Assert.Equal(SslPolicyErrors.RemoteCertificateChainErrors, errors);
    }

    [Fact]
    public async Task What_s2n_cannot_do_of_Kestrels_defaults_is_refused_by_name()
    {
        NotSupportedException refusal = await Assert.ThrowsAsync<NotSupportedException>(() => WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ClientCertificateMode = ClientCertificateMode.DelayCertificate)),
            defaultsFirst: true));
        Assert.Contains("DelayCertificate", refusal.Message, StringComparison.Ordinal);

        refusal = await Assert.ThrowsAsync<NotSupportedException>(() => WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.SslProtocols = SslProtocols.Tls13)),
            defaultsFirst: true));
        Assert.Contains("SslProtocols", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_for_each_connection_are_refused_at_the_start_and_told_what_to_use_instead()
    {
        NotSupportedException authenticate = await Assert.ThrowsAsync<NotSupportedException>(() => WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.OnAuthenticate = static (_, _) => { })),
            defaultsFirst: true));
        InvalidOperationException callback = await Assert.ThrowsAsync<InvalidOperationException>(() => WebHostUnderTest.ListenAsync(
            listen => listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = static _ => ValueTask.FromResult(new SslServerAuthenticationOptions()) }),
            build: builder => builder.WebHost.UseS2n()));

        Assert.Contains("OnAuthenticate", authenticate.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(S2nContextSelector), authenticate.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(TlsHandshakeCallbackOptions), callback.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(S2nContextSelector), callback.Message, StringComparison.Ordinal);
    }

    private static Task<WebHostUnderTest> ListenAsync(Action<S2nHttpsOptions> configure) =>
        WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost, configure), Tell);

    private static void Tell(WebApplication application) => application.Run(async context =>
    {
        X509Certificate2? certificate = await context.Connection.GetClientCertificateAsync();
        Assert.Equal(certificate, context.Connection.ClientCertificate);
        await context.Response.WriteAsync(certificate?.Subject ?? "nobody");
    });
}
