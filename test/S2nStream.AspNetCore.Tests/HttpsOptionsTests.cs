using System.Net.Security;
using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using S2nTls.AspNetCore.Configuration;
using S2nTls.AspNetCore.Endpoints;

namespace S2nTls.AspNetCore.Tests;

/// <summary>
/// Kestrel's https options, one by one: each that can be set is passed on to the last, and there it is honoured or refused by its name. One that a
/// later version of Kestrel adds fails here.
/// </summary>
public class HttpsOptionsTests
{
    private static readonly X509Certificate2Collection s_chain = [TestAuthority.Localhost];

    /// <summary>For each: a value that is not the default; and where it is honoured, what comes of it.</summary>
    private static readonly Dictionary<string, (object Value, Func<S2nHttpsOptions, bool>? IsHonoured)> s_known = new()
    {
        [nameof(HttpsConnectionAdapterOptions.ServerCertificate)] =
            (TestAuthority.Localhost, options => options.ServerCertificate == TestAuthority.Localhost),
        [nameof(HttpsConnectionAdapterOptions.ServerCertificateChain)] =
            (s_chain, options => options.ServerCertificateChain == s_chain),
        [nameof(HttpsConnectionAdapterOptions.ServerCertificateSelector)] =
            ((Func<Microsoft.AspNetCore.Connections.ConnectionContext?, string?, X509Certificate2?>)((_, _) => null), options => options.ServerCertificateSelector is not null),
        [nameof(HttpsConnectionAdapterOptions.ClientCertificateMode)] =
            (ClientCertificateMode.RequireCertificate, options => options.Tls.ClientCertificateMode == S2nClientCertificateMode.Required),
        [nameof(HttpsConnectionAdapterOptions.ClientCertificateValidation)] =
            ((Func<X509Certificate2, X509Chain?, SslPolicyErrors, bool>)((_, _, _) => false),
                options => options.Tls.RemoteCertificateValidationCallback?.Invoke(options, TestAuthority.Localhost, null, SslPolicyErrors.None) == false),
        [nameof(HttpsConnectionAdapterOptions.CheckCertificateRevocation)] =
            (true, options => options.Tls.CertificateRevocationCheckMode == X509RevocationMode.Online),
        [nameof(HttpsConnectionAdapterOptions.HandshakeTimeout)] =
            (TimeSpan.FromSeconds(7), options => options.HandshakeTimeout == TimeSpan.FromSeconds(7)),
        [nameof(HttpsConnectionAdapterOptions.TlsClientHelloBytesCallback)] =
            ((Action<Microsoft.AspNetCore.Connections.ConnectionContext, System.Buffers.ReadOnlySequence<byte>>)((_, _) => { }), options => options.TlsClientHelloBytesCallback is not null),
        [nameof(HttpsConnectionAdapterOptions.SslProtocols)] = (SslProtocols.Tls13, null),
        [nameof(HttpsConnectionAdapterOptions.OnAuthenticate)] =
            ((Action<Microsoft.AspNetCore.Connections.ConnectionContext, SslServerAuthenticationOptions>)((_, _) => { }), null),
    };

    private static IEnumerable<PropertyInfo> Settable => typeof(HttpsConnectionAdapterOptions).GetProperties().Where(property => property.CanWrite);

    public static TheoryData<string> Names => [.. Settable.Select(property => property.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_is_honoured_or_refused_by_its_name(string name)
    {
        Assert.True(s_known.TryGetValue(name, out (object Value, Func<S2nHttpsOptions, bool>? IsHonoured) known), $"{name} is new: UseS2n is to honour it or to refuse it.");
        var https = new HttpsConnectionAdapterOptions();
        typeof(HttpsConnectionAdapterOptions).GetProperty(name)!.SetValue(https, known.Value);
        var options = new S2nHttpsOptions();
        if (known.IsHonoured is { } isHonoured)
        {
            Assert.False(isHonoured(options));
            Apply();
            Assert.True(isHonoured(options));
        }
        else
        {
            Assert.Contains(name, Assert.Throws<NotSupportedException>(Apply).Message, StringComparison.Ordinal);
        }

        void Apply()
        {
            KestrelDefaults.Apply(https, options);
            KestrelDefaults.CheckVersions(https.SslProtocols, options);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_that_ConfigureHttpsDefaults_sets_reaches_the_endpoint(string name)
    {
        (object value, Func<S2nHttpsOptions, bool>? isHonoured) = s_known[name];
        var options = new S2nHttpsOptions();
        Exception? ended = await Record.ExceptionAsync(() => WebHostUnderTest.ListenAsync(
            listen =>
            {
                KestrelDefaults.Configure(listen, options, static _ => { });
                throw new OperationCanceledException(); // that is all that is wanted
            },
            build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(
                https => typeof(HttpsConnectionAdapterOptions).GetProperty(name)!.SetValue(https, value))),
            defaultsFirst: true));

        if (isHonoured is null)
        {
            Assert.Contains(name, Assert.IsType<NotSupportedException>(ended).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.IsType<OperationCanceledException>(ended);
            Assert.True(isHonoured(options));
        }
    }

    /// <summary>A name's section without settings changes nothing.</summary>
    [Fact]
    public async Task All_that_an_endpoint_has_are_its_names_too()
    {
        HttpsConnectionAdapterOptions? over = null;
        await using WebHostUnderTest host = await WebHostUnderTest.StartAsync(builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Kestrel:Endpoints:A:Url"] = "https://127.0.0.1:0", ["Kestrel:Endpoints:A:Sni:*:Other"] = "" });
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = TestAuthority.Localhost);
                kestrel.ConfigurationLoader!.Endpoint("A", endpoint =>
                {
                    Set(endpoint.HttpsOptions);
                    over = Assert.Single(SniSection.AllOf(endpoint)).Over(endpoint.HttpsOptions);
                });
            });
        });

        ExpectAll(over!);
    }

    /// <summary>Its intermediates are those of all endpoints, where the certificate is the endpoint's.</summary>
    [Theory]
    [InlineData(false)] // what Kestrel itself does
    [InlineData(true)]
    public async Task A_chain_that_is_set_for_all_is_sent_with_an_endpoints_own_certificate(bool overS2n)
    {
        (X509Certificate2 intermediate, X509Certificate2 leaf) = TestAuthority.Default.IssueThroughIntermediate();
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => _ = overS2n ? listen.UseS2n(leaf) : listen.UseHttps(leaf),
            build: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https => https.ServerCertificateChain = [intermediate])),
            defaultsFirst: true);
        using HttpClient client = Clients.Http();

        Assert.EndsWith("https", await client.GetStringAsync(host.Address).WithDeadline(), StringComparison.Ordinal);
    }

    private static void Set(HttpsConnectionAdapterOptions https)
    {
        foreach (PropertyInfo property in Settable)
        {
            property.SetValue(https, s_known[property.Name].Value);
        }
    }

    private static void ExpectAll(HttpsConnectionAdapterOptions https)
    {
        var fresh = new HttpsConnectionAdapterOptions();
        Assert.All(Settable, property =>
        {
            Assert.NotEqual(property.GetValue(fresh), s_known[property.Name].Value); // so that the copy is seen
            Assert.Equal(s_known[property.Name].Value, property.GetValue(https));
        });
    }
}
