using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using HybridAD.DocTests.Repository;
using HybridAD.Primitives;

namespace HybridAD.DocTests;

/// <summary>The tables of docs/conventions.md are those that the primitives themselves give.</summary>
public partial class ConventionPageTests
{
    private const string Page = "docs/conventions.md";

    private static readonly double[] SpecialPoints = [double.NegativeInfinity, -1, -0.0, 0, 1, double.PositiveInfinity, double.NaN];

    private static readonly XDocument Documentation = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "HybridAD.Core.xml"));

    [Fact]
    public void Page_lists_every_primitive_as_its_source_documents_it() => Compare("primitives", PrimitiveTable());

    [Fact]
    public void Page_gives_values_and_derivatives_at_special_points_as_computed() => Compare("points", PointTable());

    private static void Compare(string name, string table)
    {
        var section = Regex.Match(Checkout.Read(Page), $"<!-- {name} -->\n(.*?)<!-- end -->", RegexOptions.Singleline).Groups[1].Value;
        Shown.Require(section.Trim() == table.Trim(), Page, section, table, $"Between <!-- {name} --> and <!-- end --> {Page} must say\n{table}<!-- end -->");
    }

    private static string PrimitiveTable()
    {
        var table = new StringBuilder("| operation | smoothness | convention |\n|---|---|---|\n");
        foreach (var primitive in Primitive.All.OrderBy(p => p.Name, StringComparer.Ordinal))
            table.Append(CultureInfo.InvariantCulture,
                $"| `{primitive.Name}` | {primitive.Smoothness.ToString().ToLowerInvariant()} | {Escaped(ConventionOf(primitive))} |\n");
        return table.ToString();
    }

    /// <summary>One-operand operations where they are not smooth or where their domain ends: y, and y′ below it.</summary>
    private static string PointTable()
    {
        var table = new StringBuilder("| x |");
        foreach (var x in SpecialPoints)
            table.Append(CultureInfo.InvariantCulture, $" {Number(x)} |");
        table.Append("\n|---|").Insert(table.Length, "---|", SpecialPoints.Length).Append('\n');
        foreach (var primitive in Primitive.All.Where(p => p.Arity == Arity.Unary).OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            table.Append(CultureInfo.InvariantCulture, $"| `{primitive.Name}` |");
            foreach (var x in SpecialPoints)
            {
                var y = primitive.Value([x], []);
                var partial = new double[1];
                if (primitive.FormOf(0) != PartialForm.Zero)
                    primitive.Partials([x], [], y, partial);
                table.Append(CultureInfo.InvariantCulture, $" {Number(y)}, {Number(partial[0])} |");
            }
            table.Append('\n');
        }
        return table.ToString();
    }

    private static string Number(double x) => x switch
    {
        double.PositiveInfinity => "∞",
        double.NegativeInfinity => "−∞",
        0 when double.IsNegative(x) => "−0",
        _ => x.ToString("0.####", CultureInfo.InvariantCulture).Replace('-', '−'),
    };

    /// <summary>What the rule says of itself. One that several operations share says what holds for all of them in its remarks, and the catalogue which operation it is.</summary>
    private static string ConventionOf(Primitive primitive)
    {
        var rule = primitive.GetType().GetGenericArguments()[0];
        if (!rule.IsGenericType)
            return TextOf($"T:{rule.FullName}", "summary");
        var entry = typeof(Catalog).GetFields().Single(field => field.GetValue(null) == primitive);
        return $"{TextOf($"F:{entry.DeclaringType!.FullName}.{entry.Name}", "summary")} {TextOf($"T:{rule.GetGenericTypeDefinition().FullName}", "remarks")}";
    }

    private static string TextOf(string member, string element)
    {
        var documentation = Documentation.Descendants("member").Single(m => m.Attribute("name")!.Value == member).Element(element)!;
        var text = string.Concat(documentation.Nodes().Select(n => n is XElement e ? $"`{(e.Attribute("cref")?.Value ?? e.Value).Split(':')[^1].Split('(')[0]}`" : n.ToString()));
        return Blanks().Replace(System.Net.WebUtility.HtmlDecode(text), " ").Trim();
    }

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
