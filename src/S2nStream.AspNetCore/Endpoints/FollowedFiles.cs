using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Watches the files of a context's certificates for as long as the application runs and the context is in use, and logs changes.</summary>
/// <remarks>
/// An endpoint that a changed configuration removes is not notified: the server forgets it, and then nothing references its context. So the
/// watcher, which the system references, references the context weakly; this object, which references the watcher, lives exactly as long as the
/// context, and its finalizer stops the watch.
/// </remarks>
internal sealed partial class FollowedFiles
{
    internal const string Category = "S2nTls.AspNetCore.Certificates";

    private static readonly ConditionalWeakTable<S2nContext, FollowedFiles> s_ofContexts = [];

    private readonly S2nCertificateWatcher _watcher;
    private readonly CancellationTokenRegistration _end;

    private FollowedFiles(S2nCertificateWatcher watcher, IServiceProvider? services)
    {
        _watcher = watcher;
        _end = services?.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(watcher.Dispose) ?? default;
    }

    ~FollowedFiles()
    {
        _end.Unregister();
        _watcher.Dispose();
    }

    /// <param name="files">The files.</param>
    /// <param name="context">The context.</param>
    /// <param name="replace">Gives what was loaded to the context. It must not reference the context in any other way.</param>
    /// <param name="services">The application's services; without any, the files are watched for as long as the context is in use.</param>
    internal static void Follow(
        S2nCertificateFiles[] files, S2nContext context, Action<S2nContext, IReadOnlyList<S2nCertificate>> replace, IServiceProvider? services)
    {
        ILogger logger = (services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(Category);
        string paths = string.Join(", ", files.Select(static file => file.CertificatePath));
        var watcher = new S2nCertificateWatcher(Weakly(context, replace), files);
        watcher.Reloaded += (_, _) => Loaded(logger, paths);
        watcher.Failed += (_, failure) => NotLoaded(logger, paths, failure.GetException());
        s_ofContexts.Add(context, new FollowedFiles(watcher, services));
        watcher.Start();
    }

    private static Action<IReadOnlyList<S2nCertificate>> Weakly(S2nContext context, Action<S2nContext, IReadOnlyList<S2nCertificate>> replace)
    {
        var its = new WeakReference<S2nContext>(context);
        return loaded =>
        {
            if (its.TryGetTarget(out S2nContext? target))
            {
                replace(target, loaded);
            }
        };
    }

    [LoggerMessage(1, LogLevel.Information, "Certificates were loaded from {Files} and are now served.", EventName = "CertificatesLoaded")]
    private static partial void Loaded(ILogger logger, string files);

    [LoggerMessage(2, LogLevel.Warning, "The certificates in {Files} cannot be used; the previous ones stay in service.", EventName = "CertificatesNotLoaded")]
    private static partial void NotLoaded(ILogger logger, string files, Exception exception);
}
