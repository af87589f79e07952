using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// Ends a blinding delay that s2n has imposed on an error that need not be blinded: s2n would refuse to send its alert
/// before. It measures the delay by the clock of the connection's config, so the connection is given a config whose clock
/// says that it is over.
/// </summary>
/// <remarks>
/// The config is one for the whole process, is never freed, and verifies nothing: only a connection that has failed gets it, on
/// which s2n does nothing but send its alert. The connection keeps what it has of its own config alive
/// (<see cref="ConnectionHandle.UseConfig"/>), and a connection that is used again is given another.
/// </remarks>
internal static unsafe class ElapsedClock
{
    private static readonly ConfigHandle s_config = CreateConfig();

    /// <summary>For the one thread that uses the connection, whose handshake has failed.</summary>
    /// <exception cref="ObjectDisposedException">Another thread has disposed it meanwhile.</exception>
    internal static void EndDelay(ConnectionHandle connection) => connection.UseConfig(s_config);

    private static ConfigHandle CreateConfig()
    {
        ConfigHandle config = ConfigHandle.Create();
        S2nError.Check(S2n.s2n_config_disable_x509_verification(config));
        S2nError.Check(S2n.s2n_config_set_monotonic_clock(config, &Read, 0));
        return config;
    }

    /// <summary>Three centuries after the machine's start. The pointer is s2n's, to a variable on its stack.</summary>
    [UnmanagedCallersOnly]
    private static int Read(nint context, ulong* nanoseconds)
    {
        *nanoseconds = long.MaxValue;
        return S2n.Success;
    }
}
