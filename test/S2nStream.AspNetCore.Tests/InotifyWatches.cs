using System.Diagnostics;
using System.Globalization;

namespace S2nTls.AspNetCore.Tests;

/// <summary>What this process has the system watch: a directory that it does not watch, it cannot follow.</summary>
internal static class InotifyWatches
{
    /// <summary>How many watches there are on a directory (proc(5), fdinfo).</summary>
    public static async Task<int> CountAsync(TempDirectory directory)
    {
        string watch = $" ino:{await NumberAsync(directory):x} ";
        return Directory.GetFiles("/proc/self/fdinfo").Sum(file => Lines(file).Count(line => line.StartsWith("inotify ", StringComparison.Ordinal) && line.Contains(watch, StringComparison.Ordinal)));
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return []; // closed since it was listed
        }
    }

    private static async Task<ulong> NumberAsync(TempDirectory directory)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%i", directory.Path]) { RedirectStandardOutput = true })!;
        return ulong.Parse(await stat.StandardOutput.ReadToEndAsync().WithDeadline(), NumberStyles.None | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }
}
