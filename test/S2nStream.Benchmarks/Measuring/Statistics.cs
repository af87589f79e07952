namespace S2nTls.Benchmarks.Measuring;

/// <summary>A median with its spread. The deviation is the median absolute one, which a disturbed round does not move.</summary>
internal sealed record Statistics(double Median, double Deviation, double Min, double Max)
{
    internal static Statistics Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        double median = MedianOf(sorted);
        return new Statistics(median, MedianOf([.. sorted.Select(value => Math.Abs(value - median)).Order()]), sorted[0], sorted[^1]);
    }

    private static double MedianOf(double[] sorted)
    {
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
