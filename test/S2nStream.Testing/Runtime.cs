namespace S2nTls.Testing;

/// <summary>
/// The runtime under the tests. They are built for .NET 10 and run on .NET 11 too (build/dotnet11.sh), whose SslStream, certificate chains and
/// SocketsHttpHandler do some things in another way: tests ask here which way to expect.
/// </summary>
public static class Runtime
{
    public static bool IsNet11 => Environment.Version.Major >= 11;

    /// <summary>What .NET's own types do on the runtime at hand.</summary>
    public static T Of<T>(T net10, T net11) => IsNet11 ? net11 : net10;
}
