using System.Net.Security;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Verification;
using S2nTls.EarlyData;
using S2nTls.Errors;

namespace S2nTls.Context;

/// <summary>The plan of one handshake: the context, which connections share, and the settings of this connection alone.</summary>
internal sealed record HandshakePlan(S2nContext Context)
{
    /// <summary>On a client, the host that the server's certificate must contain; null on a server.</summary>
    internal HostNameMatch? Host { get; init; }

    /// <inheritdoc cref="Host"/>
    internal string? TargetHost
    {
        get => Host?.TargetHost;
        init => Host = value is null ? null : new HostNameMatch(value);
    }

    /// <summary>On a client, the server's port; 0 if unknown.</summary>
    internal int TargetPort { get; init; }

    /// <summary>
    /// Says how the security policy came about, if that may be why the handshake failed. Null if the policy is the application's own choice, or
    /// allows all that was asked for.
    /// </summary>
    internal Func<S2nFault, string?>? ExplainPolicy { get; init; }

    /// <summary>What a client offers instead of the context's application protocols; empty for the context's, because s2n has no way to offer none.</summary>
    internal IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; init; } = [];

    /// <summary>.NET's validation of the peer; null if s2n's own verification decides.</summary>
    internal CertificateValidation? Validation { get; init; } = Context.Validation;

    /// <summary>Whether the settings require a revocation check of the peer's chain.</summary>
    internal bool ChecksRevocation { get; init; } = Context.Settings.ChecksRevocation;

    /// <summary>
    /// On a server that decides only when it knows what the client wants: makes the plan to continue with. Null on a server that has decided. It
    /// completes synchronously if it makes no asynchronous call.
    /// </summary>
    internal Func<S2nClientHello, CancellationToken, ValueTask<HandshakePlan>>? Continue { get; init; }

    /// <summary>
    /// On a client that chooses its certificate after the server has asked for one: makes the context to continue with, which has that certificate
    /// and is otherwise like <see cref="Context"/>; null for no certificate. <see cref="Context"/> then has none, and was made for this
    /// (<see cref="S2nClientOptions.SelectsCertificateLater"/>).
    /// </summary>
    internal Func<ClientCertificateRequest, S2nContext?>? SelectCertificate { get; init; }

    /// <summary>On a client, the keys to offer; on a server, the one that it has chosen.</summary>
    internal IReadOnlyList<S2nPreSharedKey> PreSharedKeys { get; init; } = Context.IsServer ? [] : Context.PreSharedKeys.Keys;

    /// <summary>On a client, data to send during the handshake if possible.</summary>
    internal ReadOnlyMemory<byte> EarlyData { get; init; }

    /// <summary>On a server that accepts early data, its destination.</summary>
    internal EarlyDataBuffer? EarlyDataBuffer { get; init; }
}
