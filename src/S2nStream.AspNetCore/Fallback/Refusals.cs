using Microsoft.Extensions.Configuration;

namespace S2nTls.AspNetCore.Fallback;

/// <summary>The settings without which Kestrel's own https would serve clients that s2n refuses, or nobody: there is no fallback for these.</summary>
internal static class Refusals
{
    private static readonly string[] s_ofServerNames = ["ClientCertificateMode", "TrustedRoots", "Certificate", "Certificates"];

    /// <exception cref="NotSupportedException">There is such a setting; the message names it.</exception>
    internal static void Check(S2nHttpsOptions options, bool hasServerNames)
    {
        S2nServerOptions tls = options.Tls;
        bool asks = hasServerNames || tls.ClientCertificateMode != S2nClientCertificateMode.None;
        RefuseIf(
            asks && tls.RemoteCertificateValidationCallback is { } own && own != options.KestrelsValidation,
            $"Tls.{nameof(tls.RemoteCertificateValidationCallback)}",
            "it also decides on clients without a certificate, about which Kestrel does not ask. Set ClientCertificateValidation in ConfigureHttpsDefaults instead");
        RefuseIf(asks && tls.RevocationLists is not null, $"Tls.{nameof(tls.RevocationLists)}", "revoked client certificates would be accepted");
        RefuseIf(tls.PreSharedKeys.Count > 0, $"Tls.{nameof(tls.PreSharedKeys)}", "SslStream has no pre-shared keys");
        RefuseIf(tls.PreSharedKeySelectionCallback is not null, $"Tls.{nameof(tls.PreSharedKeySelectionCallback)}", "SslStream has no pre-shared keys");
        RefuseIf(tls.Certificates.Count > 0, $"Tls.{nameof(tls.Certificates)}", "they are s2n's. Set ServerCertificate or CertificateFiles instead");
        RefuseIf(
            hasServerNames && options.TlsClientHelloBytesCallback is not null,
            nameof(options.TlsClientHelloBytesCallback),
            "Kestrel does not call it on endpoints with an Sni section, so every client would pass");
    }

    /// <summary>Kestrel applies its own settings for each name of an <c>Sni</c> section, and there is no way to give it others.</summary>
    /// <exception cref="NotSupportedException">The <c>S2n</c> section of a name has such a setting; the message has its path.</exception>
    internal static void CheckServerName(IConfigurationSection settings)
    {
        foreach (IConfigurationSection setting in settings.GetChildren())
        {
            RefuseIf(
                s_ofServerNames.Contains(setting.Key, StringComparer.OrdinalIgnoreCase),
                setting.Path,
                "it is for one server name. Set Kestrel's own, beside the S2n section");
        }
    }

    private static void RefuseIf(bool isSet, string what, string why)
    {
        if (isSet)
        {
            throw new NotSupportedException(
                $"s2n-tls is not supported here, and UseHttps, which is to be used instead ({nameof(S2nHttpsOptions.UseHttpsIfNotSupported)}), cannot honour {what}: {why}.");
        }
    }
}
