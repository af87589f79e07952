using System.Diagnostics;
using System.Runtime.InteropServices;

namespace S2nTls.Testing;

/// <summary>The ways in which a libs2n can be of no use.</summary>
public enum UnusableLibrary
{
    Missing,
    RelativePath,
    Directory,
    Empty,
    NotALibrary,
    ForAnotherProcessor,
    WithoutWhatItNeeds,
    WithoutFunctions,
}

public static class UnusableLibraries
{
    /// <summary>The library that this process uses.</summary>
    public static string Usable => Path.Combine(AppContext.BaseDirectory, "libs2n.so");

    /// <summary>Makes one.</summary>
    /// <returns>Its path.</returns>
    public static string In(this UnusableLibrary kind, TempDirectory directory)
    {
        string path = directory.PathOf("libs2n.so");
        switch (kind)
        {
            case UnusableLibrary.RelativePath:
                File.Copy(Usable, path);
                return "libs2n.so"; // which is there, in the directory in which the program runs
            case UnusableLibrary.Directory:
                System.IO.Directory.CreateDirectory(path);
                break;
            case UnusableLibrary.Empty:
                File.WriteAllBytes(path, []);
                break;
            case UnusableLibrary.NotALibrary:
                File.WriteAllText(path, "This is a file of another kind, long enough to have a header: " + new string('.', 4096));
                break;
            case UnusableLibrary.ForAnotherProcessor:
                File.WriteAllBytes(path, ForAnotherProcessor(File.ReadAllBytes(Usable)));
                break;
            case UnusableLibrary.WithoutWhatItNeeds:
                File.Copy(Usable, path); // it needs the file beside it
                break;
            case UnusableLibrary.WithoutFunctions:
                return Process.GetCurrentProcess().Modules.Cast<ProcessModule>()
                    .Select(static module => module.FileName)
                    .First(static file => Path.GetFileName(file).StartsWith("libc.", StringComparison.Ordinal));
        }

        return path;
    }

    /// <summary>The same library with the other number of a processor (elf(5), e_machine).</summary>
    private static byte[] ForAnotherProcessor(byte[] library)
    {
        const int Machine = 18;
        const byte X64 = 62, Arm64 = 183;
        library[Machine] = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Arm64 : X64;
        return library;
    }
}
