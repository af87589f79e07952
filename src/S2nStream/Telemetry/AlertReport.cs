namespace S2nTls.Telemetry;

/// <summary>Reports the alerts that pass.</summary>
internal static class AlertReport
{
    internal static bool IsWanted => S2nMeter.Alerts.Enabled || S2nEventSource.Log.IsEnabled();

    internal static void Received(bool isServer, TlsAlert alert)
    {
        Count(isServer, alert, TagValues.Receive);
        S2nEventSource.Log.TellAlertReceived(isServer, alert);
    }

    internal static void Sent(bool isServer, TlsAlert alert)
    {
        Count(isServer, alert, TagValues.Transmit);
        S2nEventSource.Log.TellAlertSent(isServer, alert);
    }

    private static void Count(bool isServer, TlsAlert alert, string direction)
    {
        if (S2nMeter.Alerts.Enabled)
        {
            S2nMeter.Alerts.Add(
                1,
                new(TagNames.Side, TagValues.Side(isServer)),
                new(TagNames.Direction, direction),
                new(TagNames.Alert, TagValues.Of(alert)));
        }
    }
}
