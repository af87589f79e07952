using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace S2nTls.AspNetCore.Endpoints;

/// <summary>Logs when an endpoint's own stapler has no good OCSP response.</summary>
internal static partial class StaplingLog
{
    internal static void Follow(S2nOcspStapler stapler, IServiceProvider? services)
    {
        ILogger logger = (services?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(FollowedFiles.Category);
        stapler.Failed += (_, failure) => NotStapled(logger, failure.GetException().Message, failure.GetException());
    }

    [LoggerMessage(3, LogLevel.Warning, "No new OCSP response is stapled: {Reason}", EventName = "OcspResponseNotFetched")]
    private static partial void NotStapled(ILogger logger, string reason, Exception exception);
}
