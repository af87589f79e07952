using System.Runtime.CompilerServices;

namespace S2nTls.Tests;

/// <summary>
/// Has s2n's allocations counted from the beginning, whichever test is the first: the hook must be in place before s2n starts, and a test may start it before
/// it uses anything of S2nStream.Testing.
/// </summary>
internal static class CountFromTheStart
{
#pragma warning disable CA2255 // a library of tests is an application's module
    [ModuleInitializer]
    internal static void Hook() => RuntimeHelpers.RunModuleConstructor(typeof(NativeAllocations).Module.ModuleHandle);
#pragma warning restore CA2255
}
