namespace S2nTls.Benchmarks.Measuring;

internal enum Better
{
    More,
    Less,
}

/// <summary>One figure that a scenario measures: a line of the table.</summary>
/// <param name="Name">Its name in the results file.</param>
/// <param name="Title">What was done, in words.</param>
/// <param name="Unit">The figure's unit.</param>
/// <param name="Better">Whether more of it is better, or less.</param>
internal sealed record Row(string Name, string Title, string Unit, Better Better)
{
    /// <summary>Whether the table shows it. The results file has every row.</summary>
    public bool InTable { get; init; } = true;

    /// <summary>Whether what the limit takes is subtracted from the other contenders' values: what TLS adds is left.</summary>
    public bool AboveLimit { get; init; }
}
