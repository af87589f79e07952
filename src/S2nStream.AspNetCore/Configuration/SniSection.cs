using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using S2nTls.AspNetCore.Endpoints;

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
    private const string CertificateKey = "Certificate";

    private readonly HttpsConnectionAdapterOptions _read;

    private SniSection(IConfigurationSection section, EndpointConfiguration read)
    {
        Section = section;
        _read = read.HttpsOptions;
        Protocols = section["Protocols"] is null ? null : read.ListenOptions.Protocols;
    }

    internal IConfigurationSection Section { get; }

    internal string Name => Section.Key;

    /// <summary>The HTTP versions; null for the endpoint's.</summary>
    internal HttpProtocols? Protocols { get; }

    internal bool HasCertificate => Section.GetSection(CertificateKey).Exists();

    /// <exception cref="InvalidOperationException">A setting has no meaning; the message has its path.</exception>
    internal static IReadOnlyList<SniSection> AllOf(EndpointConfiguration endpoint) =>
        [.. endpoint.ConfigSection.GetSection("Sni").GetChildren().Select(name => new SniSection(name, Read(name, endpoint.ListenOptions.ApplicationServices)))];

    /// <summary>The endpoint's options with what is set here.</summary>
    internal HttpsConnectionAdapterOptions Over(HttpsConnectionAdapterOptions endpoint) => new()
    {
        ServerCertificate = HasCertificate ? _read.ServerCertificate : endpoint.ServerCertificate,
        ServerCertificateChain = HasCertificate ? _read.ServerCertificateChain : endpoint.ServerCertificateChain,
        ServerCertificateSelector = HasCertificate ? null : endpoint.ServerCertificateSelector,
        ClientCertificateMode = Section["ClientCertificateMode"] is null ? endpoint.ClientCertificateMode : _read.ClientCertificateMode,
        ClientCertificateValidation = endpoint.ClientCertificateValidation,
        CheckCertificateRevocation = endpoint.CheckCertificateRevocation,
        SslProtocols = Section.GetSection("SslProtocols").Exists() ? _read.SslProtocols : endpoint.SslProtocols,
        HandshakeTimeout = endpoint.HandshakeTimeout,
        OnAuthenticate = endpoint.OnAuthenticate,
        TlsClientHelloBytesCallback = endpoint.TlsClientHelloBytesCallback, // called before the name is known
    };

    private static EndpointConfiguration Read(IConfigurationSection section, IServiceProvider services)
    {
        IEnumerable<KeyValuePair<string, string?>> settings = section.AsEnumerable(makePathsRelative: true)
            .Where(static setting => setting.Value is not null)
            .Select(setting => KeyValuePair.Create($"Endpoints:{section.Key}:{setting.Key}", setting.Value))
            .Append(KeyValuePair.Create($"Endpoints:{section.Key}:Url", (string?)Url));
        var nobody = new KestrelServerOptions { ApplicationServices = services };
        KestrelConfigurationLoader loader = nobody.Configure(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        EndpointConfiguration? read = null;
        loader.Endpoint(section.Key, endpoint =>
        {
            read = endpoint;
            SecuredEndpoint.MarkAsHttps(endpoint.ListenOptions); // else Kestrel asks for a certificate
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
