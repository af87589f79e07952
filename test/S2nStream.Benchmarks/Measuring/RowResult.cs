using System.Text.Json.Serialization;

namespace S2nTls.Benchmarks.Measuring;

/// <summary>What was measured for one row.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Row">The row.</param>
/// <param name="Measured">Each contender's values, one a round: those of the same index were measured in the same round.</param>
/// <param name="Missing">Why a contender has none.</param>
internal sealed record RowResult(
    string Scenario, Row Row, IReadOnlyDictionary<Contender, double[]> Measured, IReadOnlyDictionary<Contender, string> Missing)
{
    /// <summary>
    /// What nobody can beat: the inner stream alone, or s2n alone; where both were measured, one after the other,
    /// which takes the time of both.
    /// </summary>
    [JsonIgnore]
    public string? LimitTitle => Limits.Length == 0 ? null : string.Join(" + ", Limits.Select(limit => limit.Title()));

    /// <summary>The limit's values, round by round.</summary>
    public Statistics? Limit => Limits.Length == 0 ? null : Measuring.Statistics.Of(LimitValues());

    public IReadOnlyDictionary<Contender, Statistics> Statistics =>
        Measured.Keys.ToDictionary(contender => contender, contender => Measuring.Statistics.Of(Values(contender)));

    /// <summary>S2nStream's share of SslStream's value, round by round.</summary>
    public Statistics? RatioToSslStream => Ratio(Contender.SslStream);

    /// <summary>S2nStream's share of the limit's value, round by round. Not for rows that are above the limit.</summary>
    public Statistics? RatioToLimit => Limits.Length > 0 && !Row.AboveLimit ? Ratio(LimitValues()) : null;

    private Contender[] Limits => [.. Measured.Keys.Where(contender => contender is Contender.NoTls or Contender.BareS2n).Order()];

    private double[] Values(Contender contender)
    {
        double[] values = Measured[contender];
        return Row.AboveLimit && Limits.Length > 0 && !Limits.Contains(contender)
            ? [.. values.Zip(LimitValues(), (value, least) => value - least)]
            : values;
    }

    private double[] LimitValues() =>
        [.. Enumerable.Range(0, Measured[Limits[0]].Length).Select(round => Together([.. Limits.Select(limit => Measured[limit][round])]))];

    /// <summary>What is left of several rates when one unit of work after another goes through all of them; a quantity is what the last adds to.</summary>
    private double Together(double[] values) => values.Length == 1 ? values[0] : Row.Better == Better.More ? 1 / values.Sum(value => 1 / value) : values.Sum();

    private Statistics? Ratio(Contender other) => Measured.ContainsKey(other) ? Ratio(Values(other)) : null;

    private Statistics? Ratio(double[] others) =>
        Measured.ContainsKey(Contender.S2nStream) && others.All(value => value > 0)
            ? Measuring.Statistics.Of(Values(Contender.S2nStream).Zip(others, (own, value) => own / value))
            : null;
}
