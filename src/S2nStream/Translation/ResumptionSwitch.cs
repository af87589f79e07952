namespace S2nTls.Translation;

/// <summary>
/// .NET's own switch that turns resumption off in SslStream, for the whole process: <c>System.Net.Security.DisableTlsResume</c>, or the
/// environment variable <c>DOTNET_SYSTEM_NET_SECURITY_DISABLETLSRESUME</c>. Read once, as .NET does.
/// </summary>
internal static class ResumptionSwitch
{
    internal const string Name = "System.Net.Security.DisableTlsResume";
    internal const string Variable = "DOTNET_SYSTEM_NET_SECURITY_DISABLETLSRESUME";

    private static readonly Lazy<bool> s_isOff = new(() => Read(
        AppContext.TryGetSwitch(Name, out bool isOff) ? isOff : null, Environment.GetEnvironmentVariable(Variable)));

    internal static bool IsOff => s_isOff.Value;

    /// <param name="appContext">The switch, which takes precedence. Null if it is not set.</param>
    /// <param name="variable">The environment variable.</param>
    internal static bool Read(bool? appContext, string? variable) =>
        appContext ?? (variable is "1" || string.Equals(variable, "true", StringComparison.OrdinalIgnoreCase));
}
