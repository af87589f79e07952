namespace S2nTls.Telemetry;

/// <summary>Reports what watchers of certificates' files do.</summary>
internal static class CertificateReport
{
    internal static void Reloaded(int certificates)
    {
        S2nMeter.CertificateReloads.Add(1);
        S2nEventSource.Log.TellCertificatesReloaded(certificates);
    }

    /// <param name="error">The name of the error.</param>
    /// <param name="message">What to tell about it.</param>
    internal static void Failed(string error, string message)
    {
        S2nMeter.CertificateReloads.Add(1, new KeyValuePair<string, object?>(TagNames.ErrorType, error));
        S2nEventSource.Log.TellCertificateReloadFailed(error, message);
    }
}
