using S2nTls.Benchmarks.Measuring;
using ScottPlot;

namespace S2nTls.Benchmarks.Reporting;

/// <summary>The rows of work per CPU-second as bars, SslStream's being 1.</summary>
internal static class Chart
{
    private static readonly (Contender Contender, string Color)[] s_bars =
    [
        (Contender.S2nStream, "#1f77b4"),
        (Contender.SslStream, "#ff7f0e"),
    ];

    internal static void Write(Results results, string path)
    {
        RowResult[] rows = [.. results.TableRows.Where(row => row.Row.Unit.EndsWith("/ CPU-s", StringComparison.Ordinal) && row.RatioToSslStream is not null)];
        if (rows.Length == 0)
        {
            throw new InvalidDataException("The results have no row of work per CPU-second, which is what the chart shows.");
        }

        using var plot = new Plot();
        plot.Font.Set("DejaVu Sans");
        for (int i = 0; i < rows.Length; i++)
        {
            double top = -i;
            foreach ((Contender contender, string color) in s_bars)
            {
                double length = contender == Contender.S2nStream ? rows[i].RatioToSslStream!.Median : 1;
                plot.Add.Bar(new Bar
                {
                    Position = top,
                    Value = length,
                    Size = 0.36,
                    FillColor = Color.FromHex(color),
                    LineWidth = 0,
                    Orientation = Orientation.Horizontal,
                });
                ScottPlot.Plottables.Text label = plot.Add.Text($"{rows[i].Statistics[contender].Median:N0}", length, top);
                label.LabelAlignment = Alignment.MiddleLeft;
                label.LabelFontSize = 11;
                label.OffsetX = 4;
                top -= 0.38;
            }
        }

        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. rows.Select((_, i) => -i - 0.19)], [.. rows.Select(row => $"{row.Row.Title}, {row.Row.Unit}")]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Grid.YAxisStyle.IsVisible = false;
        plot.Axes.Bottom.Label.Text = "work per CPU-second, SslStream = 1";
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Bottom.Label.FontSize = 12;
        plot.Axes.SetLimits(0, rows.Max(row => Math.Max(1, row.RatioToSslStream!.Median)) * 1.2, -rows.Length + 0.4, 0.4);
        plot.Legend.ManualItems.AddRange(s_bars.Select(bar => new LegendItem { LabelText = bar.Contender.Title(), FillColor = Color.FromHex(bar.Color) }));
        plot.ShowLegend(Alignment.UpperRight);
        plot.SaveSvg(path, 900, 60 + (56 * rows.Length));
    }
}
