namespace S2nTls.Benchmarks.Measuring;

/// <summary>
/// A median with its spread, in ways that a few disturbed rounds do not move: the median absolute deviation,
/// and the quartiles, between which the middle half of the values lies.
/// </summary>
internal sealed record Statistics(double Median, double Deviation, double LowerQuartile, double UpperQuartile)
{
    internal static Statistics Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        double median = Quantile(sorted, 0.5);
        double[] deviations = [.. sorted.Select(value => Math.Abs(value - median)).Order()];
        return new Statistics(median, Quantile(deviations, 0.5), Quantile(sorted, 0.25), Quantile(sorted, 0.75));
    }

    /// <summary>By linear interpolation between the two values nearest to it.</summary>
    private static double Quantile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}
