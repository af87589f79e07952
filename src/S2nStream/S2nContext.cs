using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Engine;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>
/// The configuration of clients or of servers, shared by all their connections: one <c>s2n_config</c>.
/// Immutable and thread-safe. Making one is expensive (it parses the trusted roots): make one and keep it.
/// </summary>
public sealed class S2nContext : IDisposable
{
    private readonly ConfigSource _configs;
    private readonly ConfigBuilder _builder;

    private S2nContext(ConfigSource configs, ConfigBuilder builder, S2nContextOptions options)
    {
        _configs = configs;
        _builder = builder;
        IsServer = options is S2nServerOptions;
        IgnoreUnexpectedEof = options.IgnoreUnexpectedEof;
        KeyLog = builder.KeyLog;
        RecordSize = options.RecordSize ?? throw new ArgumentNullException(nameof(options), $"{nameof(options.RecordSize)} is null.");
        ApplicationProtocols = [.. options.ApplicationProtocols];
        ChecksRevocation = options.ChecksRevocation;
        ServerCertificate = (options as S2nServerOptions)?.Certificates.FirstOrDefault()?.Leaf.RawData;
        PreSharedKeys = new PreSharedKeySet(options is S2nServerOptions server ? server.PreSharedKeys : ((S2nClientOptions)options).PreSharedKeys);
    }

    /// <summary>The config for a new connection.</summary>
    internal ConfigHandle Config => _configs.Current;

    internal bool IsServer { get; }

    internal bool IgnoreUnexpectedEof { get; }

    internal S2nRecordSize RecordSize { get; }

    /// <summary>Where the secrets of connections are written, if anywhere.</summary>
    internal KeyLogFile? KeyLog { get; }

    internal IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; }

    internal bool ChecksRevocation { get; }

    /// <summary>A server's first certificate, DER.</summary>
    internal byte[]? ServerCertificate { get; }

    internal bool AsksForClientCertificate { get; private init; }

    /// <summary>What a client offers, or a server knows without asking.</summary>
    internal PreSharedKeySet PreSharedKeys { get; }

    /// <summary>Whether a client takes no certificate in the place of a pre-shared key.</summary>
    internal bool RefusesCertificates { get; private init; }

    /// <summary>Chooses a server's pre-shared key; null where it takes none.</summary>
    internal PreSharedKeySelectionCallback? SelectPreSharedKey { get; private init; }

    /// <summary>Decides on a server's early data; null where it takes none.</summary>
    internal EarlyDataGuard? EarlyDataGuard { get; private init; }

    /// <summary>.NET's judgement of peers; null where s2n's own verification decides.</summary>
    internal CertificateValidation? Validation { get; private init; }

    internal X509Certificate2? ClientCertificate { get; private init; }

    /// <summary>Where a client keeps sessions; null where it wants none.</summary>
    internal S2nSessionCache? SessionCache { get; private init; }

    /// <summary>What a client verifies and shows: a session that was made otherwise is not offered.</summary>
    internal string SessionOrigin { get; private init; } = string.Empty;

    /// <summary>Makes a context for clients.</summary>
    /// <exception cref="S2nException">s2n refuses an option.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The system has no trusted roots where they are looked for.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nContext CreateClient(S2nClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CertificateValidation? validation = options.RefusesCertificates ? null : ValidationOf(options);
        S2nSessionCache? sessions = options.AllowTlsResume && options.PreSharedKeys.Count == 0 ? options.SessionCache ?? new S2nMemorySessionCache() : null;
        return Create(options, options.Certificate is null ? [] : [options.Certificate], builder =>
        {
            ConfigHandle config = builder.Build(config =>
            {
                if (!options.RefusesCertificates) // with no roots at all s2n trusts no certificate
                {
                    Verify(config, options, validation);
                }

                if (options.SelectsCertificateLater)
                {
                    ConfigBuilder.FollowSecrets(config);
                }

                if (sessions is not null)
                {
                    ConfigBuilder.TakeTickets(config);
                }
            });
            return new S2nContext(new ConfigSource(config), builder, options)
            {
                // A copy: the context outlives what the caller disposes.
                ClientCertificate = options.Certificate is { } own ? X509CertificateLoader.LoadCertificate(own.Leaf.RawData) : null,
                Validation = validation,
                RefusesCertificates = options.RefusesCertificates,
                SessionCache = sessions,
                SessionOrigin = sessions is null ? string.Empty : SessionOrigins.Of(options, isJudged: IsJudged(options, validation)),
            };
        });
    }

    /// <summary>Makes a context for servers.</summary>
    /// <inheritdoc cref="CreateClient" path="/exception"/>
    public static S2nContext CreateServer(S2nServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Certificates.Count == 0 && !options.TakesPreSharedKeys)
        {
            throw new ArgumentException("A server needs at least one certificate, or pre-shared keys.", nameof(options));
        }

        if (options.TakesPreSharedKeys && options.ClientCertificateMode != S2nClientCertificateMode.None)
        {
            throw new ArgumentException("A client that uses a pre-shared key shows no certificate: ask for one or the other.", nameof(options));
        }

        EarlyDataRules.Check(options);
        return options.ClientCertificateMode == S2nClientCertificateMode.None ? CreateAnonymousServer(options) : CreateMutualServer(options);
    }

    /// <summary>Makes a context for servers that wait for the client's hello and then go on with another.</summary>
    internal static unsafe S2nContext CreateToReadHello()
    {
        var options = new S2nServerOptions { AllowTlsResume = false };
        return Create(options, [], builder => new S2nContext(
            new ConfigSource(builder.Build(config =>
            {
                S2nError.ThrowIf(S2n.s2n_config_set_client_hello_cb(config, TlsEngine.ClientHelloPause, 0) != S2n.Success);
                S2nError.ThrowIf(S2n.s2n_config_set_client_hello_cb_mode(config, ClientHelloCallbackMode.NonBlocking) != S2n.Success);
            })),
            builder,
            options));
    }

    /// <summary>No new connection can be made with the context; those that live keep what they need until they end.</summary>
    public void Dispose()
    {
        _configs.Dispose();
        _builder.Dispose();
        ClientCertificate?.Dispose();
    }

    private static S2nContext CreateAnonymousServer(S2nServerOptions options)
    {
        TicketKeyRing? ring = options.AllowTlsResume && !options.TakesPreSharedKeys ? options.TicketKeys ?? TicketKeyRing.CreateRandom() : null;
        int? maxEarlyData = options.EarlyData?.MaxSize;
        return Create(options, options.Certificates, builder => new S2nContext(
            ring is null
                ? new ConfigSource(builder.Build(config => ConfigBuilder.TakeEarlyData(config, maxEarlyData)))
                : new ConfigSource(ring, period => builder.Build(config =>
                {
                    ConfigBuilder.IssueTickets(config, ring, period);
                    ConfigBuilder.TakeEarlyData(config, maxEarlyData);
                })),
            builder,
            options)
        {
            SelectPreSharedKey = options.TakesPreSharedKeys ? options.PreSharedKeySelectionCallback ?? NoOtherKeys : null,
            EarlyDataGuard = options.EarlyData?.Guard,
        });
    }

    private static ValueTask<S2nPreSharedKey?> NoOtherKeys(PreSharedKeyOffer offer, CancellationToken cancellationToken) => default;

    /// <summary>It issues no tickets: a session that is resumed shows no certificate, and its client would be nobody (s2n keeps none in a ticket).</summary>
    private static S2nContext CreateMutualServer(S2nServerOptions options)
    {
        CertificateValidation? validation = ValidationOf(options);
        return Create(options, options.Certificates, builder =>
        {
            ConfigHandle config = builder.Build(config =>
            {
                Verify(config, options, validation);
                S2nError.ThrowIf(S2n.s2n_config_set_client_auth_type(config, (CertAuthType)options.ClientCertificateMode) != S2n.Success);
            });
            return new S2nContext(new ConfigSource(config), builder, options) { AsksForClientCertificate = true, Validation = validation };
        });
    }

    private static S2nContext Create(S2nContextOptions options, IEnumerable<S2nCertificate> certificates, Func<ConfigBuilder, S2nContext> complete)
    {
        S2nRuntime.EnsureStarted();
        var builder = new ConfigBuilder(options, certificates);
        try
        {
            return complete(builder);
        }
        catch
        {
            builder.Dispose();
            throw;
        }
    }

    private static CertificateValidation? ValidationOf(S2nContextOptions options)
    {
        CheckRoots(options.TrustedRoots);
        return options.IsJudgedPerConnection ? null : CertificateValidation.For(options, options is S2nServerOptions);
    }

    private static bool IsJudged(S2nContextOptions options, CertificateValidation? validation) => options.IsJudgedPerConnection || validation is not null;

    /// <summary>Sets up s2n's own verification, or .NET's in its place.</summary>
    private static void Verify(ConfigHandle config, S2nContextOptions options, CertificateValidation? validation)
    {
        if (IsJudged(options, validation))
        {
            ConfigBuilder.LeaveVerification(config, options is S2nServerOptions);
        }
        else
        {
            ConfigBuilder.TrustRoots(config, CertificateValidation.Roots(options));
        }
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
}
