using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <remarks>
/// A lookup belongs to the connection whose peer's certificate is looked up, and is valid until that has been verified. The list passed to it
/// belongs to the caller, and must live as long: s2n neither copies nor counts it.
/// </remarks>
internal static unsafe partial class S2n
{
    [LibraryImport(Library)]
    internal static partial nint s2n_crl_new();

    [LibraryImport(Library)]
    internal static partial int s2n_crl_free(ref nint crl);

    [LibraryImport(Library)]
    internal static partial int s2n_crl_load_pem(RevocationListHandle crl, ReadOnlySpan<byte> pem, nuint length);

    [LibraryImport(Library)]
    internal static partial int s2n_crl_validate_active(RevocationListHandle crl);

    [LibraryImport(Library)]
    internal static partial int s2n_crl_validate_not_expired(RevocationListHandle crl);

    [LibraryImport(Library)]
    internal static partial int s2n_config_set_crl_lookup_cb(ConfigHandle config, delegate* unmanaged<nint, nint, int> callback, nint context);

    [LibraryImport(Library)]
    internal static partial int s2n_crl_lookup_set(nint lookup, RevocationListHandle crl);

    [LibraryImport(Library)]
    internal static partial int s2n_crl_lookup_ignore(nint lookup);
}
