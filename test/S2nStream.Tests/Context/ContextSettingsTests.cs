using System.Net.Security;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Context;

namespace S2nTls.Tests.Context;

/// <summary>Whoever shares contexts compares their settings: each option must be in them, or a context would be shared with one that wants something else.</summary>
public class ContextSettingsTests
{
    private static readonly S2nPreSharedKey s_key = Key();

    /// <summary>Not of the settings: they can be replaced, and contexts are shared for each certificate apart.</summary>
    private static readonly string[] s_certificates = [nameof(S2nClientOptions.Certificate), nameof(S2nServerOptions.Certificates)];

    private static readonly Dictionary<string, Action<S2nContextOptions>> s_common = new()
    {
        [nameof(S2nContextOptions.SecurityPolicy)] = options => options.SecurityPolicy = S2nSecurityPolicy.DefaultFips,
        [nameof(S2nContextOptions.ApplicationProtocols)] = options => options.ApplicationProtocols.Add(SslApplicationProtocol.Http2),
        [nameof(S2nContextOptions.TrustedRoots)] = options => options.TrustedRoots = TestAuthority.Default.Roots,
        [nameof(S2nContextOptions.RemoteCertificateValidationCallback)] = options => options.RemoteCertificateValidationCallback = (_, _, _, _) => false,
        [nameof(S2nContextOptions.CertificateChainPolicy)] = options => options.CertificateChainPolicy = TestAuthority.Default.ChainPolicy,
        [nameof(S2nContextOptions.CertificateRevocationCheckMode)] = options => options.CertificateRevocationCheckMode = X509RevocationMode.Offline,
        [nameof(S2nContextOptions.RevocationLists)] = options => options.RevocationLists = new S2nRevocationListStore(),
        [nameof(S2nContextOptions.IgnoreUnexpectedEof)] = options => options.IgnoreUnexpectedEof = true,
        [nameof(S2nContextOptions.MaxBlindingDelay)] = options => options.MaxBlindingDelay = TimeSpan.FromSeconds(3),
        [nameof(S2nContextOptions.RecordSize)] = options => options.RecordSize = S2nRecordSize.LowLatency,
        [nameof(S2nContextOptions.IgnoreWarningAlerts)] = options => options.IgnoreWarningAlerts = true,
        [nameof(S2nContextOptions.AllowTlsResume)] = options => options.AllowTlsResume = false,
        [nameof(S2nContextOptions.RequireTicketForwardSecrecy)] = options => options.RequireTicketForwardSecrecy = true,
    };

    private static readonly Dictionary<string, Action<S2nClientOptions>> s_client = new()
    {
        [nameof(S2nClientOptions.MaxFragmentLength)] = options => options.MaxFragmentLength = 512,
        [nameof(S2nClientOptions.SessionCache)] = options => options.SessionCache = new S2nMemorySessionCache(),
        [nameof(S2nClientOptions.OcspStapling)] = options => options.OcspStapling = S2nOcspStapling.Request,
        [nameof(S2nClientOptions.RequestSignedCertificateTimestamps)] = options => options.RequestSignedCertificateTimestamps = true,
        [nameof(S2nClientOptions.PreSharedKeys)] = options => options.PreSharedKeys.Add(Key()),
        [nameof(S2nClientOptions.RequirePreSharedKey)] = options =>
        {
            options.PreSharedKeys.Add(s_key);
            options.RequirePreSharedKey = false;
        },
    };

    private static readonly Dictionary<string, Action<S2nServerOptions>> s_server = new()
    {
        [nameof(S2nServerOptions.ClientCertificateMode)] = options => options.ClientCertificateMode = S2nClientCertificateMode.Optional,
        [nameof(S2nServerOptions.AcceptMaxFragmentLength)] = options => options.AcceptMaxFragmentLength = true,
        [nameof(S2nServerOptions.TicketKeys)] = options => options.TicketKeys = S2nTicketKeyRing.CreateRandom(),
        [nameof(S2nServerOptions.OcspStapler)] = options => options.OcspStapler = new S2nOcspStapler(),
        [nameof(S2nServerOptions.SessionTicketCount)] = options => options.SessionTicketCount = 2,
        [nameof(S2nServerOptions.SessionLifetime)] = options => options.SessionLifetime = TimeSpan.FromHours(1),
        [nameof(S2nServerOptions.EarlyData)] = options => options.EarlyData = new S2nEarlyDataOptions(new S2nSingleUseEarlyDataGuard()),
        [nameof(S2nServerOptions.PreSharedKeys)] = options => options.PreSharedKeys.Add(Key()),
        [nameof(S2nServerOptions.PreSharedKeySelectionCallback)] = options => options.PreSharedKeySelectionCallback = (_, _) => default,
    };

    public static TheoryData<string> ClientOptions => [.. PropertiesOf<S2nClientOptions>()];

    public static TheoryData<string> ServerOptions => [.. PropertiesOf<S2nServerOptions>()];

    [Theory, MemberData(nameof(ClientOptions))]
    public void Contexts_of_clients_whose_options_differ_in_anything_are_not_alike(string option)
    {
        var changed = new S2nClientOptions();
        var plain = new S2nClientOptions();
        if (option == nameof(S2nClientOptions.RequirePreSharedKey))
        {
            plain.PreSharedKeys.Add(s_key); // it says something where there is a key
        }

        Change(option, changed, s_client);
        Assert.NotEqual(ContextSettings.Of(plain), ContextSettings.Of(changed));
    }

    [Theory, MemberData(nameof(ServerOptions))]
    public void Contexts_of_servers_whose_options_differ_in_anything_are_not_alike(string option)
    {
        bool asks = s_common.ContainsKey(option);
        S2nServerOptions Plain() => new() { ClientCertificateMode = asks ? S2nClientCertificateMode.Required : S2nClientCertificateMode.None };
        S2nServerOptions changed = Plain();
        Change(option, changed, s_server);
        Assert.NotEqual(ContextSettings.Of(Plain()), ContextSettings.Of(changed));
    }

    [Fact]
    public void What_is_equal_is_alike_whatever_the_objects()
    {
        static S2nClientOptions Options() => new()
        {
            ApplicationProtocols = { new SslApplicationProtocol("one"), SslApplicationProtocol.Http2 },
            TrustedRoots = [X509CertificateLoader.LoadCertificate(TestAuthority.Default.Roots[0].RawData)],
        };

        ContextSettings one = ContextSettings.Of(Options()), other = ContextSettings.Of(Options());
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    private static IEnumerable<string> PropertiesOf<T>() => typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Select(property => property.Name)
        .Except([.. s_certificates, nameof(S2nContextOptions.AllowKeyLogFile)]); // which says something where the environment does: KeyLogTests

    private static void Change<T>(string option, T options, Dictionary<string, Action<T>> own)
        where T : S2nContextOptions
    {
        if (s_common.TryGetValue(option, out Action<S2nContextOptions>? common))
        {
            common(options);
        }
        else
        {
            Assert.True(own.ContainsKey(option), $"{option} is new: say here how it is changed.");
            own[option](options);
        }
    }

    private static S2nPreSharedKey Key() => new("somebody"u8, Enumerable.Repeat((byte)7, 32).ToArray());
}
