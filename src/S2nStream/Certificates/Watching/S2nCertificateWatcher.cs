using System.Runtime.ExceptionServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nito.AsyncEx;
using S2nTls.Certificates.Watching;
using S2nTls.Telemetry;

namespace S2nTls;

/// <summary>
/// Puts certificates from PEM files into service whenever the files change: when they are overwritten or replaced by renaming, or links are
/// switched, as certbot and Kubernetes do. What cannot be loaded, because a file is missing or half-written, or a key belongs to another
/// certificate, changes nothing: the old certificates stay, and <see cref="Failed"/> is raised. Thread-safe.
/// </summary>
/// <remarks>
/// The system reports changes in the files' directories (inotify); the files are read once the directories have been quiet for
/// <see cref="SettleTime"/>, so that a certificate and its key are read together. Because the system does not report everything (a link further up
/// the path, a network file system), the files are also read every <see cref="PollingInterval"/>. Only their content decides whether they have
/// changed.
/// </remarks>
[SupportedOSPlatform("linux")]
public sealed class S2nCertificateWatcher : IDisposable, IAsyncDisposable
{
    /// <summary>The wait for a directory that is never quiet ends after this many settle times.</summary>
    private const int MaxUnrest = 20;

    private readonly Action<IReadOnlyList<S2nCertificate>> _apply;
    private readonly S2nCertificateFiles[] _files;
    private readonly TimeProvider _clock;
    private readonly DirectoryWatch _directories;
    private readonly CancellationTokenSource _stop = new();
    private readonly AsyncManualResetEvent _changed = new();
    private Task? _running;
    private volatile bool _isForced;
    private byte[] _lastSeen = [];
    private int _isDisposed;

    /// <summary>Makes a watcher that gives the certificates to a context, with <see cref="S2nContext.ReplaceCertificates"/>.</summary>
    /// <param name="context">The context. It must outlive the watcher.</param>
    /// <param name="files">The files of all its certificates: one item for each certificate.</param>
    public S2nCertificateWatcher(S2nContext context, params IReadOnlyList<S2nCertificateFiles> files)
        : this(Replace(context), files)
    {
    }

    /// <summary>Makes a watcher that passes the certificates to a delegate: to serve several contexts, say.</summary>
    /// <param name="apply">Receives the certificates, which are disposed when it returns. An exception from it is a failure like any other.</param>
    /// <param name="files">The files: one item for each certificate.</param>
    /// <param name="timeProvider">Measures the waits; null for the system's clock.</param>
    public S2nCertificateWatcher(Action<IReadOnlyList<S2nCertificate>> apply, IReadOnlyList<S2nCertificateFiles> files, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(apply);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentOutOfRangeException.ThrowIfZero(files.Count, nameof(files));
        _apply = apply;
        _files = [.. files];
        _clock = timeProvider ?? TimeProvider.System;
        _directories = new DirectoryWatch(_files.SelectMany(file => file.Paths), _changed.Set);
    }

    /// <summary>
    /// Certificates were put into service. Raised on a thread-pool thread, one event at a time. A handler that throws ends the process, as with
    /// <see cref="FileSystemWatcher"/>.
    /// </summary>
    public event EventHandler<S2nCertificatesReloadedEventArgs>? Reloaded;

    /// <summary>The files changed and cannot be used: the old certificates stay. Raised once for each such change, like <see cref="Reloaded"/>.</summary>
    public event EventHandler<ErrorEventArgs>? Failed;

    /// <summary>How often the files are read even if no change is reported. Default: 30 seconds. Set it before <see cref="Start"/>.</summary>
    public TimeSpan PollingInterval
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>How long the directories must be quiet before the files are read. Default: 500 milliseconds. Set it before <see cref="Start"/>.</summary>
    public TimeSpan SettleTime
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromMilliseconds(500);

    /// <summary>Starts watching: loads the files once, so that no change since they were last loaded is missed, and then whenever they change.</summary>
    /// <exception cref="InvalidOperationException">The watcher has already been started.</exception>
    /// <exception cref="ObjectDisposedException">The watcher is disposed.</exception>
    public void Start()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
        var run = new Task<Task>(RunAsync);
        if (Interlocked.CompareExchange(ref _running, run.Unwrap(), null) is not null)
        {
            throw new InvalidOperationException("The watcher has already been started.");
        }

        run.Start(TaskScheduler.Default);
    }

    /// <summary>Loads the files soon, whether or not they have changed: for a program that is told to reload, by SIGHUP say.</summary>
    public void CheckNow()
    {
        _isForced = true;
        _changed.Set();
    }

    /// <summary>Stops watching. A reload in progress may still finish.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _directories.Dispose();
            _stop.Cancel();
        }
    }

    /// <summary>Stops watching, and completes when no reload is in progress. Do not wait for it in a handler of its events.</summary>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        await (_running ?? Task.CompletedTask).ConfigureAwait(false);
    }

    private static Action<IReadOnlyList<S2nCertificate>> Replace(S2nContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return certificates => context.ReplaceCertificates(certificates);
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                _directories.Renew();
                Check();
                await WaitForChangeAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // disposed
        }
    }

    private async Task WaitForChangeAsync()
    {
        try
        {
            await _changed.WaitAsync().WaitAsync(PollingInterval, _clock, _stop.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return;
        }

        for (int i = 0; i < MaxUnrest && _changed.IsSet; i++)
        {
            _changed.Reset();
            await Task.Delay(SettleTime, _clock, _stop.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Loads the files if their content has changed; unusable content is tried only once.</summary>
    private void Check()
    {
        var loaded = new List<S2nCertificate>(_files.Length);
        X509Certificate2[] shown;
        try
        {
            byte[] seen = Digest();
            if (seen.AsSpan().SequenceEqual(_lastSeen) && !_isForced)
            {
                return;
            }

            _isForced = false;
            _lastSeen = seen;
            foreach (S2nCertificateFiles file in _files)
            {
                loaded.Add(file.Load());
            }

            shown = [.. loaded.Select(certificate => X509CertificateLoader.LoadCertificate(certificate.Leaf.RawDataMemory.Span))];
            _apply(loaded);
        }
        catch (Exception e)
        {
            CertificateReport.Failed((e as S2nException)?.S2nErrorName ?? e.GetType().FullName!, e.Message);
            Raise(() => Failed?.Invoke(this, new ErrorEventArgs(e)));
            return;
        }
        finally
        {
            loaded.ForEach(certificate => certificate.Dispose());
        }

        CertificateReport.Reloaded(shown.Length);
        Raise(() => Reloaded?.Invoke(this, new S2nCertificatesReloadedEventArgs(shown)));
    }

    private byte[] Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Array.ForEach(_files, file => file.AppendTo(hash));
        return hash.GetHashAndReset();
    }

    /// <summary>An exception from a handler is neither handled nor hidden here.</summary>
    private static void Raise(Action raise)
    {
        try
        {
            raise();
        }
        catch (Exception e)
        {
            var thrown = ExceptionDispatchInfo.Capture(e);
            ThreadPool.QueueUserWorkItem(_ => thrown.Throw());
        }
    }
}
