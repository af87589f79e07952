namespace S2nTls.Benchmarks.Measuring;

/// <summary>One contender, set up for one scenario, to be measured in several rounds.</summary>
internal abstract class Trial : IDisposable
{
    /// <summary>What goes with it, in this order.</summary>
    internal IReadOnlyList<IDisposable> Owned { get; init; } = [];

    /// <summary>Works for about the given time.</summary>
    /// <returns>One value for each row of the scenario.</returns>
    internal abstract Task<double[]> MeasureAsync(TimeSpan time);

    public void Dispose()
    {
        foreach (IDisposable resource in Owned)
        {
            resource.Dispose();
        }
    }
}
