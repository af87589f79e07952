using System.Reflection;

namespace S2nTls.Tests;

/// <summary>Where the repository is that these tests were built from: for those that hold its pages to what the code says.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } =
        typeof(RepositoryRoot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepositoryRoot").Value!;
}
