using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace S2nTls.AspNetCore.Fallback;

/// <summary>Says, for each endpoint, that it does not use s2n.</summary>
internal static partial class FallbackLog
{
    internal const string Category = "S2nTls.AspNetCore.Endpoints";

    internal static void Warn(ListenOptions endpoint, IReadOnlyList<string> lost)
    {
        ILogger logger = (endpoint.ApplicationServices?.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(Category);
        UsesHttpsInstead(logger, Address(endpoint), lost.Count == 0 ? "none" : string.Join(", ", lost), Reason());
    }

    /// <summary>Kestrel gives the endpoint its scheme later.</summary>
    private static string Address(ListenOptions endpoint)
    {
        const string Http = "http://";
        string address = endpoint.ToString()!;
        return address.StartsWith(Http, StringComparison.Ordinal) ? $"https://{address[Http.Length..]}" : address;
    }

    /// <summary>Why s2n cannot be used, as its first use would say.</summary>
    private static Exception? Reason()
    {
        try
        {
            S2nLibrary.Load();
            return null;
        }
        catch (Exception e) when (e is PlatformNotSupportedException or DllNotFoundException or TypeInitializationException)
        {
            return e;
        }
    }

    [LoggerMessage(
        1, LogLevel.Warning, "{Endpoint} does not use s2n-tls, which is not supported here, but UseHttps. Settings without effect: {Settings}.", EventName = "UsesHttpsInstead")]
    private static partial void UsesHttpsInstead(ILogger logger, string endpoint, string settings, Exception? reason);
}
