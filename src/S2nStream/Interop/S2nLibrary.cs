using S2nTls.Interop;

namespace S2nTls;

/// <summary>Information about the loaded native library. Thread-safe.</summary>
public static class S2nLibrary
{
    /// <summary>
    /// Whether its cryptographic library works as a FIPS 140-3 module (<c>s2n_get_fips_mode</c>). This is decided when that library is built; the
    /// one in this project's package is not one. A policy such as <see cref="S2nSecurityPolicy.DefaultFips"/> chooses algorithms that FIPS allows,
    /// in either case.
    /// </summary>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
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
