using System.Globalization;

namespace S2nTls.Testing;

/// <summary>
/// Finds the port that a program listens on, where it was told to listen on port 0. The kernel is asked, for
/// not every program tells; so there is no port that another process could take in between.
/// </summary>
public static class ListeningPort
{
    private const string Listening = "0A";

    /// <summary>Waits until the program listens on an IPv4 address.</summary>
    public static async Task<int> OfAsync(PeerProgram program)
    {
        for (long start = Environment.TickCount64; Environment.TickCount64 - start < Deadline.Default.TotalMilliseconds;)
        {
            if (program.HasExited)
            {
                throw new InvalidOperationException("The program ended instead of listening.");
            }

            if (Find(program.Id) is { } port)
            {
                return port;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException("The program does not listen.");
    }

    /// <summary>Looks for a socket of the process in the system's table (proc(5), /proc/net/tcp).</summary>
    private static int? Find(int processId)
    {
        HashSet<string?> files = [.. new DirectoryInfo($"/proc/{processId}/fd").EnumerateFileSystemInfos().Select(file => file.LinkTarget)];
        foreach (string line in File.ReadLines($"/proc/{processId}/net/tcp"))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields[3] == Listening && files.Contains($"socket:[{fields[9]}]"))
            {
                return int.Parse(fields[1].AsSpan(fields[1].IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }

        return null;
    }
}
