using S2nTls.Benchmarks.Measuring;

namespace S2nTls.Benchmarks.Reporting;

/// <summary>Figures as text, the same in every report.</summary>
internal static class FigureText
{
    internal static IReadOnlyList<string> Columns { get; } = ["", "unit", "S2nStream", "SslStream", "S2nStream ÷ SslStream", "limit", "S2nStream ÷ limit"];

    /// <summary>A row's cells, one for each of <see cref="Columns"/>.</summary>
    internal static IReadOnlyList<string> Cells(RowResult result) =>
    [
        result.Row.Title,
        result.Row.Unit,
        Value(result, Contender.S2nStream),
        Value(result, Contender.SslStream),
        Ratio(result.RatioToSslStream),
        result.Limit is { } limit ? $"{result.LimitTitle}: {Value(limit)}" : "",
        Ratio(result.RatioToLimit),
    ];

    private static string Value(RowResult result, Contender contender) =>
        result.Missing.TryGetValue(contender, out string? why) ? why
        : result.Statistics.TryGetValue(contender, out Statistics? statistics) ? Value(statistics)
        : "";

    private static string Value(Statistics statistics) => $"{Number(statistics.Median)} ± {Number(statistics.Deviation)}";

    private static string Ratio(Statistics? ratio) => ratio is null ? "" : $"{ratio.Median:0.00} ({ratio.LowerQuartile:0.00}–{ratio.UpperQuartile:0.00})";

    private static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 10 => value.ToString("0.0"),
        _ => value.ToString("N0"),
    };
}
