namespace S2nTls.AspNetCore.Fallback;

/// <summary>The settings that Kestrel's own https does not have, and that do not decide who is served.</summary>
internal static class LostSettings
{
    private static readonly S2nServerOptions s_defaults = new();

    /// <returns>Their names; those that the configuration has set, by path.</returns>
    internal static IReadOnlyList<string> Of(S2nHttpsOptions options)
    {
        S2nServerOptions tls = options.Tls;
        (string Name, bool IsSet)[] all =
        [
            (nameof(tls.SecurityPolicy), !Equals(tls.SecurityPolicy, s_defaults.SecurityPolicy)),
            (nameof(tls.ApplicationProtocols), tls.ApplicationProtocols.Count > 0),
            (nameof(tls.IgnoreUnexpectedEof), !tls.IgnoreUnexpectedEof), // which UseS2n sets
            (nameof(tls.MaxBlindingDelay), tls.MaxBlindingDelay is not null),
            (nameof(tls.RecordSize), tls.RecordSize != s_defaults.RecordSize),
            (nameof(tls.IgnoreWarningAlerts), tls.IgnoreWarningAlerts),
            (nameof(tls.RequireTicketForwardSecrecy), tls.RequireTicketForwardSecrecy),
            (nameof(tls.AllowKeyLogFile), tls.AllowKeyLogFile),
            (nameof(tls.AcceptMaxFragmentLength), tls.AcceptMaxFragmentLength),
            (nameof(tls.TicketKeys), tls.TicketKeys is not null),
            ("OcspStapling", tls.OcspStapler != options.DefaultStapler),
            (nameof(tls.SessionTicketCount), tls.SessionTicketCount != s_defaults.SessionTicketCount),
            (nameof(tls.SessionLifetime), tls.SessionLifetime is not null),
            (nameof(tls.EarlyData), tls.EarlyData is not null),
        ];
        return [.. all.Where(static one => one.IsSet).Select(one => options.PathsInConfiguration.GetValueOrDefault(one.Name, $"Tls.{one.Name}")), .. OfCertificates(options), .. options.CertificatesLost];
    }

    /// <summary>Kestrel has one certificate, and reads its file once.</summary>
    private static IEnumerable<string> OfCertificates(S2nHttpsOptions options)
    {
        if (options.CertificateFiles.Count == 0 || options.ServerCertificateSelector is not null)
        {
            yield break;
        }

        bool isFirst = options.ServerCertificate is null;
        if (isFirst)
        {
            yield return $"changes to {options.CertificateFiles[0].CertificatePath}";
            if (options.CertificateFiles[0].OcspResponsePath is { } response)
            {
                yield return response;
            }
        }

        foreach (S2nCertificateFiles other in options.CertificateFiles.Skip(isFirst ? 1 : 0))
        {
            yield return other.CertificatePath;
        }
    }
}
