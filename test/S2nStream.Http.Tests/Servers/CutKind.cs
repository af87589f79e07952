using System.Net.Sockets;

namespace S2nTls.Http.Tests.Servers;

/// <summary>How a connection ends without <c>close_notify</c>.</summary>
public enum CutKind
{
    /// <summary>TCP ends as it should.</summary>
    Fin,

    /// <summary>TCP is reset.</summary>
    Reset,
}

internal static class Cutting
{
    public static async Task ApplyAsync(this CutKind cut, NetworkStream connection)
    {
        if (cut == CutKind.Reset)
        {
            connection.Socket.LingerState = new LingerOption(true, 0);
            connection.Socket.Close();
            return;
        }

        connection.Socket.Shutdown(SocketShutdown.Send);

        // A socket that is closed with data unread is reset: what the client still sends is taken.
        byte[] rest = new byte[4096];
        while (await connection.ReadAsync(rest) > 0)
        {
        }
    }
}
