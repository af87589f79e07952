using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace S2nTls.Benchmarks.Reporting;

/// <summary>Where something was measured.</summary>
internal sealed record Machine(string Processor, int Processors, string System, string Runtime, string OpenSsl)
{
    internal static Machine This() => new(
        FirstValue("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        $"{FirstValue("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? "Linux"}, {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        OpenSslVersion(SafeEvpPKeyHandle.OpenSslVersion));

    public override string ToString() => $"{Processor}, {Processors} CPUs; {System}; {Runtime}; OpenSSL {OpenSsl}";

    private static string? FirstValue(string file, string key, char separator) =>
        File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?.Split(separator, 2)[1].Trim()
            : null;

    /// <summary>OPENSSL_VERSION_NUMBER of version 3: 0xMNN00PP0.</summary>
    private static string OpenSslVersion(long number) => $"{number >> 28}.{(number >> 20) & 0xFF}.{(number >> 4) & 0xFF}";
}
