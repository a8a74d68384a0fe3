using System.Runtime.InteropServices;
using HybridAD.Blocks;

namespace HybridAD.Formats.Source;

/// <summary>Sums of a linear block that are written as one loop: those with equal numbers, term for term; those without terms; or all the others, whose terms are a loop too.</summary>
/// <param name="Results">The slots that the sums are.</param>
/// <param name="IsUniform">Whether the numbers of all sums are equal; there are those of one.</param>
/// <param name="Constants">The constant of each sum.</param>
/// <param name="Coefficients">The factors, sum by sum.</param>
/// <param name="Terms">The slots of the terms, sum by sum.</param>
/// <param name="Starts">Where the terms of each sum start, one more than sums.</param>
internal sealed record RowGroup(int[] Results, bool IsUniform, double[] Constants, double[] Coefficients, int[] Terms, int[] Starts)
{
    /// <summary>Terms of the longest sum that is written term by term.</summary>
    private const int MostTerms = 12;

    /// <summary>Sums that a loop of their own has at least, if there are many kinds.</summary>
    private const int FewestRows = 4;

    private const int FewKinds = 16;

    /// <summary>Terms of each sum, where they are uniform.</summary>
    public int TermCount => Starts[1];

    /// <summary>The slot of a term in each sum.</summary>
    public int[] Term(int term) => [.. Enumerable.Range(0, Results.Length).Select(row => Terms[Starts[row] + term])];

    /// <summary>The groups of a block.</summary>
    public static List<RowGroup> Of(LinearBlock block)
    {
        var kinds = new Dictionary<string, List<int>>();
        var (literals, others) = (new List<int>(), new List<int>());
        for (var row = 0; row < block.RowCount; row++)
        {
            var coefficients = block.CoefficientsOf(row);
            if (coefficients.Length is 0 or > MostTerms)
            {
                (coefficients.Length == 0 ? literals : others).Add(row);
                continue;
            }
            double[] numbers = [block.ConstantOf(row), .. coefficients];
            ref var rows = ref CollectionsMarshal.GetValueRefOrAddDefault(kinds, new string(MemoryMarshal.Cast<double, char>(numbers)), out _);
            (rows ??= []).Add(row);
        }
        var groups = new List<RowGroup>();
        foreach (var rows in kinds.Values)
        {
            if (kinds.Count <= FewKinds || rows.Count >= FewestRows)
                groups.Add(Group(block, rows, isUniform: true));
            else
                others.AddRange(rows);
        }
        if (literals.Count > 0)
            groups.Add(Group(block, literals, isUniform: false));
        if (others.Count > 0)
            groups.Add(Group(block, others, isUniform: false));
        return groups;
    }

    private static RowGroup Group(LinearBlock block, List<int> rows, bool isUniform)
    {
        var (constants, coefficients, terms, starts) = (new List<double>(), new List<double>(), new List<int>(), new List<int> { 0 });
        foreach (var row in rows)
        {
            if (!isUniform || constants.Count == 0)
            {
                constants.Add(block.ConstantOf(row));
                coefficients.AddRange(block.CoefficientsOf(row));
            }
            terms.AddRange(block.SlotsOf(row));
            starts.Add(terms.Count);
        }
        return new RowGroup([.. rows.Select(row => block.FirstSlot + row)], isUniform, [.. constants], [.. coefficients], [.. terms], [.. starts]);
    }
}
