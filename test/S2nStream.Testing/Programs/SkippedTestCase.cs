using Xunit.Abstractions;
using Xunit.Sdk;

namespace S2nTls.Testing;

/// <summary>A test, or all rows of one, for which a program is missing.</summary>
public sealed class SkippedTestCase : XunitTestCase
{
    /// <summary>For xunit, which hands tests from one process to another.</summary>
    [Obsolete("Called by the deserializer only.")]
    public SkippedTestCase()
    {
    }

    public SkippedTestCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(sink, display, options, method)
    {
    }

    /// <returns>Null if nothing is missing, or nothing may be skipped.</returns>
    internal static string? ReasonFor(ITestMethod method)
    {
        if (NeededPrograms.MustBeThere)
        {
            return null;
        }

        string[] missing =
        [
            .. method.Method.GetCustomAttributes(typeof(NeedsAttribute)).Concat(method.TestClass.Class.GetCustomAttributes(typeof(NeedsAttribute)))
                .SelectMany(attribute => ((IReflectionAttributeInfo)attribute).Attribute is NeedsAttribute needs ? needs.Programs : [])
                .Distinct().Where(program => !NeededPrograms.IsInstalled(program)).Select(NeededPrograms.Missing),
        ];
        return missing.Length == 0 ? null : string.Join("; ", missing);
    }

    /// <summary>The name says why: what `dotnet test` prints of a test that is skipped is its name.</summary>
    protected override void Initialize()
    {
        base.Initialize();
        if (SkipReason is { } reason)
        {
            DisplayName = $"{DisplayName} ({reason})";
        }
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) => ReasonFor(TestMethod) ?? base.GetSkipReason(factAttribute);
}
