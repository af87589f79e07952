namespace S2nTls.Testing;

/// <summary>A directory of a test's own, readable by its user only, and gone when it is disposed.</summary>
public sealed class TempDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("s2nstream-");

    public string Path => _directory.FullName;

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    public void Dispose() => _directory.Delete(recursive: true);
}
