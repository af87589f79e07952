using System.Runtime.Versioning;
using S2nTls.Interop;

namespace S2nTls;

/// <summary>The native library, and information about it. Thread-safe.</summary>
[SupportedOSPlatform("linux")]
public static class S2nLibrary
{
    /// <summary>
    /// Loads the library, which the first use would do otherwise: a program finds out when it starts whether it can, and if not, why.
    /// <see cref="S2nStream.IsSupported"/> says only whether it can.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">s2n does not run on this operating system or processor; the message says what to do.</exception>
    /// <exception cref="DllNotFoundException">The library cannot be loaded; the message lists what was tried, and how to get it.</exception>
    public static void Load() => S2nRuntime.EnsureStarted();

    /// <summary>
    /// Whether its cryptographic library works as a FIPS 140-3 module (<c>s2n_get_fips_mode</c>). This is decided when that library is built; the
    /// one in this project's package is not one. A policy such as <see cref="S2nSecurityPolicy.DefaultFips"/> chooses algorithms that FIPS allows,
    /// in either case.
    /// </summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static bool IsFipsMode
    {
        get
        {
            S2nRuntime.EnsureStarted();
            S2nError.Check(S2n.s2n_get_fips_mode(out int mode));
            return mode == 1;
        }
    }
}
