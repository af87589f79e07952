using System.Runtime.InteropServices;

namespace S2nTls.Elsewhere;

/// <summary>What the library says of itself, and what its first use throws.</summary>
internal static class Asking
{
    internal static async Task<int> RunAsync()
    {
        Console.WriteLine($"S2nStream.IsSupported: {S2nStream.IsSupported}");
        Console.WriteLine($"S2nStream.IsSupported again: {S2nStream.IsSupported}");
        Console.WriteLine($"S2nHttpHandler.IsSupported: {S2nHttpHandler.IsSupported}");
        Tell("S2nLibrary.Load", S2nLibrary.Load);
        Tell("S2nContext.CreateClient", static () => S2nContext.CreateClient(new S2nClientOptions()).Dispose());
        Tell("new S2nSecurityPolicy", static () => _ = new S2nSecurityPolicy("of any name"));
        try
        {
            using var stream = new S2nStream(new MemoryStream());
            await stream.AuthenticateAsClientAsync("example.com");
        }
        catch (Exception e)
        {
            Console.WriteLine($"AuthenticateAsClientAsync: {e.GetType().Name}");
        }

        Console.WriteLine($"S2nStream.IsSupported in the end: {S2nStream.IsSupported}");
        return 0;
    }

    /// <summary>An application that resolves the native libraries of S2nStream itself leaves no place for its loader.</summary>
    internal static int RunWithOwnResolver()
    {
        NativeLibrary.SetDllImportResolver(typeof(S2nStream).Assembly, static (_, _, _) => 0);
        Console.WriteLine($"S2nStream.IsSupported: {S2nStream.IsSupported}");
        return 0;
    }

    /// <summary>The library comes after the first question.</summary>
    internal static int RunBeforeItIsThere()
    {
        Console.WriteLine($"S2nStream.IsSupported: {S2nStream.IsSupported}");
        string place = Environment.GetEnvironmentVariable("S2N_LIBRARY_PATH")!;
        foreach (string file in new[] { "aws-crt-nodejs.node", "libs2n.so" })
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(Path.GetDirectoryName(place)!, file));
        }

        Console.WriteLine($"S2nStream.IsSupported again: {S2nStream.IsSupported}");
        Tell("S2nLibrary.Load", S2nLibrary.Load);
        Console.WriteLine($"S2nStream.IsSupported in the end: {S2nStream.IsSupported}");
        return 0;
    }

    private static void Tell(string what, Action use)
    {
        try
        {
            use();
            Console.WriteLine($"{what}: nothing");
        }
        catch (Exception e)
        {
            Console.WriteLine($"{what}: {e.GetType().Name}");
        }
    }
}
