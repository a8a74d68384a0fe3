using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace HybridAD.Bench.Growth;

/// <summary>The plots: a colour for each function, a line style for each stage, both axes logarithmic.</summary>
internal static class GrowthPlot
{
    private static readonly OxyColor[] s_colors = [OxyColor.FromRgb(0, 114, 178), OxyColor.FromRgb(213, 94, 0), OxyColor.FromRgb(0, 158, 115)];

    public static string Time(GrowthSeries[] series) => Svg("nanoseconds for each operation", series,
    [
        ("tracing", LineStyle.Dot, p => p.TraceNs),
        ("set-up", LineStyle.Dash, p => p.SetUpNs),
        ("evaluation", LineStyle.Solid, p => p.EvaluationNs),
    ]);

    public static string Memory(GrowthSeries[] series) => Svg("bytes for each operation", series,
    [
        ("function and plan", LineStyle.Solid, p => p.FunctionBytes),
        ("workspace", LineStyle.Dot, p => p.WorkspaceBytes),
    ]);

    private static string Svg(string unit, GrowthSeries[] series, (string Stage, LineStyle Style, Func<GrowthPoint, double> Of)[] lines)
    {
        var model = new PlotModel { Background = OxyColors.White };
        model.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.RightMiddle, LegendLineSpacing = 6 });
        model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = "operations", MajorGridlineStyle = LineStyle.Solid, LabelFormatter = PowerOfTen });
        model.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Left, Title = unit, AxisTitleDistance = 20, MajorGridlineStyle = LineStyle.Solid, MinorGridlineStyle = LineStyle.Dot, LabelFormatter = PowerOfTen });
        foreach (var ((name, points), color) in series.Zip(s_colors))
            foreach (var (stage, style, of) in lines)
            {
                // Fonts differ between viewers, and some are wider than the one that the library reckons with.
                var title = $"{name}: {stage}";
                var line = new LineSeries { Title = title.PadRight(2 * title.Length, '\u00A0'), Color = color, LineStyle = style, MarkerType = MarkerType.Circle, MarkerFill = color, MarkerSize = 3 };
                line.Points.AddRange(points.Select(p => new DataPoint(p.Operations, of(p))));
                model.Series.Add(line);
            }
        using var stream = new MemoryStream();
        new SvgExporter { Width = 960, Height = 420, UseVerticalTextAlignmentWorkaround = true }.Export(model, stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\uFEFF');
    }

    /// <summary>The label of a power of ten; none between.</summary>
    private static string PowerOfTen(double number)
    {
        const string superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
        var exponent = Math.Round(Math.Log10(number));
        return Math.Abs(Math.Pow(10, exponent) / number - 1) > 1e-6 ? "" : "10" + (exponent < 0 ? "⁻" : "") + superscripts[(int)Math.Abs(exponent)];
    }
}
