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
        HttpProtocols protocols = SecuredEndpoint.Checked(Endpoint.Protocols, configuration.ConfigSection.Path);
        IReadOnlyList<SniSection> names = SniSection.AllOf(configuration);
        if (names.Count == 0)
        {
            S2nHttpsOptions options = Read(null);
            IHandshake handshake = EndpointContext.CreateHandshake(WithCertificate(options), protocols, Endpoint.ApplicationServices);
            SecuredEndpoint.Add(Endpoint, _ => handshake, options);
        }
        else
        {
            AddByServerName(names);
        }

        SecuredEndpoint.MarkAsHttps(Endpoint);
    }

    /// <summary>What is set for the endpoint is judged name by name: where all names set something else, it has no effect.</summary>
    private void AddByServerName(IReadOnlyList<SniSection> names)
    {
        (S2nHttpsOptions Options, ServerNameEntry Entry)[] made = [.. names.Select(Make)];
        var handshake = new ServerNameHandshake(configuration.ConfigSection.Key, new ServerNames([.. made.Select(static name => name.Entry)]));

        // Kestrel keeps the HTTP versions of a connection in a feature that is not public, and else takes the endpoint's: the connection has one of
        // those by ALPN. With all that any name has, ALPN decides, and that is by the name.
        Endpoint.Protocols = names.Aggregate(HttpProtocols.None, static (all, name) => all | name.Protocols);
        SecuredEndpoint.Add(Endpoint, _ => handshake, made[0].Options); // what counts before the name is known is the same in all
    }

    /// <exception cref="Exception">It cannot be done; the message has the path of the name.</exception>
    private (S2nHttpsOptions Options, ServerNameEntry Entry) Make(SniSection name)
    {
        string path = name.Section.Path;
        try
        {
            S2nHttpsOptions options = Read(name);
            return (options, Entry(name, options));
        }
        catch (NotSupportedException e) when (!e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new NotSupportedException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (!e.Message.Contains(path, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{path}: {e.Message}", e);
        }
    }

    private ServerNameEntry Entry(SniSection name, S2nHttpsOptions options)
    {
        HttpProtocols protocols = SecuredEndpoint.Checked(name.Protocols, name.Section.Path);
        if (protocols == HttpProtocols.None)
        {
            throw new InvalidOperationException($"{name.Section.Path}:Protocols: None leaves no HTTP version to answer in. Set one, or take the section away.");
        }

        return new ServerNameEntry(name.Name, protocols, EndpointContext.CreateSelector(WithCertificate(options), protocols, Endpoint.ApplicationServices));
    }

    private S2nHttpsOptions Read(SniSection? name)
    {
        HttpsConnectionAdapterOptions https = name?.Over(configuration.HttpsOptions) ?? configuration.HttpsOptions;
        var options = new S2nHttpsOptions();
        configureHttps?.Invoke(options);
        bool endpointHasOwn = HasCertificate(configuration.ConfigSection);
        bool hasOwn = name?.HasCertificate == true || endpointHasOwn;
        KestrelDefaults.Apply(https, options, withCertificate: hasOwn || !options.HasCertificate); // else it is the default one, and code has set another
        defaults?.Apply(Endpoint, options, withCertificates: !endpointHasOwn);
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
        if (Enum.TryParse<ClientCertificateMode>(section["ClientCertificateMode"], ignoreCase: true, out _)) // Kestrel takes no notice of another
        {
            options.Tls.ClientCertificateMode = KestrelDefaults.Mode(https.ClientCertificateMode);
        }
    }

    /// <summary>Whether there is what Kestrel takes for a certificate.</summary>
    private static bool HasCertificate(IConfigurationSection section) =>
        section.GetSection("Certificate") is var its && !(string.IsNullOrEmpty(its["Path"]) && string.IsNullOrEmpty(its["Subject"]));

    private S2nHttpsOptions WithCertificate(S2nHttpsOptions options)
    {
        if (!options.HasCertificate)
        {
            (options.ServerCertificate, options.ServerCertificateChain) = KestrelDefaults.Certificate(Endpoint); // says what is missing
        }

        return options;
    }
}
