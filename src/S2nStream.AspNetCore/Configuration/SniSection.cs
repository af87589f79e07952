using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using S2nTls.AspNetCore.Endpoints;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Configuration;

/// <summary>
/// One server name in an <c>Sni</c> section of Kestrel's configuration. Its settings override the endpoint's.
/// </summary>
/// <remarks>
/// Kestrel itself reads it, so that certificates in all their forms, and values, mean what they always do: a name's section has the settings of an
/// endpoint's, except for the URL. So it is passed to separate options as an endpoint that is never bound.
/// </remarks>
internal sealed class SniSection
{
    private const string Url = "https://localhost:1";

    private readonly HttpsConnectionAdapterOptions _read;

    private SniSection(IConfigurationSection section, EndpointConfiguration read)
    {
        Section = section;
        Name = InternationalName.ToAscii(section.Key);
        Protocols = read.ListenOptions.Protocols;
        _read = read.HttpsOptions;
    }

    internal IConfigurationSection Section { get; }

    /// <summary>In ASCII.</summary>
    internal string Name { get; }

    /// <summary>The HTTP versions: the name's own, otherwise the endpoint's.</summary>
    internal HttpProtocols Protocols { get; }

    internal bool HasCertificate => _read.ServerCertificate is not null;

    /// <exception cref="InvalidOperationException">A setting is invalid, or two sections are for the same name; the message contains the path.</exception>
    internal static IReadOnlyList<SniSection> AllOf(EndpointConfiguration endpoint)
    {
        SniSection[] all = [.. endpoint.ConfigSection.GetSection("Sni").GetChildren().Select(name => new SniSection(name, Read(name, endpoint)))];
        if (all.GroupBy(static section => section.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(static same => same.Count() > 1) is { } same)
        {
            throw new InvalidOperationException(
                $"{string.Join(", ", same.Select(static section => section.Section.Path))}: these are spellings of the same name. Keep one.");
        }

        return all;
    }

    /// <summary>The endpoint's options, with the name's settings applied.</summary>
    internal HttpsConnectionAdapterOptions Over(HttpsConnectionAdapterOptions endpoint) => new()
    {
        ServerCertificate = HasCertificate ? _read.ServerCertificate : endpoint.ServerCertificate,
        ServerCertificateChain = HasCertificate ? _read.ServerCertificateChain : endpoint.ServerCertificateChain,
        ServerCertificateSelector = HasCertificate ? null : endpoint.ServerCertificateSelector,
        ClientCertificateMode = _read.ClientCertificateMode,
        ClientCertificateValidation = endpoint.ClientCertificateValidation,
        CheckCertificateRevocation = endpoint.CheckCertificateRevocation,
        SslProtocols = _read.SslProtocols,
        HandshakeTimeout = endpoint.HandshakeTimeout,
        OnAuthenticate = endpoint.OnAuthenticate,
        TlsClientHelloBytesCallback = endpoint.TlsClientHelloBytesCallback, // called before the name is known
    };

    /// <summary>The endpoint's settings are the defaults, so that Kestrel decides which values count as settings.</summary>
    private static EndpointConfiguration Read(IConfigurationSection section, EndpointConfiguration endpoint)
    {
        IEnumerable<KeyValuePair<string, string?>> settings = section.AsEnumerable(makePathsRelative: true)
            .Where(static setting => setting.Value is not null)
            .Select(setting => KeyValuePair.Create($"Endpoints:{section.Key}:{setting.Key}", setting.Value))
            .Append(KeyValuePair.Create($"Endpoints:{section.Key}:Url", (string?)Url));
        var nobody = new KestrelServerOptions { ApplicationServices = endpoint.ListenOptions.ApplicationServices };
        nobody.ConfigureEndpointDefaults(defaults => defaults.Protocols = endpoint.ListenOptions.Protocols);
        nobody.ConfigureHttpsDefaults(defaults =>
        {
            defaults.ClientCertificateMode = endpoint.HttpsOptions.ClientCertificateMode;
            defaults.SslProtocols = endpoint.HttpsOptions.SslProtocols;
            defaults.ServerCertificateSelector = static (_, _) => throw SecuredEndpoint.Unreachable(); // otherwise Kestrel looks for a default certificate
        });
        KestrelConfigurationLoader loader = nobody.Configure(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        EndpointConfiguration? read = null;
        loader.Endpoint(section.Key, its =>
        {
            read = its;
            SecuredEndpoint.MarkAsHttps(its.ListenOptions); // otherwise Kestrel wants a certificate
        });
        try
        {
            loader.Load();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{section.Path}: {e.Message}", e);
        }

        return read!;
    }
}
