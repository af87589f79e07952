using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using S2nTls.AspNetCore.Fallback;

namespace S2nTls.AspNetCore.Tests.Fallback;

/// <summary>An endpoint's settings given to Kestrel's own https: it refuses whom s2n refuses, or it is not used.</summary>
public class KestrelHttpsTests
{
    private static readonly X509Certificate2 s_known = TestAuthority.Default.Issue(subject: "CN=client", forClients: true);
    private static readonly X509Certificate2 s_stranger = new TestAuthority("strangers").Issue(subject: "CN=client", forClients: true);
    private static readonly X509Certificate2 s_server = TestAuthority.Default.Issue(subject: "CN=client");
    private static readonly X509Certificate2 s_root = CertificateMaker.Authority("Clients' Root");
    private static readonly X509Certificate2 s_intermediate = CertificateMaker.Authority("Clients' Intermediate", s_root);
    private static readonly X509Certificate2 s_throughIntermediate =
        CertificateMaker.Leaf(s_intermediate, subject: "CN=client", usage: CertificateMaker.ClientAuthentication);

    /// <summary>What <see cref="KestrelHttps"/> carries over; every other option is in the log, or refused.</summary>
    private static readonly HashSet<string> s_carried =
    [
        nameof(S2nServerOptions.ClientCertificateMode), nameof(S2nServerOptions.TrustedRoots), nameof(S2nServerOptions.CertificateChainPolicy),
        nameof(S2nServerOptions.CertificateRevocationCheckMode), nameof(S2nServerOptions.AllowTlsResume),
    ];

    public static TheoryData<string, S2nClientCertificateMode, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, S2nClientCertificateMode, string>();
            foreach (string trust in new[] { "roots", "policy", "others" })
            {
                foreach (S2nClientCertificateMode mode in Enum.GetValues<S2nClientCertificateMode>())
                {
                    foreach (string client in new[] { "known", "stranger", "server", "nobody" })
                    {
                        cases.Add(trust, mode, client);
                    }
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task The_same_clients_are_served_as_by_s2n(string trust, S2nClientCertificateMode mode, string client)
    {
        string byS2n = await ServeAsync(trust, mode, client, isS2n: true);
        Assert.Equal(byS2n, await ServeAsync(trust, mode, client, isS2n: false));
        Assert.Equal(
            mode == S2nClientCertificateMode.None || (mode == S2nClientCertificateMode.Optional && client == "nobody") ? "served"
            : client == "known" && trust is "roots" or "policy" ? "served CN=client"
            : "refused",
            byS2n);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_intermediate_among_the_roots_which_s2n_refuses_is_no_root_for_Kestrel_either(bool isRootThere)
    {
        var options = new S2nHttpsOptions { ServerCertificate = TestAuthority.Localhost };
        options.Tls.ClientCertificateMode = S2nClientCertificateMode.Required;
        options.Tls.TrustedRoots = isRootThere ? [Public(s_intermediate), Public(s_root)] : [Public(s_intermediate)];
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseHttps(https => KestrelHttps.Apply(options, https)));
        Assert.Equal(isRootThere, await GetAsync(host.Address, s_throughIntermediate) != "refused");
    }

    [Fact]
    public void Every_option_of_s2n_is_carried_over_or_named_as_lost_or_refused()
    {
        foreach (PropertyInfo property in typeof(S2nServerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var options = new S2nHttpsOptions();
            options.Tls.ClientCertificateMode = S2nClientCertificateMode.Required;
            Set(property, options.Tls);
            string name = property.Name == nameof(S2nServerOptions.OcspStapler) ? "OcspStapling" : property.Name;
            IReadOnlyList<string> lost = LostSettings.Of(options);
            bool isRefused = Record.Exception(() => Refusals.Check(options, hasServerNames: false)) is NotSupportedException refused
                && refused.Message.Contains($"Tls.{name}", StringComparison.Ordinal);
            string[] fates = [.. new[] { (s_carried.Contains(name), "carried"), (lost.Contains($"Tls.{name}"), "lost"), (isRefused, "refused") }.Where(one => one.Item1).Select(one => one.Item2)];
            Assert.True(fates.Length == 1, $"{name}: {string.Join(", ", fates)}");
        }
    }

    [Fact]
    public void Nothing_is_lost_or_refused_of_the_defaults()
    {
        Assert.Empty(LostSettings.Of(new S2nHttpsOptions()));
        Refusals.Check(new S2nHttpsOptions(), hasServerNames: true);
    }

    [Fact]
    public void A_callback_for_the_hello_is_refused_where_Kestrel_would_not_call_it()
    {
        var options = new S2nHttpsOptions { TlsClientHelloBytesCallback = static (_, _) => { } };
        var https = new HttpsConnectionAdapterOptions();
        KestrelHttps.Apply(options, https);
        Assert.Same(options.TlsClientHelloBytesCallback, https.TlsClientHelloBytesCallback);
        Assert.Contains(
            nameof(options.TlsClientHelloBytesCallback),
            Assert.Throws<NotSupportedException>(() => KestrelHttps.Apply(options, https, hasServerNames: true)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Kestrels_own_settings_stay_and_those_that_s2ns_replaced_do_not()
    {
        static bool Validate(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors) => errors == SslPolicyErrors.None;
        var https = new HttpsConnectionAdapterOptions
        {
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = Validate,
            CheckCertificateRevocation = true,
            HandshakeTimeout = TimeSpan.FromSeconds(3),
            ServerCertificateSelector = static (_, _) => null,
        };
        var options = new S2nHttpsOptions();
        Configuration.KestrelDefaults.Apply(https, options);
        options.HandshakeTimeout = Timeout.InfiniteTimeSpan; // Kestrel would end each connection with an error
        options.ClearCertificates();
        options.ServerCertificate = TestAuthority.Localhost;
        KestrelHttps.Apply(options, https);

        Assert.Equal(ClientCertificateMode.RequireCertificate, https.ClientCertificateMode);
        Assert.Equal(Validate, https.ClientCertificateValidation!);
        Assert.Null(https.ServerCertificateSelector);
        Assert.Same(TestAuthority.Localhost, https.ServerCertificate);
        Assert.Equal(TimeSpan.FromMilliseconds(uint.MaxValue - 1), https.HandshakeTimeout);
        var ssl = new SslServerAuthenticationOptions();
        https.OnAuthenticate!(null!, ssl);
        Assert.Equal(X509RevocationMode.Online, ssl.CertificateRevocationCheckMode);

        options.Tls.RemoteCertificateValidationCallback = null;
        KestrelHttps.Apply(options, https);
        Assert.Null(https.ClientCertificateValidation);
    }

    [Fact]
    public void Roots_keep_the_check_for_revocation_and_a_policy_downloads_nothing()
    {
        var options = new S2nHttpsOptions();
        options.Tls.TrustedRoots = TestAuthority.Default.Roots;
        options.Tls.CertificateRevocationCheckMode = X509RevocationMode.Offline;
        options.Tls.AllowTlsResume = false;
        SslServerAuthenticationOptions ssl = Apply(options);
        Assert.False(ssl.AllowTlsResume);
        Assert.Equal((X509RevocationMode.Offline, X509ChainTrustMode.CustomRootTrust), (ssl.CertificateChainPolicy!.RevocationMode, ssl.CertificateChainPolicy.TrustMode));

        options = new S2nHttpsOptions();
        options.Tls.CertificateChainPolicy = new X509ChainPolicy { VerificationFlags = X509VerificationFlags.IgnoreRootRevocationUnknown };
        ssl = Apply(options);
        Assert.True(ssl.CertificateChainPolicy!.DisableCertificateDownloads);
        Assert.Equal(X509VerificationFlags.IgnoreRootRevocationUnknown, ssl.CertificateChainPolicy.VerificationFlags);
        Assert.False(options.Tls.CertificateChainPolicy.DisableCertificateDownloads); // the caller's
    }

    [Fact]
    public void An_encrypted_key_is_read_with_its_password()
    {
        using var directory = new TempDirectory();
        PemFiles.Write(directory, TestAuthority.Localhost);
        using (ECDsa key = TestAuthority.Localhost.GetECDsaPrivateKey()!)
        {
            File.WriteAllText(directory.PathOf(PemFiles.Key), key.ExportEncryptedPkcs8PrivateKeyPem("secret", new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        }

        var options = new S2nHttpsOptions();
        options.CertificateFiles.Add(new S2nCertificateFiles(directory.PathOf(PemFiles.Certificate), directory.PathOf(PemFiles.Key)) { Password = "secret" });
        options.CertificateFiles.Add(new S2nCertificateFiles("second.pem", "second.key"));
        var https = new HttpsConnectionAdapterOptions();
        KestrelHttps.Apply(options, https);
        Assert.Equal(TestAuthority.Localhost.Thumbprint, https.ServerCertificate!.Thumbprint);
        Assert.True(https.ServerCertificate.HasPrivateKey);
        Assert.Equal([$"changes to {directory.PathOf(PemFiles.Certificate)}", "second.pem"], LostSettings.Of(options));
    }

    private static X509Certificate2 Public(X509Certificate2 certificate) => X509CertificateLoader.LoadCertificate(certificate.RawData);

    private static SslServerAuthenticationOptions Apply(S2nHttpsOptions options)
    {
        var https = new HttpsConnectionAdapterOptions();
        KestrelHttps.Apply(options, https);
        var ssl = new SslServerAuthenticationOptions();
        https.OnAuthenticate!(null!, ssl);
        return ssl;
    }

    private static async Task<string> ServeAsync(string trust, S2nClientCertificateMode mode, string client, bool isS2n)
    {
        void Configure(S2nHttpsOptions https)
        {
            https.ServerCertificate = TestAuthority.Localhost;
            https.Tls.MaxBlindingDelay = TimeSpan.Zero;
            https.Tls.ClientCertificateMode = mode;
            https.Tls.CertificateChainPolicy = trust == "policy" ? TestAuthority.Default.ChainPolicy : null;
            https.Tls.TrustedRoots = trust switch
            {
                "roots" => TestAuthority.Default.Roots,
                "others" => new TestAuthority("others").Roots,
                _ => null,
            };
        }

        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen =>
            {
                if (isS2n)
                {
                    listen.UseS2n(Configure);
                    return;
                }

                var options = new S2nHttpsOptions();
                Configure(options);
                listen.UseHttps(https => KestrelHttps.Apply(options, https));
            },
            static application => application.Run(static context => context.Response.WriteAsync($"served {context.Connection.ClientCertificate?.Subject}".TrimEnd())));
        return await GetAsync(host.Address, client switch
        {
            "known" => s_known,
            "stranger" => s_stranger,
            "server" => s_server,
            _ => null,
        });
    }

    private static async Task<string> GetAsync(Uri address, X509Certificate2? certificate)
    {
        // As a context, it is sent even if the server names other authorities, or if it is not for clients.
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            },
        };
        using var http = new HttpClient(handler);
        try
        {
            return await http.GetStringAsync(address).WithDeadline();
        }
        catch (HttpRequestException)
        {
            return "refused";
        }
    }

    /// <summary>Gives a property some value other than its default.</summary>
    private static void Set(PropertyInfo property, S2nServerOptions tls)
    {
        object? value = property.Name switch
        {
            nameof(tls.SecurityPolicy) => S2nSecurityPolicy.DefaultPostQuantum,
            nameof(tls.ClientCertificateMode) => S2nClientCertificateMode.Required,
            nameof(tls.RecordSize) => S2nRecordSize.LowLatency,
            nameof(tls.TrustedRoots) => TestAuthority.Default.Roots,
            nameof(tls.CertificateChainPolicy) => TestAuthority.Default.ChainPolicy,
            nameof(tls.CertificateRevocationCheckMode) => X509RevocationMode.Online,
            nameof(tls.RevocationLists) => new S2nRevocationListStore(),
            nameof(tls.RemoteCertificateValidationCallback) => new RemoteCertificateValidationCallback(static (_, certificate, _, _) => certificate is not null),
            nameof(tls.PreSharedKeySelectionCallback) => new S2nPreSharedKeySelectionCallback(static (_, _) => default),
            nameof(tls.TicketKeys) => new S2nTicketKeyRing(new S2nSharedSecretTicketKeys(RandomNumberGenerator.GetBytes(32))),
            nameof(tls.EarlyData) => new S2nEarlyDataOptions(new S2nSingleUseEarlyDataGuard()),
            nameof(tls.OcspStapler) => null,
            _ when property.PropertyType == typeof(bool) => !(bool)property.GetValue(tls)!,
            _ when property.PropertyType == typeof(int) => (int)property.GetValue(tls)! + 1,
            _ when property.PropertyType == typeof(TimeSpan?) => TimeSpan.FromSeconds(1),
            _ => null,
        };
        if (property.CanWrite)
        {
            property.SetValue(tls, value);
            return;
        }

        switch (property.Name)
        {
            case nameof(tls.ApplicationProtocols):
                tls.ApplicationProtocols.Add(SslApplicationProtocol.Http11);
                break;
            case nameof(tls.Certificates):
                tls.Certificates.Add(S2nCertificate.FromX509(TestAuthority.Localhost));
                break;
            case nameof(tls.PreSharedKeys):
                tls.PreSharedKeys.Add(new S2nPreSharedKey("identity"u8, RandomNumberGenerator.GetBytes(32)));
                break;
            default:
                Assert.Fail($"The test does not know {property.Name}.");
                break;
        }
    }
}
