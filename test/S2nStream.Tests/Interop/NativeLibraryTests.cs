using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using S2nTls.Interop;

namespace S2nTls.Tests.Interop;

public class NativeLibraryTests
{
    [Fact]
    public void Every_declared_function_is_required_when_the_library_is_loaded()
    {
        string[] declared = [.. typeof(S2n)
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Select(method => method.Name)
            .Where(name => name.StartsWith("s2n_", StringComparison.Ordinal))
            .Distinct() // overloads
            .Order(StringComparer.Ordinal)];
        Assert.NotEmpty(declared);
        Assert.Equal(declared, RequiredFunctions.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_library_that_does_not_exist_is_refused_by_one_exception_that_says_what_to_do()
    {
        var error = Assert.Throws<DllNotFoundException>(() => NativeLibraryLoader.Find("/nowhere/libs2n.so", SupportedPlatform.Current));
        Assert.Contains("/nowhere/libs2n.so: not found", error.Message, StringComparison.Ordinal);
        Assert.Contains("S2nStream.Native", error.Message, StringComparison.Ordinal);
        Assert.Contains("S2N_LIBRARY_PATH", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_relative_path_is_refused_so_that_the_current_directory_never_decides() =>
        Assert.Contains("must be an absolute path",
            Assert.Throws<DllNotFoundException>(() => NativeLibraryLoader.Find("libs2n.so", SupportedPlatform.Current)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_library_that_lacks_a_function_is_refused_by_name()
    {
        string libc = Process.GetCurrentProcess().Modules.Cast<ProcessModule>()
            .Select(module => module.FileName)
            .First(file => Path.GetFileName(file).StartsWith("libc.", StringComparison.Ordinal));
        var error = Assert.Throws<DllNotFoundException>(() => NativeLibraryLoader.Find(libc, SupportedPlatform.Current));
        Assert.Contains("it has no function s2n_", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_library_is_refused()
    {
        string file = typeof(NativeLibraryTests).Assembly.Location;
        Assert.Throws<DllNotFoundException>(() => NativeLibraryLoader.Find(file, SupportedPlatform.Current));
    }

    [Theory]
    [InlineData(UnusableLibrary.Missing, "not found")]
    [InlineData(UnusableLibrary.ForAnotherProcessor, "it is not for this processor")]
    public void A_library_that_is_there_is_not_called_missing(UnusableLibrary kind, string reason)
    {
        using var directory = new TempDirectory();
        string library = kind.In(directory);
        var error = Assert.Throws<DllNotFoundException>(() => NativeLibraryLoader.Find(library, SupportedPlatform.Current));
        Assert.Contains($"{library}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_that_ships_with_the_application_is_found()
    {
        nint library = NativeLibraryLoader.Find(null, SupportedPlatform.Current);
        Assert.NotEqual(0, library);
        Assert.True(NativeLibrary.TryGetExport(library, "s2n_init", out _));
    }
}
