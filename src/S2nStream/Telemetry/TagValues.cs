using System.Security.Authentication;

namespace S2nTls.Telemetry;

/// <summary>The values of tags: made once, so that a measurement allocates none; and few, whatever a peer sends.</summary>
internal static class TagValues
{
    internal const string Tls = "tls";
    internal const string Receive = "receive";
    internal const string Transmit = "transmit";

    /// <summary>OpenTelemetry's name for a value that is not among the known ones.</summary>
    internal const string Other = "_OTHER";

    private static readonly object s_true = true;
    private static readonly object s_false = false;
    private static readonly string[] s_alerts = [.. Enumerable.Range(0, 256).Select(number => Enum.GetName((TlsAlert)number) is { } name ? ToSnakeCase(name) : Other)];

    internal static object Of(bool value) => value ? s_true : s_false;

    internal static string Side(bool isServer) => isServer ? "server" : "client";

    /// <summary>The version as SslStream's activities have it; null if it is unknown.</summary>
    internal static string? Version(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "1.3",
        SslProtocols.Tls12 => "1.2",
#pragma warning disable SYSLIB0039, CA5397, CS0618 // only to name them
        SslProtocols.Tls11 => "1.1",
        SslProtocols.Tls => "1",
#pragma warning restore SYSLIB0039, CA5397, CS0618
        _ => null,
    };

    /// <summary>The alert's name in the RFCs.</summary>
    internal static string Of(TlsAlert alert) => (int)alert is >= 0 and < 256 and var number ? s_alerts[number] : Other;

    /// <summary>The group's name in IANA's registry.</summary>
    internal static string Of(TlsNamedGroup group) => group switch
    {
        TlsNamedGroup.Secp256R1 => "secp256r1",
        TlsNamedGroup.Secp384R1 => "secp384r1",
        TlsNamedGroup.Secp521R1 => "secp521r1",
        TlsNamedGroup.X25519 => "x25519",
        TlsNamedGroup.MLKEM512 => "MLKEM512",
        TlsNamedGroup.MLKEM768 => "MLKEM768",
        TlsNamedGroup.MLKEM1024 => "MLKEM1024",
        TlsNamedGroup.SecP256R1MLKEM768 => "SecP256r1MLKEM768",
        TlsNamedGroup.X25519MLKEM768 => "X25519MLKEM768",
        TlsNamedGroup.SecP384R1MLKEM1024 => "SecP384r1MLKEM1024",
        _ => Other,
    };

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select((letter, i) => i > 0 && char.IsUpper(letter) && char.IsLower(name[i - 1]) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
