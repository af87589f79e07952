using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using S2nTls.AspNetCore.Handshakes;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>
/// The contexts for the certificates that <see cref="S2nHttpsOptions.ServerCertificateSelector"/> returns: made when a certificate is first
/// returned, and dropped with it.
/// </summary>
internal sealed class SelectedCertificates(S2nHttpsOptions options, HttpProtocols protocols, IServiceProvider? services)
{
    private readonly ConditionalWeakTable<X509Certificate2, S2nContext> _contexts = [];
    private readonly Lock _making = new();

    internal ValueTask<S2nContext?> SelectAsync(ConnectionContext connection, S2nClientHello clientHello, CancellationToken cancellationToken)
    {
        X509Certificate2? certificate = options.ServerCertificateSelector!(connection, InternationalName.ToUnicode(clientHello.ServerName));
        return ValueTask.FromResult(certificate is null ? null : ContextFor(certificate));
    }

    private S2nContext ContextFor(X509Certificate2 certificate)
    {
        if (_contexts.TryGetValue(certificate, out S2nContext? context))
        {
            return context;
        }

        lock (_making)
        {
            return _contexts.GetValue(certificate, chosen => EndpointContext.CreateFor(chosen, options, protocols, services));
        }
    }
}
