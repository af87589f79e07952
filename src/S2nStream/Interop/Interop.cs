using System.Runtime.CompilerServices;

// All declarations below are blittable, or marshalled by generated code: no runtime marshalling, so
// trimming and native AOT work.
[assembly: DisableRuntimeMarshalling]

namespace S2nTls.Interop;

/// <summary>
/// The s2n-tls functions that this library calls, under their own names, one file a topic
/// (<c>api/s2n.h</c> is their reference). Nothing but declarations: no policy, no buffers, no tasks.
/// </summary>
/// <remarks>
/// A declaration takes a safe handle where the object must not be freed while the call runs; the
/// generated marshalling counts the use. Functions answer 0 or a positive number for success and −1
/// for an error, which <see cref="S2nError.Last"/> reads on the same thread.
/// </remarks>
internal static unsafe partial class S2n
{
    /// <summary>The name that <see cref="NativeLibraryLoader"/> resolves.</summary>
    internal const string Library = "s2n";

    internal const int Success = 0;
    internal const int Failure = -1;
}
