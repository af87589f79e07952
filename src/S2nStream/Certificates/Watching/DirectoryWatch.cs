namespace S2nTls.Certificates.Watching;

/// <summary>
/// Reports that something has changed in one of several directories, as far as the system allows: a directory that cannot be watched (it does not
/// exist, or the system has no watches left) is tried again on request.
/// </summary>
internal sealed class DirectoryWatch : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string[] _directories;
    private readonly Action _changed;
    private readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <param name="files">The files whose directories are watched: the directories, because files are replaced by renaming, or are links.</param>
    /// <param name="changed">Called on any thread, more often than necessary.</param>
    internal DirectoryWatch(IEnumerable<string> files, Action changed)
    {
        _directories = [.. files.Select(file => Path.GetDirectoryName(Path.GetFullPath(file))!).Distinct(StringComparer.Ordinal)];
        _changed = changed;
    }

    /// <summary>Watches the directories not yet watched.</summary>
    internal void Renew()
    {
        lock (_lock)
        {
            foreach (string directory in _isDisposed ? [] : _directories.Where(directory => !_watchers.ContainsKey(directory)))
            {
                if (TryWatch(directory) is { } watcher)
                {
                    _watchers.Add(directory, watcher);
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (FileSystemWatcher watcher in _watchers.Values)
            {
                watcher.Dispose();
            }

            _watchers.Clear();
        }
    }

    private FileSystemWatcher? TryWatch(string directory)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(directory)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, _) => _changed();
            watcher.Created += (_, _) => _changed();
            watcher.Deleted += (_, _) => _changed();
            watcher.Renamed += (_, _) => _changed();
            watcher.Error += (_, _) => Drop(directory);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            return null;
        }
    }

    /// <summary>Stops watching a directory: events were lost, or it is gone.</summary>
    private void Drop(string directory)
    {
        lock (_lock)
        {
            if (_watchers.Remove(directory, out FileSystemWatcher? watcher))
            {
                watcher.Dispose();
            }
        }

        _changed();
    }
}
