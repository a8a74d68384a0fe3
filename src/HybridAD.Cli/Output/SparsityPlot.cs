using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace HybridAD.Cli.Output;

/// <summary>Where the nonzeros of a Jacobian are, as SVG: a cell for each entry, or for as many rows and columns as it takes for the picture to stay small, darker the fuller it is.</summary>
internal static class SparsityPlot
{
    /// <summary>Cells to each side, at most.</summary>
    private const int MostCells = 300;

    /// <summary>Cells of a picture that is drawn rectangle by rectangle; larger ones are an image.</summary>
    private const int FewCells = 4000;

    private const double MostWidth = 700;
    private const double LargestCell = 28;
    private const double LeftMargin = 80;
    private const double OtherMargin = 50;

    private static readonly OxyColor Full = OxyColor.FromRgb(0, 60, 115);
    private static readonly OxyColor Sparse = OxyColor.FromRgb(150, 200, 235);

    public static string Of(SparsityPattern pattern)
    {
        var (cells, largest) = Counts(pattern);
        var model = new PlotModel
        {
            Background = OxyColors.White, PlotAreaBorderColor = OxyColors.Gray,
            PlotMargins = new OxyThickness(LeftMargin, double.NaN, double.NaN, OtherMargin),
        };
        model.Axes.Add(Axis(AxisPosition.Bottom, "input", pattern.ColumnCount));
        model.Axes.Add(Axis(AxisPosition.Left, "output", pattern.RowCount));
        model.Axes.Add(new LinearColorAxis
        {
            Position = AxisPosition.None, Minimum = Math.Min(0.5, largest), Maximum = Math.Max(1, largest), LowColor = OxyColors.White, Palette = largest > 1 ? OxyPalette.Interpolate(64, Sparse, Full) : new OxyPalette(Full, Full),
        });
        model.Series.Add(new HeatMapSeries
        {
            CoordinateDefinition = HeatMapCoordinateDefinition.Edge, Interpolate = false, Data = cells, X0 = 0, X1 = pattern.ColumnCount, Y0 = 0, Y1 = pattern.RowCount,
            RenderMethod = cells.Length <= FewCells ? HeatMapRenderMethod.Rectangles : HeatMapRenderMethod.Bitmap,
        });
        using var stream = new MemoryStream();
        var width = Math.Clamp(LargestCell * pattern.ColumnCount, LargestCell, MostWidth);
        var height = Math.Clamp(width * pattern.RowCount / pattern.ColumnCount, LargestCell, MostWidth);
        new SvgExporter { Width = width + LeftMargin + OtherMargin, Height = height + 2 * OtherMargin, UseVerticalTextAlignmentWorkaround = true }.Export(model, stream);
        var svg = System.Text.Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\uFEFF');
        // Within a page, it is an element.
        return svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
    }

    // Fonts differ between viewers, and some are wider than the one that the library reckons with: labels stand off.
    private static LinearAxis Axis(AxisPosition position, string title, int count) => new()
    {
        Position = position, Title = title, Minimum = 0, Maximum = count, MinimumMajorStep = 1, StringFormat = "#,0", MinorTickSize = 0, AxisTitleDistance = 12, AxisTickToLabelDistance = 12,
        // Rows are counted from the top, as in a matrix.
        StartPosition = position == AxisPosition.Left ? 1 : 0, EndPosition = position == AxisPosition.Left ? 0 : 1,
    };

    /// <summary>How many nonzeros each cell has, columns first, and the most.</summary>
    private static (double[,] Cells, double Largest) Counts(SparsityPattern pattern)
    {
        var (columns, rows) = (Math.Min(MostCells, pattern.ColumnCount), Math.Min(MostCells, pattern.RowCount));
        var cells = new double[columns, rows];
        var largest = 0.0;
        for (var row = 0; row < pattern.RowCount; row++)
            foreach (var column in pattern.Row(row))
                largest = Math.Max(largest, ++cells[(int)((long)column * columns / pattern.ColumnCount), (int)((long)row * rows / pattern.RowCount)]);
        return (cells, largest);
    }

    /// <summary>What there is to say about a pattern in a line.</summary>
    public static string Described(SparsityPattern pattern)
    {
        var perColumn = new int[pattern.ColumnCount];
        var longest = 0;
        for (var row = 0; row < pattern.RowCount; row++)
        {
            longest = Math.Max(longest, pattern.Row(row).Length);
            foreach (var column in pattern.Row(row))
                perColumn[column]++;
        }
        var share = (double)pattern.NonzeroCount / Math.Max(1, (double)pattern.RowCount * pattern.ColumnCount);
        return string.Create(CultureInfo.InvariantCulture,
            $"{pattern.NonzeroCount:N0} of {(double)pattern.RowCount * pattern.ColumnCount:N0} entries ({100 * share:G3} %); at most {longest:N0} in a row and {perColumn.DefaultIfEmpty().Max():N0} in a column");
    }
}
