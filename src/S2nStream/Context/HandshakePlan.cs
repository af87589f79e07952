using System.Net.Security;
using S2nTls.Certificates.Names;
using S2nTls.Certificates.Verification;
using S2nTls.EarlyData;

namespace S2nTls.Context;

/// <summary>What one handshake is to do: the context, which other connections share, and what is this connection's alone.</summary>
internal sealed record HandshakePlan(S2nContext Context)
{
    /// <summary>On a client the host that the server's certificate must bear; null on a server.</summary>
    internal HostNameMatch? Host { get; init; }

    /// <inheritdoc cref="Host"/>
    internal string? TargetHost
    {
        get => Host?.TargetHost;
        init => Host = value is null ? null : new HostNameMatch(value);
    }

    /// <summary>On a client the server's port; 0 where it is not known.</summary>
    internal int TargetPort { get; init; }

    /// <summary>What a client offers in the place of the context's application protocols; empty for those, since s2n knows no offer of none.</summary>
    internal IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; init; } = [];

    /// <summary>.NET's judgement of the peer; null where s2n's own verification decides.</summary>
    internal CertificateValidation? Validation { get; init; } = Context.Validation;

    /// <summary>Whether the settings have revocation of the peer's chain checked.</summary>
    internal bool ChecksRevocation { get; init; } = Context.Settings.ChecksRevocation;

    /// <summary>
    /// On a server that decides only when it knows what the client wants: makes the plan to go on with. Null
    /// on a server that has decided. It completes at once where it makes no asynchronous call.
    /// </summary>
    internal Func<S2nClientHello, CancellationToken, ValueTask<HandshakePlan>>? Continue { get; init; }

    /// <summary>
    /// On a client that chooses its certificate when the server has asked for one: makes the context to go on
    /// with, which has that certificate and is otherwise as <see cref="Context"/>; null for no certificate.
    /// <see cref="Context"/> then has none, and was made for this (<see cref="S2nClientOptions.SelectsCertificateLater"/>).
    /// </summary>
    internal Func<ClientCertificateRequest, S2nContext?>? SelectCertificate { get; init; }

    /// <summary>On a client the keys to offer, on a server the one that it has chosen.</summary>
    internal IReadOnlyList<S2nPreSharedKey> PreSharedKeys { get; init; } = Context.IsServer ? [] : Context.PreSharedKeys.Keys;

    /// <summary>On a client, what to send in the handshake if that is possible.</summary>
    internal ReadOnlyMemory<byte> EarlyData { get; init; }

    /// <summary>On a server that takes early data, where it goes.</summary>
    internal EarlyDataBuffer? EarlyDataBuffer { get; init; }
}
