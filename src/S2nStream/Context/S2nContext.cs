using System.Net.Security;
using System.Runtime.Versioning;
using S2nTls.Certificates;
using S2nTls.Certificates.Verification;
using S2nTls.Context;
using S2nTls.Interop;
using S2nTls.PreSharedKeys;
using S2nTls.Sessions;
using S2nTls.Telemetry;

namespace S2nTls;

/// <summary>
/// The configuration of clients or servers, shared by all their connections: one <c>s2n_config</c>. Thread-safe, and immutable except for
/// <see cref="ReplaceCertificates"/>. Making one is expensive (it parses the trusted roots): make one and keep it.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class S2nContext : IDisposable
{
    private readonly ConfigSource _configs;

    private S2nContext(ContextSettings settings, PeerVerification? verification, ConfigSource configs)
    {
        _configs = configs;
        Settings = settings;
        Validation = verification?.Validation;
        PreSharedKeys = new PreSharedKeySet(settings.PreSharedKeys);
        SessionCache = settings.KeepsSessions ? settings.SessionCache ?? new S2nMemorySessionCache() : null;
        SessionTerms = settings.KeepsSessions ? Sessions.SessionTerms.Of(settings) : string.Empty;
    }

    /// <summary>Whether the context is for servers; otherwise it is for clients.</summary>
    public bool IsServer => Settings.IsServer;

    /// <summary>The settings that it was made from.</summary>
    internal ContextSettings Settings { get; }

    /// <summary>.NET's validation of peers; null if s2n's own verification decides, or each connection brings its own.</summary>
    internal CertificateValidation? Validation { get; }

    /// <summary>The keys that a client offers, or that a server knows without asking.</summary>
    internal PreSharedKeySet PreSharedKeys { get; }

    /// <summary>Where a client keeps sessions; null if it does not.</summary>
    internal S2nSessionCache? SessionCache { get; }

    /// <summary>What a client verifies; see <see cref="Sessions.SessionTerms"/>.</summary>
    internal string SessionTerms { get; }

    /// <summary>Makes a context for clients.</summary>
    /// <exception cref="S2nException">s2n refuses an option.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The system's trusted roots were not found.</exception>
    /// <exception cref="PlatformNotSupportedException">s2n does not run on this platform (<see cref="S2nStream.IsSupported"/>).</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    public static S2nContext CreateClient(S2nClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        S2nRuntime.EnsureStarted();
        return Create(ContextSettings.Of(options), options.Certificate is null ? [] : [options.Certificate]);
    }

    /// <summary>Makes a context for servers.</summary>
    /// <remarks>
    /// If <see cref="S2nServerOptions.TicketKeys"/> is a ring that no other context uses, its provider is asked for keys here, and an exception
    /// from it is thrown. Later failures of the provider do not fail a handshake; see <see cref="S2nTicketKeyRing.Failed"/>.
    /// </remarks>
    /// <inheritdoc cref="CreateClient" path="/exception"/>
    public static S2nContext CreateServer(S2nServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        S2nRuntime.EnsureStarted();
        return Create(ContextSettings.Of(options), [.. options.Certificates]);
    }

    /// <summary>
    /// Makes new connections use other certificates, in place of those in the options: without a new context, and without dropping connections.
    /// Handshakes in progress and open connections keep the old ones until they end. All or nothing: if this throws, nothing has changed.
    /// Thread-safe.
    /// </summary>
    /// <remarks>
    /// All else stays, including options that are read once, ticket keys and cached sessions, so sessions are resumed across a replacement. Two
    /// exceptions: a client does not offer a session in which it might have sent another certificate than it would now, and a client that trusts
    /// the system's roots reloads them. The new config is made on the calling thread, and handshakes do not wait for it. The certificates can be
    /// disposed afterwards, as can those in the options.
    /// </remarks>
    /// <param name="certificates">For a server: at least one, as in <see cref="S2nServerOptions.Certificates"/>. For a client: one, or none to send none.</param>
    /// <exception cref="ArgumentException">There are too few or too many certificates, or one is null.</exception>
    /// <exception cref="S2nException">s2n refuses a certificate, for example because the security policy does not allow it.</exception>
    /// <exception cref="ObjectDisposedException">The context, or a certificate, is disposed.</exception>
    public void ReplaceCertificates(params IReadOnlyList<S2nCertificate> certificates)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        var replacement = new OwnCertificates(certificates);
        try
        {
            CheckCount(Settings, replacement.Count, nameof(certificates));
            _configs.Replace(replacement);
        }
        catch
        {
            replacement.Dispose();
            throw;
        }
    }

    /// <summary>Whether new connections have a certificate to send.</summary>
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

    /// <summary>What a new connection needs from the context; release it when the connection has it.</summary>
    /// <exception cref="ObjectDisposedException">The context is disposed.</exception>
    internal ContextState Acquire() => _configs.Acquire();

    /// <summary>Makes a context for servers that read the ClientHello and then continue with another context.</summary>
    internal static S2nContext CreateToReadHello() =>
        Make(ContextSettings.Of(new S2nServerOptions { AllowTlsResume = false }) with { PausesAtClientHello = true }, []);

    /// <summary>Makes a context from settings.</summary>
    internal static S2nContext Create(ContextSettings settings, IReadOnlyCollection<S2nCertificate> certificates)
    {
        CheckCount(settings, certificates.Count, ContextSettings.Parameter);
        return Make(settings, certificates);
    }

    /// <summary>Disposes the context: no new connection can use it; open ones keep what they need until they end.</summary>
    public void Dispose()
    {
        ServedCertificates.Contexts.Remove(_configs);
        _configs.Dispose();
    }

    private static S2nContext Make(ContextSettings settings, IReadOnlyCollection<S2nCertificate> certificates)
    {
        S2nRuntime.EnsureStarted();
        PeerVerification? verification = settings.Verification is { } said ? new PeerVerification(said) : null;
        S2nTicketKeyRing? ring = settings.IssuesTickets ? settings.TicketKeys ?? S2nTicketKeyRing.CreateRandom() : null;
        var configs = new ConfigSource(certificates, ring, settings.OcspStapler?.Keeper, new ConfigBuilder(settings, verification, ring).Build);
        try
        {
            var context = new S2nContext(settings, verification, configs);
            if (settings.IsServer)
            {
                ServedCertificates.Contexts.Add(configs, static configs => ((ConfigSource)configs).CertificatesExpireAt);
            }

            return context;
        }
        catch
        {
            configs.Dispose();
            throw;
        }
    }

    private static void CheckCount(ContextSettings settings, int count, string parameter)
    {
        if (settings.IsServer && count == 0 && settings.SelectPreSharedKey is null)
        {
            throw new ArgumentException("A server needs at least one certificate, or pre-shared keys.", parameter);
        }

        if (!settings.IsServer && count > 1)
        {
            throw new ArgumentException("A client has at most one certificate.", parameter);
        }
    }
}
