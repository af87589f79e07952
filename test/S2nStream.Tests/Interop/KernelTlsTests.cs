using System.Runtime.InteropServices;
using S2nTls.Interop;

namespace S2nTls.Tests.Interop;

/// <summary>What docs/kernel-tls.md says of the library that ships. If this fails, there is something to build, and to test.</summary>
public unsafe class KernelTlsTests
{
    [Theory]
    [InlineData("s2n_connection_ktls_enable_send")]
    [InlineData("s2n_connection_ktls_enable_recv")]
    public void Only_the_library_for_arm64_was_built_with_kernel_TLS(string function)
    {
        S2nRuntime.EnsureStarted();
        var enable = (delegate* unmanaged<nint, int>)NativeLibrary.GetExport(NativeLibraryLoader.Find(null, SupportedPlatform.Current), function);
        using ConfigHandle config = ConfigHandle.Create();
        using ConnectionHandle connection = ConnectionHandle.Create(Mode.Server, config, owner: null);
        Assert.Equal(S2n.Failure, enable(connection.DangerousGetHandle()));
        Assert.Equal(
            RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "S2N_ERR_HANDSHAKE_NOT_COMPLETE" : "S2N_ERR_KTLS_UNSUPPORTED_PLATFORM",
            S2nError.Last.Name);
    }
}
