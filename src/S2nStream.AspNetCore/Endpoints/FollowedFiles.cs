using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Follows the files of an endpoint's certificates for as long as the application runs, and tells the log.</summary>
internal static partial class FollowedFiles
{
    private const string Category = "S2nTls.AspNetCore.Certificates";

    /// <param name="files">The files.</param>
    /// <param name="apply">Puts what was loaded into service.</param>
    /// <param name="services">The application's; without any, the files are followed until the process ends.</param>
    internal static void Follow(S2nCertificateFiles[] files, Action<IReadOnlyList<S2nCertificate>> apply, IServiceProvider? services)
    {
        ILogger logger = (services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(Category);
        string paths = string.Join(", ", files.Select(static file => file.CertificatePath));
        var watcher = new S2nCertificateWatcher(apply, files);
        watcher.Reloaded += (_, _) => Loaded(logger, paths);
        watcher.Failed += (_, failure) => NotLoaded(logger, paths, failure.GetException());
        services?.GetService<IHostApplicationLifetime>()?.ApplicationStopped.Register(watcher.Dispose);
        watcher.Start();
    }

    [LoggerMessage(1, LogLevel.Information, "Certificates are served as they are in {Files}.", EventName = "CertificatesLoaded")]
    private static partial void Loaded(ILogger logger, string files);

    [LoggerMessage(2, LogLevel.Warning, "The certificates in {Files} cannot be used; those that were served are served on.", EventName = "CertificatesNotLoaded")]
    private static partial void NotLoaded(ILogger logger, string files, Exception exception);
}
