using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// Ends a blinding delay that s2n has imposed on an error that need not be blinded: s2n would refuse to send its alert before the delay is over.
/// It measures the delay by the clock of the connection's config, so the connection is given a config whose clock says that it is over.
/// </summary>
/// <remarks>
/// There is one such config for the whole process, which is never freed, and verifies nothing: only a failed connection gets it, on which s2n only
/// sends its alert. The connection keeps alive what it uses from its own config (<see cref="ConnectionHandle.UseConfig"/>), and a reused
/// connection is given another.
/// </remarks>
internal static unsafe class ElapsedClock
{
    private static readonly ConfigHandle s_config = CreateConfig();

    /// <summary>Call it only on the thread that uses the connection, whose handshake has failed.</summary>
    /// <exception cref="ObjectDisposedException">Another thread disposed it meanwhile.</exception>
    internal static void EndDelay(ConnectionHandle connection) => connection.UseConfig(s_config);

    private static ConfigHandle CreateConfig()
    {
        ConfigHandle config = ConfigHandle.Create();
        S2nError.Check(S2n.s2n_config_disable_x509_verification(config));
        S2nError.Check(S2n.s2n_config_set_monotonic_clock(config, &Read, 0));
        return config;
    }

    /// <summary>Three centuries after the machine's start. The pointer refers to a variable on s2n's stack.</summary>
    [UnmanagedCallersOnly]
    private static int Read(nint context, ulong* nanoseconds)
    {
        *nanoseconds = long.MaxValue;
        return S2n.Success;
    }
}
