using System.Globalization;
using System.Net;
using System.Text;
using System.Xml;
using QuikGraph;

namespace HybridAD.Planning.Drawing;

/// <summary>A graph of boxes in the colours of modes, written as SVG: the lines, then the boxes, then what the colours mean.</summary>
internal sealed class SvgPicture
{
    /// <summary>The mode of what has none: inputs and outputs.</summary>
    public const string Plain = "";

    private const double Margin = 24;
    private const double TitleHeight = 44;
    private const double LegendHeight = 40;

    // Colours that differ in lightness too, so that they can be told apart without seeing colours: M. Okabe, K. Ito, "Color universal design", 2008.
    private static readonly Dictionary<string, string> Colors = new()
    {
        [Plain] = "#f2f4f7", ["forward"] = "#a6d4f2", ["reverse"] = "#f7c98b", ["tangent"] = "#7cc0ea", ["adjoint"] = "#f0ae55", ["hybrid"] = "#9fdcc3", ["elimination"] = "#e3b5d3", ["sum"] = "#dde1e7",
    };
    private const string OtherColor = "#f3ee9a";

    private readonly LayeredLayout _layout;
    private readonly double _columnWidth;
    private readonly double _boxWidth;
    private readonly double _boxHeight;
    private readonly StringBuilder _text = new();
    private readonly double _width;
    private readonly double _height;

    public SvgPicture(string title, BidirectionalGraph<int, TaggedEdge<int, int>> graph, double columnWidth, double boxWidth, double boxHeight, double gap)
    {
        (_columnWidth, _boxWidth, _boxHeight) = (columnWidth, boxWidth, boxHeight);
        _layout = new LayeredLayout(graph, _ => boxHeight, gap, edgeHeight: boxHeight / 3);
        _width = Math.Max(2 * Margin + (_layout.LayerCount - 1) * columnWidth + boxWidth, 2 * Margin + 7.5 * title.Length);
        _height = TitleHeight + _layout.Height + LegendHeight + Margin;
        Append($$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{_width:0}} {{_height:0}}" width="{{_width:0}}" height="{{_height:0}}" role="img" aria-labelledby="t">
            <title id="t">{{Escaped(title)}}</title>
            <style>
            text { font-family: "Segoe UI", "Helvetica Neue", Arial, sans-serif; font-size: 13px; text-anchor: middle; fill: #1f2933; }
            .title { font-size: 14px; font-weight: 600; text-anchor: start; } .mode { font-weight: 600; } .small { font-size: 12px; fill: #3e4c59; } .width { font-size: 12px; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; } .key { text-anchor: start; }
            .box { stroke: #52606d; stroke-width: 1.2; } .line { fill: none; stroke: #7b8794; stroke-width: 1.4; }
            </style>
            <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#7b8794"/></marker></defs>
            <rect width="{{_width:0}}" height="{{_height:0}}" fill="#ffffff"/>
            <text x="{{Margin:0}}" y="28" class="title">{{Escaped(title)}}</text>

            """);
    }

    /// <summary>A line from box to box, with a label where it starts to leave.</summary>
    public void Line(int source, int target, string label)
    {
        var points = _layout.Route(source, target).Select(point => (X: Left(point.Layer), Y: Middle(point.Y))).ToArray();
        var path = new StringBuilder();
        var from = (X: points[0].X + _boxWidth, points[0].Y);
        path.Append(CultureInfo.InvariantCulture, $"M{from.X:0.#} {from.Y:0.#}");
        for (var k = 1; k < points.Length; k++)
        {
            var bend = (points[k].X - from.X) / 2;
            path.Append(CultureInfo.InvariantCulture, $" C{from.X + bend:0.#} {from.Y:0.#} {points[k].X - bend:0.#} {points[k].Y:0.#} {points[k].X:0.#} {points[k].Y:0.#}");
            from = points[k];
            if (k == points.Length - 1)
                break;
            // Past a layer that the line only crosses: straight through.
            from.X += _boxWidth;
            path.Append(CultureInfo.InvariantCulture, $" L{from.X:0.#} {from.Y:0.#}");
        }
        Append($"""<path d="{path}" class="line" marker-end="url(#tip)"/>{'\n'}""");
        if (label.Length > 0)
            Append($"""<text x="{(points[0].X + _boxWidth + points[1].X) / 2:0.#}" y="{(points[0].Y + points[1].Y) / 2 + 4:0.#}" class="width">{Escaped(label)}</text>{'\n'}""");
    }

    /// <summary>A box with a line of text or two.</summary>
    public void Box(int vertex, string mode, string first, string second = "")
    {
        var (layer, y) = _layout[vertex];
        var (x, middle) = (Left(layer), Middle(y));
        Append($"""<rect x="{x:0.#}" y="{middle - _boxHeight / 2:0.#}" width="{_boxWidth:0.#}" height="{_boxHeight:0.#}" rx="6" class="box" fill="{Color(mode)}"/>{'\n'}""");
        Append($"""<text x="{x + _boxWidth / 2:0.#}" y="{middle + (second.Length > 0 ? -3 : 5):0.#}" class="mode">{Escaped(first)}</text>{'\n'}""");
        if (second.Length > 0)
            Append($"""<text x="{x + _boxWidth / 2:0.#}" y="{middle + 15:0.#}" class="small">{Escaped(second)}</text>{'\n'}""");
    }

    /// <summary>Adds what the colours mean and ends the document.</summary>
    public string Finish(IEnumerable<string> modes)
    {
        var (x, y) = (Margin, _height - Margin - 12);
        foreach (var mode in modes.Distinct().Order(StringComparer.Ordinal))
        {
            Append($"""<rect x="{x:0.#}" y="{y:0.#}" width="16" height="16" rx="3" class="box" fill="{Color(mode)}"/><text x="{x + 23:0.#}" y="{y + 12.5:0.#}" class="key">{Escaped(mode)}</text>{'\n'}""");
            x += 23 + 8 * mode.Length + 26;
        }
        return _text.Append("</svg>\n").ToString().ReplaceLineEndings("\n");
    }

    private double Left(int layer) => Margin + layer * _columnWidth;

    private static double Middle(double y) => TitleHeight + y;

    private static string Color(string mode) => Colors.GetValueOrDefault(mode, OtherColor);

    /// <summary>Text that means nothing in SVG; names from files may have characters that XML has not.</summary>
    private static string Escaped(string text)
    {
        var plain = new StringBuilder(text.Length);
        // What is half of a pair only comes as the replacement character, too.
        foreach (var rune in text.EnumerateRunes())
            plain.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune);
        return WebUtility.HtmlEncode(plain.ToString());
    }

    private void Append(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture));
}
