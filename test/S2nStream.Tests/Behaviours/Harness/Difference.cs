using S2nTls.Interop;

namespace S2nTls.Tests.Behaviours;

/// <summary>Something that the two types do differently.</summary>
/// <param name="What">The call and its circumstances.</param>
/// <param name="Ssl">What SslStream does.</param>
/// <param name="S2n">What S2nStream does.</param>
/// <param name="Why">Why it does not do the same.</param>
public sealed record Difference(string What, string Ssl, string S2n, string Why)
{
    /// <summary>The differences that a class lists in its fields.</summary>
    internal static IEnumerable<Difference> ListedIn(Type type) => type.GetFields().Select(field => field.GetValue(null)).OfType<Difference>();
}

/// <summary>
/// How behaviours state a difference: both outcomes, of which the one of the type at hand is checked. They
/// name the difference for the reader, and so that its removal from the list is noticed.
/// </summary>
internal static class DifferenceExtensions
{
    /// <param name="_">The difference.</param>
    /// <param name="kind">The type at hand.</param>
    /// <param name="ssl">What SslStream does; on .NET 10 only, if the last is given.</param>
    /// <param name="s2n">What S2nStream does.</param>
    /// <param name="ssl11">What SslStream does on .NET 11.</param>
    public static Task DiffersAsync(this Difference _, Kind kind, Func<Task> ssl, Func<Task> s2n, Func<Task>? ssl11 = null) =>
        (kind == Kind.SslStream ? Runtime.Of(ssl, ssl11 ?? ssl) : s2n)();

    /// <inheritdoc cref="DiffersAsync"/>
    public static void Differs(this Difference _, Kind kind, Action ssl, Action s2n, Action? ssl11 = null) =>
        (kind == Kind.SslStream ? Runtime.Of(ssl, ssl11 ?? ssl) : s2n)();

    public static T Of<T>(this Difference _, Kind kind, T ssl, T s2n) => kind == Kind.SslStream ? ssl : s2n;
}
