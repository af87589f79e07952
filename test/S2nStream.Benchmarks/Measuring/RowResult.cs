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
    /// <summary>The contender that nobody can beat.</summary>
    [JsonIgnore]
    public Contender? Limit => Measured.Keys.Where(contender => contender is Contender.NoTls or Contender.BareS2n).Cast<Contender?>().FirstOrDefault();

    public IReadOnlyDictionary<Contender, Statistics> Statistics =>
        Measured.Keys.ToDictionary(contender => contender, contender => Measuring.Statistics.Of(Values(contender)));

    /// <summary>S2nStream's share of SslStream's value, round by round.</summary>
    public Statistics? RatioToSslStream => Ratio(Contender.SslStream);

    /// <summary>S2nStream's share of the limit's value, round by round. Not for rows that are above the limit.</summary>
    public Statistics? RatioToLimit => Limit is { } limit && !Row.AboveLimit ? Ratio(limit) : null;

    private double[] Values(Contender contender)
    {
        double[] values = Measured[contender];
        return Row.AboveLimit && Limit is { } limit && contender != limit
            ? [.. values.Zip(Measured[limit], (value, least) => value - least)]
            : values;
    }

    private Statistics? Ratio(Contender other)
    {
        if (!Measured.ContainsKey(Contender.S2nStream) || !Measured.ContainsKey(other))
        {
            return null;
        }

        double[] others = Values(other);
        return others.All(value => value > 0)
            ? Measuring.Statistics.Of(Values(Contender.S2nStream).Zip(others, (own, value) => own / value))
            : null;
    }
}
