using System.Net.Security;
using S2nTls.Certificates;
using S2nTls.Certificates.Roots;
using S2nTls.Certificates.Verification;
using S2nTls.Context;
using S2nTls.EarlyData;
using S2nTls.Interop;
using S2nTls.PreSharedKeys;
using S2nTls.Sessions;

namespace S2nTls;

/// <summary>
/// The configuration of clients or of servers, shared by all their connections: one <c>s2n_config</c>.
/// Thread-safe, and immutable but for <see cref="ReplaceCertificates"/>. Making one is expensive (it parses the trusted roots): make one and keep it.
/// </summary>
public sealed class S2nContext : IDisposable
{
    private readonly ConfigSource _configs;

    private S2nContext(ConfigSource configs, ConfigBuilder builder, S2nContextOptions options)
    {
        _configs = configs;
        IsServer = options is S2nServerOptions;
        IgnoreUnexpectedEof = options.IgnoreUnexpectedEof;
        KeyLog = builder.KeyLog;
        RecordSize = options.RecordSize ?? throw new ArgumentNullException(nameof(options), $"{nameof(options.RecordSize)} is null.");
        ApplicationProtocols = [.. options.ApplicationProtocols];
        ChecksRevocation = options.ChecksRevocation;
        PreSharedKeys = new PreSharedKeySet(options is S2nServerOptions server ? server.PreSharedKeys : ((S2nClientOptions)options).PreSharedKeys);
    }

    /// <summary>Whether it is for servers; otherwise it is for clients.</summary>
    public bool IsServer { get; }

    internal bool IgnoreUnexpectedEof { get; }

    internal S2nRecordSize RecordSize { get; }

    /// <summary>Where the secrets of connections are written, if anywhere.</summary>
    internal KeyLogFile? KeyLog { get; }

    internal IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; }

    internal bool ChecksRevocation { get; }

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

    /// <summary>What s2n verifies peers against; null where it does not look for revocation.</summary>
    internal IS2nRevocationListProvider? RevocationLists { get; private init; }

    /// <summary>What a client does about stapled OCSP responses.</summary>
    internal S2nOcspStapling OcspStapling { get; private init; }

    /// <summary>Whether a client asks for signed certificate timestamps.</summary>
    internal bool AsksForTimestamps { get; private init; }

    /// <summary>Where a client keeps sessions; null where it wants none.</summary>
    internal S2nSessionCache? SessionCache { get; private init; }

    /// <summary>What a client verifies; see <see cref="SessionOrigins"/>.</summary>
    internal string SessionOrigin { get; private init; } = string.Empty;

    /// <summary>Makes a context for clients.</summary>
    /// <exception cref="S2nException">s2n refuses an option.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The system has no trusted roots where they are looked for.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nContext CreateClient(S2nClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        PeerVerification? verification = options.RefusesCertificates ? null : new PeerVerification(options); // with no roots at all s2n trusts no certificate
        S2nSessionCache? sessions = options.AllowTlsResume && options.PreSharedKeys.Count == 0 ? options.SessionCache ?? new S2nMemorySessionCache() : null;
        bool selectsCertificateLater = options.SelectsCertificateLater;
        S2nOcspStapling stapling = options.OcspStapling;
        bool timestamps = options.RequestSignedCertificateTimestamps;
        if (stapling != S2nOcspStapling.None && verification is { IsJudged: true })
        {
            throw new ArgumentException(
                $"{nameof(options.OcspStapling)} is {stapling}, but other options have .NET verify the server, and it knows nothing of stapled responses.", nameof(options));
        }

        return Create(
            options,
            options.Certificate is null ? [] : [options.Certificate],
            null,
            (config, _) =>
            {
                TrustAnchors? trust = verification?.Apply(config);
                ConfigBuilder.AskForStaples(config, stapling, timestamps);
                if (selectsCertificateLater)
                {
                    ConfigBuilder.FollowSecrets(config);
                }

                if (sessions is not null)
                {
                    ConfigBuilder.TakeTickets(config);
                }

                return trust;
            },
            (configs, builder) => new S2nContext(configs, builder, options)
            {
                Validation = verification?.Validation,
                RevocationLists = verification?.RevocationLists,
                RefusesCertificates = options.RefusesCertificates,
                OcspStapling = stapling,
                AsksForTimestamps = timestamps,
                SessionCache = sessions,
                SessionOrigin = sessions is null ? string.Empty : SessionOrigins.Of(options, verification!.IsJudged),
            });
    }

    /// <summary>Makes a context for servers.</summary>
    /// <remarks>
    /// Where <see cref="S2nServerOptions.TicketKeys"/> is a ring that no other context uses, its provider is asked for keys here, and what it throws is thrown.
    /// Later its failures cost no handshake; see <see cref="TicketKeyRing.Failed"/>.
    /// </remarks>
    /// <inheritdoc cref="CreateClient" path="/exception"/>
    public static S2nContext CreateServer(S2nServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckCount(isServer: true, options.TakesPreSharedKeys, options.Certificates.Count, nameof(options));
        if (options.TakesPreSharedKeys && options.ClientCertificateMode != S2nClientCertificateMode.None)
        {
            throw new ArgumentException("A client that uses a pre-shared key shows no certificate: ask for one or the other.", nameof(options));
        }

        EarlyDataRules.Check(options);
        return options.ClientCertificateMode == S2nClientCertificateMode.None ? CreateAnonymousServer(options) : CreateMutualServer(options);
    }

    /// <summary>
    /// Has new connections show other certificates, in the place of those that the options had: without a new context,
    /// and without dropping connections. Handshakes that have begun, and connections that live, keep the old
    /// ones until they end. All or nothing: where this throws, nothing has changed. Thread-safe.
    /// </summary>
    /// <remarks>
    /// All else stays: options that are read once, ticket keys and kept sessions too, so sessions are resumed across a
    /// replacement. Two exceptions: a client does not offer a session in which it might have shown another certificate
    /// than it would now, and a client that trusts the system's roots loads them anew. The new config is made on the
    /// calling thread, beside the handshakes, which do not wait for it. The certificates can be disposed
    /// afterwards, as those of the options can.
    /// </remarks>
    /// <param name="certificates">A server's: at least one, with the meaning of <see cref="S2nServerOptions.Certificates"/>. A client's: one, or none to show none.</param>
    /// <exception cref="ArgumentException">There are too few or too many certificates, or one is null.</exception>
    /// <exception cref="S2nException">s2n refuses a certificate: the security policy does not allow it, say.</exception>
    /// <exception cref="ObjectDisposedException">The context, or a certificate, is disposed.</exception>
    public void ReplaceCertificates(params IReadOnlyList<S2nCertificate> certificates)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        var replacement = new OwnCertificates(certificates);
        try
        {
            CheckCount(IsServer, SelectPreSharedKey is not null, replacement.Count, nameof(certificates));
            _configs.Replace(replacement);
        }
        catch
        {
            replacement.Dispose();
            throw;
        }
    }

    /// <summary>Whether new connections can be shown a certificate.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    internal bool HasCertificate
    {
        get
        {
            ContextState state = Acquire();
            state.Release();
            return state.Certificates.Count > 0;
        }
    }

    /// <summary>What a new connection needs of the context; it is to be released when the connection has it.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    internal ContextState Acquire() => _configs.Acquire();

    /// <summary>Makes a context for servers that wait for the client's hello and then go on with another.</summary>
    internal static unsafe S2nContext CreateToReadHello()
    {
        var options = new S2nServerOptions { AllowTlsResume = false };
        return Create(
            options,
            [],
            null,
            static (config, _) =>
            {
                S2nError.Check(S2n.s2n_config_set_client_hello_cb(config, Callbacks.PauseAtClientHello, 0));
                S2nError.Check(S2n.s2n_config_set_client_hello_cb_mode(config, ClientHelloCallbackMode.NonBlocking));
                return null;
            },
            (configs, builder) => new S2nContext(configs, builder, options));
    }

    /// <summary>No new connection can be made with the context; those that live keep what they need until they end.</summary>
    public void Dispose() => _configs.Dispose();

    private static S2nContext CreateAnonymousServer(S2nServerOptions options)
    {
        TicketKeyRing? ring = options.AllowTlsResume && !options.TakesPreSharedKeys ? options.TicketKeys ?? TicketKeyRing.CreateRandom() : null;
        int? maxEarlyData = options.EarlyData?.MaxSize;
        return Create(
            options,
            options.Certificates,
            ring,
            (config, keys) =>
            {
                if (ring is not null && keys is not null)
                {
                    ConfigBuilder.IssueTickets(config, ring, keys);
                }

                ConfigBuilder.TakeEarlyData(config, maxEarlyData);
                return null;
            },
            (configs, builder) => new S2nContext(configs, builder, options)
            {
                SelectPreSharedKey = options.TakesPreSharedKeys ? options.PreSharedKeySelectionCallback ?? NoOtherKeys : null,
                EarlyDataGuard = options.EarlyData?.Guard,
            });
    }

    private static ValueTask<S2nPreSharedKey?> NoOtherKeys(PreSharedKeyOffer offer, CancellationToken cancellationToken) => default;

    /// <summary>It issues no tickets: a session that is resumed shows no certificate, and its client would be nobody (s2n keeps none in a ticket).</summary>
    private static S2nContext CreateMutualServer(S2nServerOptions options)
    {
        var verification = new PeerVerification(options);
        var mode = (CertAuthType)options.ClientCertificateMode;
        return Create(
            options,
            options.Certificates,
            null,
            (config, _) =>
            {
                S2nError.Check(S2n.s2n_config_set_client_auth_type(config, mode));
                return verification.Apply(config);
            },
            (configs, builder) => new S2nContext(configs, builder, options)
            {
                AsksForClientCertificate = true,
                Validation = verification.Validation,
                RevocationLists = verification.RevocationLists,
            });
    }

    /// <param name="options">What every config is made of. They are read now.</param>
    /// <param name="certificates">The first ones.</param>
    /// <param name="ring">Has the ticket keys; null where there are none.</param>
    /// <param name="complete">Completes a config, with the ticket keys of the moment. Called again for every config, so it must not read the options.</param>
    /// <param name="make">Makes the context.</param>
    private static S2nContext Create(
        S2nContextOptions options,
        IEnumerable<S2nCertificate> certificates,
        TicketKeyRing? ring,
        Func<ConfigHandle, TicketKeySet?, TrustAnchors?> complete,
        Func<ConfigSource, ConfigBuilder, S2nContext> make)
    {
        S2nRuntime.EnsureStarted();
        var builder = new ConfigBuilder(options);
        var configs = new ConfigSource(certificates, ring, (own, keys) => builder.Build(own.Set, config => complete(config, keys)));
        try
        {
            return make(configs, builder);
        }
        catch
        {
            configs.Dispose();
            throw;
        }
    }

    private static void CheckCount(bool isServer, bool takesPreSharedKeys, int count, string parameter)
    {
        if (isServer && count == 0 && !takesPreSharedKeys)
        {
            throw new ArgumentException("A server needs at least one certificate, or pre-shared keys.", parameter);
        }

        if (!isServer && count > 1)
        {
            throw new ArgumentException("A client has one certificate at most.", parameter);
        }
    }
}
