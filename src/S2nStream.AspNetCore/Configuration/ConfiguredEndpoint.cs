using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using S2nTls.AspNetCore.Endpoints;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Configuration;

/// <summary>An https endpoint of Kestrel's configuration. What is set nearer to a connection goes first: its server name, the endpoint, all endpoints, code.</summary>
/// <param name="configuration">The endpoint, as Kestrel has read it.</param>
/// <param name="defaults">The section <c>S2n</c> of all endpoints.</param>
/// <param name="configureHttps">What code sets.</param>
internal sealed class ConfiguredEndpoint(EndpointConfiguration configuration, S2nSection? defaults, Action<S2nHttpsOptions>? configureHttps)
{
    private ListenOptions Endpoint => configuration.ListenOptions;

    /// <summary>
    /// Makes all that the endpoint needs, now: where a running server takes a changed configuration over, an exception here leaves the
    /// endpoint as it was, and one when it is bound anew would leave it closed.
    /// </summary>
    /// <exception cref="Exception">Something in the configuration has no meaning or cannot be done with s2n, or there is no certificate.</exception>
    internal void Secure()
    {
        S2nHttpsOptions options = Read(null);
        IReadOnlyList<SniSection> names = SniSection.AllOf(configuration);
        HttpProtocols protocols = SecuredEndpoint.Checked(Endpoint.Protocols, configuration.ConfigSection.Path);
        IHandshake handshake = names.Count == 0
            ? EndpointContext.CreateHandshake(WithCertificate(options), protocols, Endpoint.ApplicationServices)
            : ByServerName(names, protocols);
        SecuredEndpoint.Add(Endpoint, _ => handshake, options);
        SecuredEndpoint.MarkAsHttps(Endpoint);
    }

    private S2nHttpsOptions Read(SniSection? name)
    {
        HttpsConnectionAdapterOptions https = name?.Over(configuration.HttpsOptions) ?? configuration.HttpsOptions;
        var options = new S2nHttpsOptions();
        configureHttps?.Invoke(options);
        bool hasOwn = name?.HasCertificate == true || configuration.ConfigSection.GetSection("Certificate").Exists();
        KestrelDefaults.Apply(https, options, withCertificate: hasOwn || !options.HasCertificate); // else it is the default one, and code has set another
        defaults?.Apply(Endpoint, options, withCertificates: !configuration.ConfigSection.GetSection("Certificate").Exists());
        ApplyClientCertificateMode(configuration.ConfigSection, configuration.HttpsOptions, options);
        S2nSection.Of(configuration.ConfigSection)?.Apply(Endpoint, options);
        if (name is not null)
        {
            Apply(name, https, options);
        }

        KestrelDefaults.CheckVersions(https.SslProtocols, options);
        return options;
    }

    /// <exception cref="InvalidOperationException">It sets what cannot depend on the name.</exception>
    private void Apply(SniSection name, HttpsConnectionAdapterOptions https, S2nHttpsOptions options)
    {
        if (name.HasCertificate)
        {
            options.ClearCertificates(); // those of a section S2n of the endpoint
            (options.ServerCertificate, options.ServerCertificateChain) = (https.ServerCertificate, https.ServerCertificateChain);
        }

        ApplyClientCertificateMode(name.Section, https, options);
        TimeSpan timeout = options.HandshakeTimeout;
        S2nSection.Of(name.Section)?.Apply(Endpoint, options);
        if (options.HandshakeTimeout != timeout)
        {
            throw new InvalidOperationException($"{name.Section.Path}:S2n:HandshakeTimeout: it begins before the name is known. Set it for the endpoint.");
        }
    }

    /// <summary>What Kestrel's setting says in this very place goes before what a section <c>S2n</c> further away has said.</summary>
    private static void ApplyClientCertificateMode(IConfigurationSection section, HttpsConnectionAdapterOptions https, S2nHttpsOptions options)
    {
        if (section["ClientCertificateMode"] is not null)
        {
            options.Tls.ClientCertificateMode = KestrelDefaults.Mode(https.ClientCertificateMode);
        }
    }

    private S2nHttpsOptions WithCertificate(S2nHttpsOptions options)
    {
        if (!options.HasCertificate)
        {
            (options.ServerCertificate, options.ServerCertificateChain) = KestrelDefaults.Certificate(Endpoint); // says what is missing
        }

        return options;
    }

    private ServerNameHandshake ByServerName(IReadOnlyList<SniSection> names, HttpProtocols protocols)
    {
        return new ServerNameHandshake(configuration.ConfigSection.Key, new ServerNames([.. names.Select(Entry)]));

        ServerNameEntry Entry(SniSection name)
        {
            HttpProtocols its = SecuredEndpoint.Checked(name.Protocols ?? protocols, name.Section.Path);
            return new ServerNameEntry(name.Name, its, EndpointContext.CreateSelector(WithCertificate(Read(name)), its, Endpoint.ApplicationServices));
        }
    }
}
