using System.Runtime.CompilerServices;

// All declarations below are blittable, or marshalled by generated code: without runtime marshalling, trimming and native AOT work.
[assembly: DisableRuntimeMarshalling]

namespace S2nTls.Interop;

/// <summary>
/// The s2n-tls functions that this library calls, under their own names, one file per topic (<c>api/s2n.h</c> is their reference). Declarations
/// only: no policy, no buffers, no tasks.
/// </summary>
/// <remarks>
/// A declaration takes a safe handle if the object must not be freed during the call; the generated marshalling counts the use. Functions return 0
/// or a positive number for success and −1 for an error, which <see cref="S2nError.Last"/> reads on the same thread.
/// </remarks>
internal static unsafe partial class S2n
{
    /// <summary>The name that <see cref="NativeLibraryLoader"/> resolves.</summary>
    internal const string Library = "s2n";

    internal const int Success = 0;
    internal const int Failure = -1;
}
