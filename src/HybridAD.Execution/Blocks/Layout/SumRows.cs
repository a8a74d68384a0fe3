using System.Runtime.InteropServices;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// Sums of multiples, divided into those that have the same terms, which are products of a matrix with a vector, long ones of terms that stand next to each
/// other, which are products of vectors, and others.
/// </summary>
/// <param name="space">Where the sums go.</param>
/// <param name="accumulates">Whether the sums are added to what is there.</param>
/// <param name="targets">The position of every sum.</param>
/// <param name="constants">What every sum begins with.</param>
/// <param name="starts">Where the terms of every sum begin, one offset more than sums.</param>
/// <param name="sources">The position of every term in the working memory, or the complement of its position in the point.</param>
/// <param name="coefficients">The factor of every term.</param>
internal sealed class SumRows(Space space, bool accumulates, int[] targets, double[] constants, int[] starts, int[] sources, double[] coefficients)
{
    /// <summary>Terms below which a sum is not worth a vector.</summary>
    private const int FewestTerms = 4;

    /// <summary>Adds the steps that compute the sums.</summary>
    public void AddTo(List<BlockStep> steps)
    {
        var others = new List<int>();
        var all = new int[targets.Length];
        for (var row = 0; row < all.Length; row++)
            all[row] = row;
        foreach (var group in Groups.By<ulong, int>(all, HashOfTerms))
        {
            var rows = group.Items.ToArray();
            if (rows.Length >= Chunk.Lanes && TermsOf(rows[0]).Length >= FewestTerms && Array.TrueForAll(rows, row => TermsOf(row).SequenceEqual(TermsOf(rows[0]))))
                steps.Add(Product(rows));
            else
                others.AddRange(rows);
        }
        others.Sort();
        var (lines, rest) = (others.FindAll(row => DotProducts.Fits(TermsOf(row))), others.FindAll(row => !DotProducts.Fits(TermsOf(row))));
        if (lines.Count > 0)
            steps.Add(new DotProducts(
                space, lines.ConvertAll(row => targets[row]).ToArray(), lines.ConvertAll(row => constants[row]).ToArray(), Offsets(lines), Sources(lines), Coefficients(lines), accumulates));
        if (rest.Count > 0)
        {
            var (positions, begin) = (rest.ConvertAll(row => targets[row]).ToArray(), rest.ConvertAll(row => constants[row]).ToArray());
            steps.Add(rest.Count >= Chunk.Lanes ? new SumsAbreast(space, positions, begin, Offsets(rest), Sources(rest), Coefficients(rest), accumulates)
                : new SumStep(space, positions, begin, Offsets(rest), Sources(rest), Coefficients(rest), accumulates));
        }
    }

    private int[] Offsets(List<int> rows)
    {
        var offsets = new int[rows.Count + 1];
        for (var k = 0; k < rows.Count; k++)
            offsets[k + 1] = offsets[k] + TermsOf(rows[k]).Length;
        return offsets;
    }

    private int[] Sources(List<int> rows) => OfTerms(sources, rows);

    private double[] Coefficients(List<int> rows) => OfTerms(coefficients, rows);

    /// <summary>What an array has for the terms of some sums.</summary>
    private T[] OfTerms<T>(T[] all, List<int> rows)
    {
        var chosen = new List<T>();
        foreach (var row in rows)
            chosen.AddRange(all.AsSpan(starts[row], starts[row + 1] - starts[row]));
        return chosen.ToArray();
    }

    private ReadOnlySpan<int> TermsOf(int row) => sources.AsSpan(starts[row], starts[row + 1] - starts[row]);

    private ulong HashOfTerms(int row) => System.IO.Hashing.XxHash3.HashToUInt64(MemoryMarshal.AsBytes(TermsOf(row)));

    private MatrixVectorStep Product(int[] rows)
    {
        var terms = TermsOf(rows[0]).ToArray();
        var groups = (rows.Length + Chunk.Lanes - 1) / Chunk.Lanes;
        var begin = new double[groups * Chunk.Lanes];
        var matrix = new double[groups * Chunk.Lanes * terms.Length];
        for (var r = 0; r < rows.Length; r++)
        {
            begin[r] = constants[rows[r]];
            var (group, lane) = Math.DivRem(r, Chunk.Lanes);
            for (var k = 0; k < terms.Length; k++)
                matrix[(group * terms.Length + k) * Chunk.Lanes + lane] = coefficients[starts[rows[r]] + k];
        }
        return new MatrixVectorStep(space, Array.ConvertAll(rows, row => targets[row]), begin, terms, matrix, accumulates);
    }
}
