namespace S2nTls.Testing;

/// <summary>The programs that tests run, and where this machine has them.</summary>
public static class NeededPrograms
{
    /// <summary>If this environment variable is set, no test is skipped: build/test.sh sets it when it has installed all.</summary>
    private const string NoSkipping = "S2NSTREAM_NO_SKIPPED_TESTS";

    /// <summary>The Debian packages of those programs whose package has another name.</summary>
    private static readonly Dictionary<string, string> s_packages = new()
    {
        ["certtool"] = "gnutls-bin",
        ["gnutls-cli"] = "gnutls-bin",
        ["gnutls-serv"] = "gnutls-bin",
        ["h2load"] = "nghttp2-client",
        ["nginx"] = "nginx-light",
        ["text2pcap"] = "tshark",
    };

    public static bool MustBeThere => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(NoSkipping));

    /// <returns>What to tell whoever lacks a program.</returns>
    public static string Missing(string program) => $"{program} is not installed: apt-get install -y {s_packages.GetValueOrDefault(program, program)}";

    public static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));
}
