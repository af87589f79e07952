using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using S2nTls.AspNetCore.Endpoints;
using S2nTls.AspNetCore.Fallback;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Configuration;

/// <summary>
/// An <c>S2n</c> section of the configuration. An unknown or invalid setting is refused by its path: it might be a misspelt one that secures
/// something.
/// </summary>
internal sealed class S2nSection(IConfigurationSection section)
{
    private const string Certificate = "Certificate";
    private const string Certificates = "Certificates";
    private const string Path = "Path";
    private const string KeyPath = "KeyPath";
    private const string Password = "Password";

    internal static S2nSection? Of(IConfigurationSection parent) =>
        parent.GetSection("S2n") is var section && section.Exists() ? new S2nSection(section) : null;

    /// <param name="endpoint">The endpoint, to resolve file names.</param>
    /// <param name="options">Receives the settings.</param>
    /// <param name="withCertificates">Whether to use its certificates: false if a more specific section sets one.</param>
    /// <exception cref="InvalidOperationException">A setting or its value is unknown; the message contains its path.</exception>
    internal void Apply(ListenOptions endpoint, S2nHttpsOptions options, bool withCertificates = true)
    {
        if (withCertificates)
        {
            ReadCertificates(endpoint, options);
        }

        foreach (IConfigurationSection setting in section.GetChildren())
        {
            Apply(setting, endpoint, options);
        }
    }

    private static void Apply(IConfigurationSection setting, ListenOptions endpoint, S2nHttpsOptions options)
    {
        S2nServerOptions tls = options.Tls;
        options.PathsInConfiguration[setting.Key] = setting.Path;
        try
        {
            switch (setting.Key.ToUpperInvariant())
            {
                case "SECURITYPOLICY":
                    tls.SecurityPolicy = new S2nSecurityPolicy(setting.Value!);
                    break;
                case "CLIENTCERTIFICATEMODE":
                    tls.ClientCertificateMode = Mode(setting.Value);
                    break;
                case "TRUSTEDROOTS":
                    tls.TrustedRoots = Roots(CertificateFiles.Resolve(endpoint, setting.Value!));
                    break;
                case "HANDSHAKETIMEOUT":
                    options.HandshakeTimeout = TimeSpan.Parse(setting.Value!, CultureInfo.InvariantCulture);
                    break;
                case "MAXBLINDINGDELAY":
                    tls.MaxBlindingDelay = TimeSpan.Parse(setting.Value!, CultureInfo.InvariantCulture);
                    break;
                case "ALLOWTLSRESUME":
                    tls.AllowTlsResume = bool.Parse(setting.Value!);
                    break;
                case "ALLOWKEYLOGFILE":
                    tls.AllowKeyLogFile = bool.Parse(setting.Value!);
                    break;
                case "OCSPSTAPLING":
                    tls.OcspStapler = bool.Parse(setting.Value!) ? tls.OcspStapler ?? options.DefaultStapler : null;
                    break;
                case "CERTIFICATE" or "CERTIFICATES":
                    break; // read separately, as a whole
                default:
                    throw new FormatException("Unknown setting.");
            }
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InvalidOperationException($"{setting.Path} = '{setting.Value}': {e.Message}", e);
        }
    }

    /// <summary>Accepts s2n's names, and Kestrel's.</summary>
    private static S2nClientCertificateMode Mode(string? name) => name?.ToUpperInvariant() switch
    {
        "NONE" or "NOCERTIFICATE" => S2nClientCertificateMode.None,
        "OPTIONAL" or "ALLOWCERTIFICATE" => S2nClientCertificateMode.Optional,
        "REQUIRED" or "REQUIRECERTIFICATE" => S2nClientCertificateMode.Required,
        _ => throw new FormatException("It must be None, Optional or Required."),
    };

    private static X509Certificate2Collection Roots(string path)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        return roots;
    }

    private void ReadCertificates(ListenOptions endpoint, S2nHttpsOptions options)
    {
        IConfigurationSection[] all = [.. new[] { section.GetSection(Certificate) }.Where(one => one.Exists()), .. section.GetSection(Certificates).GetChildren()];
        if (all.Length == 0)
        {
            return;
        }

        options.ClearCertificates(); // these replace the endpoint's others
        foreach (IConfigurationSection one in all)
        {
            Add(one, endpoint, options);
        }
    }

    private static void Check(S2nCertificateFiles files, S2nHttpsOptions options)
    {
        if (options.FallsBack)
        {
            PemCertificate.Read(files).Certificate.Dispose();
        }
        else
        {
            files.Load().Dispose();
        }
    }

    /// <summary>Kestrel has one certificate: the first.</summary>
    private static void AddToKestrels(S2nHttpsOptions read, string path, S2nHttpsOptions options)
    {
        if (options.HasCertificate)
        {
            options.CertificatesLost.Add(path);
        }
        else
        {
            (options.ServerCertificate, options.ServerCertificateChain) = (read.ServerCertificate, read.ServerCertificateChain);
        }
    }

    private static void Add(IConfigurationSection section, ListenOptions endpoint, S2nHttpsOptions options)
    {
        if (section.GetChildren().FirstOrDefault(setting => !new[] { Path, KeyPath, Password }.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new InvalidOperationException($"{unknown.Path}: Unknown setting. A certificate has {Path}, {KeyPath} and {Password}.");
        }

        try
        {
            string path = CertificateFiles.Resolve(endpoint, section[Path] ?? throw new FormatException($"{Path} is missing."));
            if (section[KeyPath] is { } keyPath)
            {
                var files = new S2nCertificateFiles(path, CertificateFiles.Resolve(endpoint, keyPath)) { Password = section[Password] };
                Check(files, options); // so that errors in them are reported with the setting's path
                options.CertificateFiles.Add(files);
                return;
            }

            var read = new S2nHttpsOptions();
            CertificateFiles.ReadPkcs12(path, section[Password], read);
            if (options.FallsBack)
            {
                AddToKestrels(read, path, options);
                return;
            }

            using X509Certificate2 certificate = read.ServerCertificate!;
            options.Tls.Certificates.Add(EndpointContext.ToS2n(certificate, read.ServerCertificateChain, HandshakeLog.Create(endpoint.ApplicationServices)));
        }
        catch (Exception e) when (e is FormatException or ArgumentException or IOException or UnauthorizedAccessException or CryptographicException
            or InvalidOperationException or NotSupportedException)
        {
            throw new InvalidOperationException($"{section.Path}: {e.Message}", e);
        }
    }
}
