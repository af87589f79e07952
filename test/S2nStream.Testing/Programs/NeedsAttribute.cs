namespace S2nTls.Testing;

/// <summary>
/// The programs, and nothing else, without which tests cannot run. Where one is absent, the tests are reported as skipped, with its name and
/// package; where <see cref="NeededPrograms.MustBeThere"/>, they run and fail. It is decided when tests are discovered (<see cref="NeedingTestFramework"/>).
/// </summary>
/// <param name="programs">Their names, as the shell finds them.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NeedsAttribute(params string[] programs) : Attribute
{
    public IReadOnlyList<string> Programs { get; } = programs;
}
