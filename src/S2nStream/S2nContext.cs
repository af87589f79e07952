using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using S2nTls.Engine;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// The configuration of clients or of servers, shared by all their connections: one <c>s2n_config</c>.
/// Immutable and thread-safe. Making one is expensive (it parses the trusted roots): make one and keep it.
/// </summary>
public sealed class S2nContext : IDisposable
{
    private S2nContext(ConfigHandle config, bool isServer, S2nContextOptions options)
    {
        Config = config;
        IsServer = isServer;
        IgnoreUnexpectedEof = options.IgnoreUnexpectedEof;
        ApplicationProtocols = [.. options.ApplicationProtocols];
        ChecksRevocation = (options.CertificateChainPolicy?.RevocationMode ?? options.CertificateRevocationCheckMode) != X509RevocationMode.NoCheck;
    }

    internal ConfigHandle Config { get; }

    internal bool IsServer { get; }

    internal bool IgnoreUnexpectedEof { get; }

    internal IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; }

    internal bool ChecksRevocation { get; }

    internal bool AsksForClientCertificate { get; private init; }

    /// <summary>.NET's judgement of peers; null where s2n's own verification decides.</summary>
    internal CertificateValidation? Validation { get; private init; }

    internal X509Certificate2? ClientCertificate { get; private init; }

    /// <summary>Makes a context for clients.</summary>
    /// <exception cref="S2nException">s2n refuses an option.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The system has no trusted roots where they are looked for.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nContext CreateClient(S2nClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(options, config =>
        {
            CertificateValidation? validation = VerifyPeers(config, options, isServer: false);
            if (options.Certificate is { } certificate)
            {
                AddCertificate(config, certificate.Handle);
            }

            return new S2nContext(config, isServer: false, options)
            {
                // A copy: the context outlives what the caller disposes.
                ClientCertificate = options.Certificate is { } own ? X509CertificateLoader.LoadCertificate(own.Leaf.RawData) : null,
                Validation = validation,
            };
        });
    }

    /// <summary>Makes a context for servers.</summary>
    /// <inheritdoc cref="CreateClient" path="/exception"/>
    public static S2nContext CreateServer(S2nServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Certificates.Count == 0)
        {
            throw new ArgumentException("A server needs at least one certificate.", nameof(options));
        }

        return Create(options, config =>
        {
            foreach (S2nCertificate certificate in options.Certificates)
            {
                AddCertificate(config, certificate.Handle);
            }

            if (options.ApplicationProtocols.Count > 0)
            {
                RefuseOtherApplicationProtocols(config);
            }

            bool asks = options.ClientCertificateMode != S2nClientCertificateMode.None;
            CertificateValidation? validation = asks ? VerifyPeers(config, options, isServer: true) : null;
            S2nError.ThrowIf(S2n.s2n_config_set_client_auth_type(config, (CertAuthType)options.ClientCertificateMode) != S2n.Success);
            return new S2nContext(config, isServer: true, options) { AsksForClientCertificate = asks, Validation = validation };
        });
    }

    /// <summary>No new connection can be made with the context; those that live keep what they need until they end.</summary>
    public void Dispose()
    {
        Config.Dispose();
        ClientCertificate?.Dispose();
    }

    private static S2nContext Create(S2nContextOptions options, Func<ConfigHandle, S2nContext> complete)
    {
        S2nRuntime.EnsureStarted();
        ConfigHandle config = ConfigHandle.Create();
        try
        {
            ArgumentNullException.ThrowIfNull(options.SecurityPolicy, nameof(options));
            S2nError.ThrowIf(S2n.s2n_config_set_cipher_preferences(config, options.SecurityPolicy.Name) != S2n.Success);
            SetApplicationProtocols(config, options.ApplicationProtocols);
            SetBlindingDelay(config, options.MaxBlindingDelay);
            return complete(config);
        }
        catch
        {
            config.Dispose();
            throw;
        }
    }

    private static void AddCertificate(ConfigHandle config, CertificateHandle certificate)
    {
        config.AddCertificate(certificate);
        if (certificate.HasSigner)
        {
            TlsEngine.UseSigners(config);
        }
    }

    private static unsafe void SetApplicationProtocols(ConfigHandle config, IEnumerable<SslApplicationProtocol> protocols)
    {
        foreach (SslApplicationProtocol protocol in protocols)
        {
            ReadOnlySpan<byte> name = protocol.Protocol.Span;
            if (name.IsEmpty)
            {
                throw new ArgumentException("An application protocol has no name.", nameof(protocols));
            }

            fixed (byte* bytes = name)
            {
                // SslApplicationProtocol admits 255 bytes at most, as the wire does.
                S2nError.ThrowIf(S2n.s2n_config_append_protocol_preference(config, bytes, (byte)name.Length) != S2n.Success);
            }
        }
    }

    private static unsafe void RefuseOtherApplicationProtocols(ConfigHandle config) =>
        S2nError.ThrowIf(S2n.s2n_config_set_client_hello_cb(config, TlsEngine.ClientHelloCallback, 0) != S2n.Success);

    private static void SetBlindingDelay(ConfigHandle config, TimeSpan? delay)
    {
        if (delay is not { } max)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(max, TimeSpan.Zero, nameof(S2nContextOptions.MaxBlindingDelay));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, TimeSpan.FromHours(1), nameof(S2nContextOptions.MaxBlindingDelay));
        S2nError.ThrowIf(S2n.s2n_config_set_max_blinding_delay(config, (uint)Math.Ceiling(max.TotalSeconds)) != S2n.Success);
    }

    /// <summary>Sets up s2n's own verification, or .NET's in its place.</summary>
    private static unsafe CertificateValidation? VerifyPeers(ConfigHandle config, S2nContextOptions options, bool isServer)
    {
        CertificateValidation? validation = CertificateValidation.For(options, isServer);
        CheckRoots(options.TrustedRoots);
        if (validation is null)
        {
            TrustRoots(config, CertificateValidation.Roots(options));
            return null;
        }

        S2nError.ThrowIf(S2n.s2n_config_disable_x509_verification(config) != S2n.Success);
        S2nError.ThrowIf(S2n.s2n_config_set_cert_validation_cb(config, TlsEngine.CertificateValidationCallback, 0) != S2n.Success);
        if (!isServer)
        {
            // Only with a handshake's secret can a client see what the server has sent.
            S2nError.ThrowIf(S2n.s2n_config_set_key_log_cb(config, TlsEngine.KeyLogCallback, 0) != S2n.Success);
        }

        return validation;
    }

    /// <summary>.NET trusts self-signed roots only, while s2n takes any certificate for an anchor: what both take is allowed.</summary>
    private static void CheckRoots(X509Certificate2Collection? roots)
    {
        if (roots?.Count == 0)
        {
            throw new ArgumentException("The collection of trusted roots is empty: nothing could be verified.", nameof(roots));
        }

        if (roots?.FirstOrDefault(root => !CertificateValidation.IsSelfIssued(root)) is { } intermediate)
        {
            throw new ArgumentException($"'{intermediate.Subject}' is no root: it was issued by '{intermediate.Issuer}'.", nameof(roots));
        }
    }

    private static void TrustRoots(ConfigHandle config, X509Certificate2Collection? roots)
    {
        if (roots is null)
        {
            SystemRoots.AddTo(config);
            return;
        }

        foreach (X509Certificate2 root in roots)
        {
            AddRoot(config, root.ExportCertificatePem());
        }
    }

    internal static unsafe void AddRoot(ConfigHandle config, string pem)
    {
        byte[] text = Encoding.UTF8.GetBytes(pem + "\0");
        fixed (byte* bytes = text)
        {
            S2nError.ThrowIf(S2n.s2n_config_add_pem_to_trust_store(config, bytes) != S2n.Success);
        }
    }
}
