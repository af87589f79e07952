using System.Reflection;

namespace S2nTls.Http.Eviction;

/// <summary>
/// The settings of <see cref="SocketsHttpHandler"/> that .NET 11 has and .NET 10, for which this package is compiled, does not. They are found by
/// name. The types and the names are constants, so that trimming keeps what they name.
/// </summary>
internal static class HandlerOfNet11
{
    private const int DefaultMaxConcurrentStreams = 100;

    private static readonly PropertyInfo? s_maxConcurrentStreams = typeof(SocketsHttpHandler).GetProperty("InitialHttp2MaxConcurrentStreams", typeof(int));

    private static readonly PropertyInfo? s_shouldEvict = typeof(SocketsHttpHandler).GetProperty("ShouldEvictConnection");

    internal static int GetMaxConcurrentStreams(SocketsHttpHandler handler) =>
        s_maxConcurrentStreams is { } property ? (int)property.GetValue(handler)! : DefaultMaxConcurrentStreams;

    /// <exception cref="PlatformNotSupportedException">The runtime does not have the setting.</exception>
    internal static void SetMaxConcurrentStreams(SocketsHttpHandler handler, int value)
    {
        PropertyInfo property = s_maxConcurrentStreams ?? throw Missing(nameof(S2nHttpHandler.InitialHttp2MaxConcurrentStreams));
        property.SetValue(handler, value, BindingFlags.DoNotWrapExceptions, binder: null, index: null, culture: null);
    }

    /// <exception cref="PlatformNotSupportedException">The runtime does not have the setting.</exception>
    internal static void CheckEviction()
    {
        // Func is contravariant: a function of any object is a function of the runtime's context, whose type cannot be named here.
        if (s_shouldEvict?.PropertyType.IsAssignableFrom(typeof(Func<object, CancellationToken, Task<bool>>)) != true)
        {
            throw Missing(nameof(S2nHttpHandler.ShouldEvictConnection));
        }
    }

    /// <summary>Has the pool ask a function about its connections. <see cref="CheckEviction"/> must have passed.</summary>
    internal static void SetShouldEvict(SocketsHttpHandler handler, Func<object, CancellationToken, Task<bool>> value) =>
        s_shouldEvict!.SetValue(handler, value, BindingFlags.DoNotWrapExceptions, binder: null, index: null, culture: null);

    private static PlatformNotSupportedException Missing(string setting) =>
        new($"{setting} is a setting of .NET 11's SocketsHttpHandler, and this is .NET {Environment.Version}.");
}
