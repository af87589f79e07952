using System.Net.Security;
using S2nTls.Context;

namespace S2nTls.EarlyData;

/// <summary>Where early data is impossible, and why: asking for it there throws, instead of it silently never being used.</summary>
internal static class EarlyDataRules
{
    private const int MaxSize = 16 * 1024 * 1024;

    private const string WithApplicationProtocols =
        "Early data and ApplicationProtocols cannot be combined: s2n compares a session's application protocol with the connection's incorrectly, and rejects all early data (docs/early-data.md).";

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="NotSupportedException">s2n does not support what they ask for.</exception>
    internal static void Check(S2nServerOptions options)
    {
        if (options.EarlyData is not { } earlyData)
        {
            return;
        }

        if (earlyData.MaxSize is <= 0 or > MaxSize)
        {
            throw new ArgumentException($"The maximum size of early data is {earlyData.MaxSize}; it must be from 1 byte to 16 MiB.", ContextSettings.Parameter);
        }

        if (options.ClientCertificateMode != S2nClientCertificateMode.None)
        {
            throw new ArgumentException("A server that asks for client certificates issues no tickets, so no client could send early data.", ContextSettings.Parameter);
        }

        if (!options.AllowTlsResume && !options.TakesPreSharedKeys)
        {
            throw new ArgumentException("Early data needs session resumption or pre-shared keys; the options allow neither.", ContextSettings.Parameter);
        }

        if (options.ApplicationProtocols.Count > 0)
        {
            throw new NotSupportedException(WithApplicationProtocols);
        }
    }

    /// <inheritdoc cref="Check(S2nServerOptions)" path="/exception[@cref='T:System.NotSupportedException']"/>
    internal static void CheckClient(S2nContext context, SslApplicationProtocol[] protocols, ReadOnlyMemory<byte> earlyData)
    {
        if (earlyData.IsEmpty)
        {
            return;
        }

        if (protocols.Length > 0 || context.Settings.ApplicationProtocols.Count > 0)
        {
            throw new NotSupportedException(WithApplicationProtocols);
        }

        if (context.Validation is not null)
        {
            throw new NotSupportedException(
                "Early data would be sent before RemoteCertificateValidationCallback or the chain policy could validate the server. Use TrustedRoots.");
        }
    }
}
