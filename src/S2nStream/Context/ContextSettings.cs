using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using S2nTls.Certificates.Verification;
using S2nTls.EarlyData;
using S2nTls.Sessions;

namespace S2nTls.Context;

/// <summary>
/// All options of a context except its certificates, read once. A context's configs and its connections depend on these alone, so contexts with equal
/// settings behave the same, and code that shares contexts compares these: an option that is not here has no effect, and one that is here is
/// compared. Immutable.
/// </summary>
internal sealed record ContextSettings
{
    /// <summary>The name of the parameter that all this comes from, for exceptions.</summary>
    internal const string Parameter = "options";

    private ContextSettings(S2nContextOptions options)
    {
        IsServer = options is S2nServerOptions;
        SecurityPolicy = options.SecurityPolicy ?? throw new ArgumentNullException(Parameter, $"{nameof(options.SecurityPolicy)} is null.");
        RecordSize = options.RecordSize ?? throw new ArgumentNullException(Parameter, $"{nameof(options.RecordSize)} is null.");
        ApplicationProtocols = new ValueList<SslApplicationProtocol>(options.ApplicationProtocols);
        ApplicationProtocolNames.Check(ApplicationProtocols, Parameter);
        if (options.MaxBlindingDelay is { } delay)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero, nameof(options.MaxBlindingDelay));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, TimeSpan.FromHours(1), nameof(options.MaxBlindingDelay));
        }

        MaxBlindingDelay = options.MaxBlindingDelay;
        IgnoresUnexpectedEof = options.IgnoreUnexpectedEof;
        IgnoresWarningAlerts = options.IgnoreWarningAlerts;
        AllowsResumption = options.AllowTlsResume;
        TicketRules = TicketRules.Of(options);
        KeyLog = options.AllowKeyLogFile ? KeyLogFile.FromEnvironment() : null;
        ChecksRevocation = options.ChecksRevocation;
    }

    internal bool IsServer { get; }

    internal S2nSecurityPolicy SecurityPolicy { get; }

    internal S2nRecordSize RecordSize { get; }

    internal ValueList<SslApplicationProtocol> ApplicationProtocols { get; }

    internal TimeSpan? MaxBlindingDelay { get; }

    internal bool IgnoresUnexpectedEof { get; }

    internal bool IgnoresWarningAlerts { get; }

    internal bool AllowsResumption { get; }

    internal TicketRules TicketRules { get; }

    /// <summary>Where the secrets of connections are written, if anywhere.</summary>
    internal KeyLogFile? KeyLog { get; }

    internal bool ChecksRevocation { get; }

    /// <summary>How the peer is verified; null if it sends no certificate, or none is accepted.</summary>
    internal VerificationSettings? Verification { get; init; }

    /// <summary>The keys that a client offers, or that a server knows without asking.</summary>
    internal ValueList<S2nPreSharedKey> PreSharedKeys { get; private init; } = ValueList<S2nPreSharedKey>.Empty;

    /// <summary>On a client, the number in RFC 6066 §4; 0 for none.</summary>
    internal int MaxFragmentLengthCode { get; private init; }

    /// <summary>On a client, the cache if one was chosen.</summary>
    internal S2nSessionCache? SessionCache { get; private init; }

    /// <summary>How a client handles stapled OCSP responses.</summary>
    internal S2nOcspStapling OcspStapling { get; private init; }

    /// <summary>Whether a client asks for signed certificate timestamps.</summary>
    internal bool AsksForTimestamps { get; private init; }

    /// <summary>Whether a client accepts no certificate in place of a pre-shared key.</summary>
    internal bool RefusesCertificates { get; private init; }

    /// <summary>Whether a client's connections may choose a certificate when the server has asked for one.</summary>
    internal bool SelectsCertificateLater { get; init; }

    internal S2nClientCertificateMode ClientCertificateMode { get; private init; }

    /// <summary>On a server, whether clients may limit the size of records.</summary>
    internal bool AcceptsMaxFragmentLength { get; private init; }

    /// <summary>On a server, the ring if one was chosen.</summary>
    internal S2nTicketKeyRing? TicketKeys { get; private init; }

    /// <summary>On a server, fetches what is stapled; null if nothing is fetched.</summary>
    internal S2nOcspStapler? OcspStapler { get; init; }

    /// <summary>On a server, decides on early data; null if none is accepted.</summary>
    internal S2nEarlyDataGuard? EarlyDataGuard { get; private init; }

    internal int MaxEarlyDataSize { get; private init; }

    /// <summary>On a server, chooses the pre-shared key; null if none is accepted.</summary>
    internal S2nPreSharedKeySelectionCallback? SelectPreSharedKey { get; private init; }

    /// <summary>Whether a server's handshakes stop at the ClientHello, to continue with another context.</summary>
    internal bool PausesAtClientHello { get; init; }

    /// <summary>Whether a client keeps sessions: s2n supports either them or pre-shared keys, not both.</summary>
    internal bool KeepsSessions => !IsServer && AllowsResumption && PreSharedKeys.Count == 0;

    /// <summary>
    /// Whether a server issues tickets: not with pre-shared keys, nor if it asks for certificates, because no certificate is sent in a resumed session
    /// and s2n keeps none in a ticket, so the server would not know the client.
    /// </summary>
    internal bool IssuesTickets =>
        IsServer && AllowsResumption && SelectPreSharedKey is null && ClientCertificateMode == S2nClientCertificateMode.None;

    internal bool AsksForClientCertificate => ClientCertificateMode != S2nClientCertificateMode.None;

    /// <exception cref="ArgumentException">An option is out of range, or they contradict each other.</exception>
    /// <exception cref="NotSupportedException">s2n does not support what one asks for.</exception>
    internal static ContextSettings Of(S2nClientOptions options)
    {
        VerificationSettings? verification = options.RefusesCertificates ? null : VerificationSettings.Of(options); // with no roots at all s2n trusts no certificate
        if (options.OcspStapling != S2nOcspStapling.None && verification is { IsLeftToNet: true })
        {
            throw new ArgumentException(
                $"{nameof(options.OcspStapling)} is {options.OcspStapling}, but other options make .NET verify the server, and .NET does not use stapled responses.", Parameter);
        }

        return new ContextSettings(options)
        {
            Verification = verification,
            PreSharedKeys = new ValueList<S2nPreSharedKey>(options.PreSharedKeys),
            MaxFragmentLengthCode = CodeOf(options.MaxFragmentLength),
            SessionCache = options.SessionCache,
            OcspStapling = options.OcspStapling,
            AsksForTimestamps = options.RequestSignedCertificateTimestamps,
            RefusesCertificates = options.RefusesCertificates,
            SelectsCertificateLater = options.SelectsCertificateLater,
        };
    }

    /// <inheritdoc cref="Of(S2nClientOptions)"/>
    internal static ContextSettings Of(S2nServerOptions options)
    {
        if (options.TakesPreSharedKeys && options.ClientCertificateMode != S2nClientCertificateMode.None)
        {
            throw new ArgumentException("A client that uses a pre-shared key sends no certificate: ask for one or the other.", Parameter);
        }

        EarlyDataRules.Check(options);
        return new ContextSettings(options)
        {
            Verification = options.ClientCertificateMode == S2nClientCertificateMode.None ? null : VerificationSettings.Of(options),
            PreSharedKeys = new ValueList<S2nPreSharedKey>(options.PreSharedKeys),
            ClientCertificateMode = options.ClientCertificateMode,
            AcceptsMaxFragmentLength = options.AcceptMaxFragmentLength,
            TicketKeys = options.TicketKeys,
            OcspStapler = options.OcspStapler,
            EarlyDataGuard = options.EarlyData?.Guard,
            MaxEarlyDataSize = options.EarlyData?.MaxSize ?? 0,
            SelectPreSharedKey = options.TakesPreSharedKeys ? options.PreSharedKeySelectionCallback ?? NoOtherKeys : null,
        };
    }

    private static ValueTask<S2nPreSharedKey?> NoOtherKeys(S2nPreSharedKeyOffer offer, CancellationToken cancellationToken) => default;

    /// <summary>RFC 6066 §4: the lengths are 2^9 to 2^12, and are sent as numbers.</summary>
    private static int CodeOf(int? maxFragmentLength) => maxFragmentLength switch
    {
        null => 0,
        512 => 1,
        1024 => 2,
        2048 => 3,
        4096 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(maxFragmentLength), maxFragmentLength, "The maximum fragment length must be 512, 1024, 2048 or 4096 bytes."),
    };
}
