using System.Collections.Concurrent;
using S2nTls.Interop;

namespace S2nTls.Context;

/// <summary>
/// The file named by <c>SSLKEYLOGFILE</c>, in NSS's format: with it a captured connection can be decrypted. One for all contexts of the process;
/// open until the process ends, because connections outlive their context.
/// </summary>
#pragma warning disable CA1001 // it lives as long as the process
internal sealed class KeyLogFile
#pragma warning restore CA1001
{
    internal const string Variable = "SSLKEYLOGFILE";

    private static readonly ConcurrentDictionary<string, Lazy<KeyLogFile>> s_files = new(StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private readonly FileStream _file;

    private KeyLogFile(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete, // other processes log there too
            BufferSize = 0, // a line is written before its secret is used
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        _file = new FileStream(path, options);
    }

    /// <returns>Null if the variable is not set.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Write access is denied.</exception>
    internal static KeyLogFile? FromEnvironment() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path
            ? s_files.GetOrAdd(Path.GetFullPath(path), static path => new Lazy<KeyLogFile>(() => new KeyLogFile(path))).Value
            : null;

    /// <summary>Appends a line, in one write, so that lines of several processes do not mix.</summary>
    internal void Append(ReadOnlySpan<byte> line)
    {
        Span<byte> whole = stackalloc byte[line.Length + 1]; // s2n's lines have 300 characters at most
        line.CopyTo(whole);
        whole[^1] = (byte)'\n';
        lock (_lock)
        {
            _file.Write(whole);
        }
    }
}
