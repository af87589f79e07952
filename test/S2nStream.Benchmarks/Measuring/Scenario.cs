namespace S2nTls.Benchmarks.Measuring;

/// <summary>Something that every contender does in the same way, and the figures that it yields.</summary>
internal abstract class Scenario(string name, IReadOnlyList<Contender> contenders)
{
    /// <summary>What <c>--only</c> selects it by.</summary>
    internal string Name { get; } = name;

    /// <summary>Who takes part, in the order of the first round.</summary>
    internal IReadOnlyList<Contender> Contenders { get; } = contenders;

    internal abstract IReadOnlyList<Row> Rows { get; }

    /// <summary>Whether a contender must have run for a while before it is measured. Not where each round is a process of its own.</summary>
    internal virtual bool WarmsUp => true;

    /// <summary>Whether it is short enough for a quick comparison.</summary>
    internal virtual bool IsQuick => true;

    internal virtual int Rounds(Plan plan) => plan.Rounds;

    /// <summary>Why a contender cannot take part; null where it can.</summary>
    internal virtual string? WhyMissing(Contender contender) => null;

    /// <summary>Sets a contender up. What this takes is not measured.</summary>
    internal abstract Task<Trial> PrepareAsync(Contender contender);
}
