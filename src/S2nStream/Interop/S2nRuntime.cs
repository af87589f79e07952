using System.Runtime.CompilerServices;
using S2nTls.Telemetry;

namespace S2nTls.Interop;

/// <summary>Starts s2n once per process, before any other call to it.</summary>
internal static class S2nRuntime
{
    /// <summary>
    /// The <see cref="AppContext"/> switch that lets s2n lock its memory (<c>mlock</c>), so that secrets are never swapped out. Off by default:
    /// every allocation then takes whole locked pages, handshakes were measured 25–35 % slower, and with the usual 8 MiB RLIMIT_MEMLOCK a server
    /// fails after some hundreds of connections with S2N_ERR_MLOCK.
    /// </summary>
    internal const string LockMemorySwitch = "S2nStream.LockMemory";

    private static readonly Lock s_lock = new();
    private static bool s_started;

    /// <summary>Whether s2n can be used: the platform is one of its, and the library is there with all functions. Loads it; never throws.</summary>
    internal static bool IsAvailable
    {
        get
        {
            try
            {
                return SupportedPlatform.Current.IsSupported && NativeLibraryLoader.IsAvailable;
            }
            catch (TypeInitializationException)
            {
                return false; // the application resolves this assembly's native libraries itself, and the loader cannot
            }
        }
    }

    /// <exception cref="PlatformNotSupportedException">s2n does not run on this platform.</exception>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void EnsureStarted()
    {
        if (!Volatile.Read(ref s_started))
        {
            Start();
        }
    }

    private static void Start()
    {
        lock (s_lock)
        {
            if (s_started)
            {
                return;
            }

            NativeLibraryLoader.Load();
            S2nMeter.Start();

            // s2n_init reads the switch with getenv, which does not see .NET's copy of the environment.
            bool lockMemory = AppContext.TryGetSwitch(LockMemorySwitch, out bool enabled) && enabled;
            if (!lockMemory && Libc.setenv("S2N_DONT_MLOCK", "1", overwrite: 1) != 0)
            {
                throw new InvalidOperationException("setenv(S2N_DONT_MLOCK) failed.");
            }

            // s2n would clean up in an atexit handler, while our threads may still be inside it.
            S2nError.Check(S2n.s2n_disable_atexit());
            S2nError.Check(S2n.s2n_init());
            Volatile.Write(ref s_started, true);
        }
    }
}
