using System.Globalization;

namespace S2nTls.Testing;

/// <summary>Counts the connections that the system still has (proc(5), /proc/net/tcp), of whichever end.</summary>
public static class OpenSockets
{
    /// <summary>Established, and closed by the other end only: these wait for a program of this machine to close them.</summary>
    private static readonly string[] s_states = ["01", "08"];

    /// <summary>Waits until no connection from or to a port is left.</summary>
    public static async Task ExpectNoneAsync(int port)
    {
        for (long start = Environment.TickCount64; Count(port) is var count && count > 0;)
        {
            if (Environment.TickCount64 - start > Deadline.Default.TotalMilliseconds)
            {
                throw new TimeoutException($"{count} ends of connections from or to port {port} are still open.");
            }

            await Task.Delay(20);
        }
    }

    public static int Count(int port) => Count("/proc/self/net/tcp", port) + Count("/proc/self/net/tcp6", port);

    private static int Count(string table, int port)
    {
        string end = port.ToString("X4", CultureInfo.InvariantCulture);
        return !File.Exists(table) ? 0 : File.ReadLines(table).Skip(1)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(fields => s_states.Contains(fields[3]) && (IsOf(fields[1]) || IsOf(fields[2])));

        bool IsOf(string address) => address.EndsWith($":{end}", StringComparison.Ordinal);
    }
}
