using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace S2nTls.Interop;

/// <summary>
/// Finds and checks libs2n, in this order: the absolute path in <c>S2N_LIBRARY_PATH</c>; the library that
/// ships with the application; the system's <c>libs2n.so.1</c>, then <c>libs2n.so</c>. Never the current
/// directory.
/// </summary>
internal static class NativeLibraryLoader
{
    internal const string PathVariable = "S2N_LIBRARY_PATH";

    private const string PackagedName = "libs2n.so";
    private static readonly string[] s_systemNames = ["libs2n.so.1", "libs2n.so"];

    private static readonly Lock s_lock = new();
    private static nint s_library;
    private static bool s_isMissing;

    static NativeLibraryLoader() =>
        NativeLibrary.SetDllImportResolver(
            typeof(NativeLibraryLoader).Assembly,
            static (name, _, _) => name == S2n.Library ? Load() : 0);

    /// <summary>
    /// Whether there is a usable library. If there is none the answer is remembered, so that a program that asks everywhere does not search everywhere
    /// and gets one answer; only a later <see cref="Load"/> that succeeds changes it.
    /// </summary>
    internal static bool IsAvailable
    {
        get
        {
            if (Volatile.Read(ref s_library) != 0)
            {
                return true;
            }

            lock (s_lock)
            {
                if (s_library == 0 && !s_isMissing)
                {
                    s_isMissing = !TryFind(Environment.GetEnvironmentVariable(PathVariable), out s_library, out _);
                }

                return s_library != 0;
            }
        }
    }

    /// <summary>Loads the library, once per process. A failure is not cached: the next call tries again.</summary>
    /// <inheritdoc cref="Find" path="/exception"/>
    internal static nint Load()
    {
        lock (s_lock)
        {
            if (s_library == 0)
            {
                s_library = Find(Environment.GetEnvironmentVariable(PathVariable), SupportedPlatform.Current);
            }

            return s_library;
        }
    }

    /// <summary>Tries every place in turn; <paramref name="path"/>, if given, is the only one.</summary>
    /// <exception cref="PlatformNotSupportedException">s2n does not run on the platform.</exception>
    /// <exception cref="DllNotFoundException">No usable library: the message lists what was tried and how to get one.</exception>
    internal static nint Find(string? path, SupportedPlatform platform)
    {
        platform.ThrowIfNotSupported();
        return TryFind(path, out nint library, out string tried) ? library : throw NotFound(tried);
    }

    private static bool TryFind(string? path, out nint library, out string places)
    {
        var tried = new StringBuilder();
        bool found = TryFind(path, tried, out library);
        places = tried.ToString();
        return found;
    }

    private static bool TryFind(string? path, StringBuilder tried, out nint library)
    {
        if (!string.IsNullOrEmpty(path))
        {
            // A user who names a library wants that one: silently loading another would be worse than failing.
            if (Path.IsPathRooted(path))
            {
                return TryLoad(() => NativeLibrary.Load(path), path, tried, out library);
            }

            tried.Append("\n  ").Append(path).Append(": ").Append(PathVariable).Append(" must be an absolute path");
            library = 0;
            return false;
        }

        Assembly assembly = typeof(NativeLibraryLoader).Assembly;
        if (TryLoad(
            () => NativeLibrary.Load(PackagedName, assembly, DllImportSearchPath.AssemblyDirectory),
            PackagedName + " beside the application", tried, out library))
        {
            return true;
        }

        foreach (string name in s_systemNames)
        {
            // A bare name is looked up by the dynamic linker in the system's directories.
            if (TryLoad(() => NativeLibrary.Load(name), name, tried, out library))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryLoad(Func<nint> load, string place, StringBuilder tried, out nint library)
    {
        try
        {
            library = load();
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            library = 0;
            tried.Append("\n  ").Append(place).Append(": ").Append(Reason(e.Message, place));
            return false;
        }

        foreach (string function in RequiredFunctions.All)
        {
            if (!NativeLibrary.TryGetExport(library, function, out _))
            {
                NativeLibrary.Free(library);
                library = 0;
                tried.Append("\n  ").Append(place).Append(": it has no function ").Append(function).Append(" (another version?)");
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The runtime's message lists every variation of the file name that it tried; the last line is enough. The dynamic linker "cannot open" a library
    /// of another processor either, nor one that needs another that it does not find.
    /// </summary>
    private static string Reason(string message, string place)
    {
        if (Path.IsPathRooted(place) && !Path.Exists(place))
        {
            return "not found"; // .NET 11's message says nothing of it
        }

        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        bool cannotOpen = Array.Exists(lines, static line => line.Contains("cannot open shared object file", StringComparison.Ordinal));
        return (cannotOpen, File.Exists(place)) switch
        {
            (true, false) => "not found",
            (true, true) => $"it is not for this processor ({SupportedPlatform.Current.Processor}), or a library that it needs is missing",
            _ => lines is [] ? "not loadable" : lines[^1],
        };
    }

    private static DllNotFoundException NotFound(string tried) => new(
        $"""
        The native library libs2n (s2n-tls) could not be loaded. Tried:{tried}
        To get it: reference the package S2nStream.Native, or in a source checkout run build/native/provision.sh, or set {PathVariable} to the absolute path of a libs2n.so.
        """);
}
