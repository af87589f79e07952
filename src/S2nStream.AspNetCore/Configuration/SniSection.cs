using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using S2nTls.AspNetCore.Endpoints;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Configuration;

/// <summary>
/// One server name in a section <c>Sni</c> of Kestrel's configuration: what it sets goes before what is set for the endpoint.
/// </summary>
/// <remarks>
/// Kestrel reads it itself, so that certificates in all the forms it knows, and values, mean what they always do: a section of a name has the settings of
/// an endpoint's, but for the URL. So it is given to other options as an endpoint, which nobody binds.
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

    /// <summary>The HTTP versions: its own, or else the endpoint's.</summary>
    internal HttpProtocols Protocols { get; }

    internal bool HasCertificate => _read.ServerCertificate is not null;

    /// <exception cref="InvalidOperationException">A setting has no meaning, or there are two sections for one name; the message has the path.</exception>
    internal static IReadOnlyList<SniSection> AllOf(EndpointConfiguration endpoint)
    {
        SniSection[] all = [.. endpoint.ConfigSection.GetSection("Sni").GetChildren().Select(name => new SniSection(name, Read(name, endpoint)))];
        if (all.GroupBy(static section => section.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(static same => same.Count() > 1) is { } same)
        {
            throw new InvalidOperationException(
                $"{string.Join(", ", same.Select(static section => section.Section.Path))}: these are spellings of one name. Keep one of them.");
        }

        return all;
    }

    /// <summary>The endpoint's options with what is set here.</summary>
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

    /// <summary>The endpoint's settings are the defaults here, so that Kestrel decides what is a setting and what is as good as none.</summary>
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
            defaults.ServerCertificateSelector = static (_, _) => throw SecuredEndpoint.Unreachable(); // else Kestrel looks for a default certificate
        });
        KestrelConfigurationLoader loader = nobody.Configure(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        EndpointConfiguration? read = null;
        loader.Endpoint(section.Key, its =>
        {
            read = its;
            SecuredEndpoint.MarkAsHttps(its.ListenOptions); // else Kestrel asks for a certificate
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
