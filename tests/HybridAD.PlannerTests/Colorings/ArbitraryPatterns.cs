using FsCheck;
using FsCheck.Fluent;

namespace HybridAD.PlannerTests.Coloring;

/// <summary>A random square symmetric pattern; a type of its own so that FsCheck can tell it from a rectangular one.</summary>
public sealed record SymmetricPattern(SparsityPattern Pattern)
{
    public override string ToString() => ArbitraryPatterns.Print(Pattern);
}

/// <summary>A random rectangular pattern.</summary>
public sealed record RectangularPattern(SparsityPattern Pattern)
{
    public override string ToString() => ArbitraryPatterns.Print(Pattern);
}

/// <summary>FsCheck generators of patterns from empty to dense, up to 24 rows and columns.</summary>
public static class ArbitraryPatterns
{
    private static readonly double[] Densities = [0, 0.03, 0.08, 0.15, 0.3, 0.6, 1];

    public static Arbitrary<RectangularPattern> Rectangular() =>
        (from rows in Gen.Choose(0, 24)
         from columns in Gen.Choose(0, 24)
         from density in Gen.Elements(Densities)
         from seed in Gen.Choose(0, int.MaxValue - 1)
         select new RectangularPattern(Patterns.Random(rows, columns, density, new Random(seed)))).ToArbitrary();

    public static Arbitrary<SymmetricPattern> Symmetric() =>
        (from n in Gen.Choose(0, 20)
         from density in Gen.Elements(Densities)
         from seed in Gen.Choose(0, int.MaxValue - 1)
         select new SymmetricPattern(Patterns.RandomSymmetric(n, density, new Random(seed)))).ToArbitrary();

    internal static string Print(SparsityPattern pattern) =>
        $"{pattern.RowCount}x{pattern.ColumnCount}: " +
        string.Join(" | ", Enumerable.Range(0, pattern.RowCount).Select(i => string.Join(' ', pattern.Row(i).ToArray())));
}
