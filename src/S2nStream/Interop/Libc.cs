using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>The one C library function that .NET does not offer: changing the environment that C code sees.</summary>
internal static partial class Libc
{
    /// <remarks><see cref="Environment.SetEnvironmentVariable(string, string)"/> changes only .NET's own copy on Unix.</remarks>
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int setenv(string name, string value, int overwrite);
}
