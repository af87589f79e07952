namespace S2nTls.Reliability.Soaking;

/// <summary>What this process holds.</summary>
internal sealed record ProcessState(double Mebibytes, int Handles, int Threads)
{
    internal static ProcessState Now()
    {
        string[] status = File.ReadAllLines("/proc/self/status");
        return new ProcessState(
            long.Parse(Field(status, "VmRSS:").Split(' ')[0]) / 1024.0,
            Directory.GetFileSystemEntries("/proc/self/fd").Length,
            int.Parse(Field(status, "Threads:")));
    }

    public override string ToString() => $"{Mebibytes:N0} MiB, {Handles:N0} handles, {Threads} threads";

    private static string Field(string[] status, string name) => status.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
}
