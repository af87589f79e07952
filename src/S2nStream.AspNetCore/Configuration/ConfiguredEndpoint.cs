using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using S2nTls.AspNetCore.Endpoints;
using S2nTls.AspNetCore.Fallback;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Configuration;

/// <summary>
/// An https endpoint of Kestrel's configuration. The most specific setting wins: first the server name's, then the endpoint's, then that for all
/// endpoints, then the code's.
/// </summary>
/// <param name="configuration">The endpoint, as Kestrel read it.</param>
/// <param name="defaults">The <c>S2n</c> section for all endpoints.</param>
/// <param name="configureHttps">Sets the options in code.</param>
internal sealed class ConfiguredEndpoint(EndpointConfiguration configuration, S2nSection? defaults, Action<S2nHttpsOptions>? configureHttps)
{
    private ListenOptions Endpoint => configuration.ListenOptions;

    /// <summary>
    /// Makes everything that the endpoint needs now: if a running server reloads its configuration, an exception here leaves the endpoint as it
    /// was, while one at its rebinding would leave it closed.
    /// </summary>
    /// <exception cref="Exception">A setting is invalid or not supported by s2n, or there is no certificate.</exception>
    internal void Secure()
    {
        HttpProtocols protocols = SecuredEndpoint.Checked(Endpoint.Protocols, configuration.ConfigSection.Path);
        if (Fallback() is { } settings)
        {
            LeaveToKestrel(settings);
            return;
        }

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

    /// <summary>The endpoint's settings if Kestrel's own https is to be used; null if s2n is.</summary>
    private S2nHttpsOptions? Fallback() =>
        !S2nStream.IsSupported && Read(null) is { FallsBack: true } options ? options : null;

    /// <summary>Kestrel secures the endpoint itself, by name if there is an <c>Sni</c> section.</summary>
    /// <exception cref="Exception">A setting is invalid, or one cannot be lost.</exception>
    private void LeaveToKestrel(S2nHttpsOptions options)
    {
        IConfigurationSection[] names = [.. configuration.ConfigSection.GetSection("Sni").GetChildren()];
        List<string> lost = [.. LostSettings.Of(options)];
        foreach (IConfigurationSection section in names.Select(static name => name.GetSection("S2n")).Where(static section => section.Exists()))
        {
            Refusals.CheckServerName(section);
            new S2nSection(section).Apply(Endpoint, new S2nHttpsOptions(), withCertificates: false); // refuses unknown settings
            lost.AddRange(section.GetChildren().Select(static setting => setting.Path));
        }

        KestrelHttps.Apply(options, configuration.HttpsOptions, hasServerNames: names.Length > 0);
        SecuredEndpoint.Claim(Endpoint);
        FallbackLog.Warn(Endpoint, lost);
    }

    /// <summary>Checks the endpoint's settings for each name: a setting that all names override has no effect.</summary>
    private void AddByServerName(IReadOnlyList<SniSection> names)
    {
        (S2nHttpsOptions Options, ServerNameEntry Entry)[] made = [.. names.Select(Make)];
        var handshake = new ServerNameHandshake(configuration.ConfigSection.Key, new ServerNames([.. made.Select(static name => name.Entry)]));

        // Kestrel reads a connection's HTTP versions from a non-public feature, otherwise from the endpoint; ALPN picks one of them. So the endpoint
        // gets the versions of all names, and ALPN, which depends on the name, decides.
        Endpoint.Protocols = names.Aggregate(HttpProtocols.None, static (all, name) => all | name.Protocols);
        SecuredEndpoint.Add(Endpoint, _ => handshake, made[0].Options); // the settings that apply before the name is known are the same for all
    }

    /// <exception cref="Exception">A setting is invalid or not supported; the message contains the name's path.</exception>
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
            throw new InvalidOperationException($"{name.Section.Path}:Protocols: None leaves no HTTP version. Set one, or remove the section.");
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
        KestrelDefaults.Apply(https, options, withCertificate: hasOwn || !options.HasCertificate); // otherwise it is the default one, and code has set another
        defaults?.Apply(Endpoint, options, withCertificates: !endpointHasOwn);
        ApplyClientCertificateMode(configuration.ConfigSection, configuration.HttpsOptions, options);
        S2nSection.Of(configuration.ConfigSection)?.Apply(Endpoint, options);
        if (name is not null)
        {
            Apply(name, https, options);
        }

        if (!options.FallsBack)
        {
            KestrelDefaults.CheckVersions(https.SslProtocols, options);
        }

        return options;
    }

    /// <exception cref="InvalidOperationException">A setting cannot depend on the name.</exception>
    private void Apply(SniSection name, HttpsConnectionAdapterOptions https, S2nHttpsOptions options)
    {
        if (name.HasCertificate)
        {
            options.ClearCertificates(); // those of the endpoint's S2n section
            (options.ServerCertificate, options.ServerCertificateChain) = (https.ServerCertificate, https.ServerCertificateChain);
        }

        ApplyClientCertificateMode(name.Section, https, options);
        TimeSpan timeout = options.HandshakeTimeout;
        S2nSection.Of(name.Section)?.Apply(Endpoint, options);
        if (options.HandshakeTimeout != timeout)
        {
            throw new InvalidOperationException($"{name.Section.Path}:S2n:HandshakeTimeout: the time starts before the name is known. Set it for the endpoint.");
        }
    }

    /// <summary>Kestrel's setting in this section takes precedence over a less specific <c>S2n</c> section.</summary>
    private static void ApplyClientCertificateMode(IConfigurationSection section, HttpsConnectionAdapterOptions https, S2nHttpsOptions options)
    {
        if (Enum.TryParse<ClientCertificateMode>(section["ClientCertificateMode"], ignoreCase: true, out _)) // Kestrel ignores any other value
        {
            options.Tls.ClientCertificateMode = KestrelDefaults.Mode(https.ClientCertificateMode);
        }
    }

    /// <summary>Whether the section has what Kestrel takes for a certificate.</summary>
    private static bool HasCertificate(IConfigurationSection section) =>
        section.GetSection("Certificate") is var its && !(string.IsNullOrEmpty(its["Path"]) && string.IsNullOrEmpty(its["Subject"]));

    private S2nHttpsOptions WithCertificate(S2nHttpsOptions options)
    {
        if (!options.HasCertificate)
        {
            (options.ServerCertificate, options.ServerCertificateChain) = KestrelDefaults.Certificate(Endpoint); // its exception says what is missing
        }

        return options;
    }
}
