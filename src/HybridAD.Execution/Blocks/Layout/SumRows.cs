using System.Runtime.InteropServices;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;

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

    /// <summary>Terms of sums that are written as straight-line code at least: fewer take less time than its call.</summary>
    private const int FewestTermsOfCode = 16;

    /// <summary>The same at most: more would take longer to compile than most functions have to wait for.</summary>
    private const int MostTermsOfCode = 512;

    /// <summary>Adds the steps that compute the sums.</summary>
    /// <param name="memory">The memory of the program.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="steps">Receives the steps.</param>
    public void AddTo(ProgramMemory memory, KernelFactory factory, List<BlockStep> steps)
    {
        var others = new List<int>();
        foreach (var group in Enumerable.Range(0, targets.Length).GroupBy(HashOfTerms))
        {
            int[] rows = [.. group];
            if (rows.Length >= Chunk.Lanes && TermsOf(rows[0]).Length >= FewestTerms && Array.TrueForAll(rows, row => TermsOf(row).SequenceEqual(TermsOf(rows[0]))))
                steps.Add(Product(rows));
            else
                others.AddRange(rows);
        }
        others.Sort();
        var (lines, rest) = (others.FindAll(row => DotProducts.Fits(TermsOf(row))), others.FindAll(row => !DotProducts.Fits(TermsOf(row))));
        if (lines.Count > 0)
            steps.Add(new DotProducts(
                space, [.. lines.Select(row => targets[row])], [.. lines.Select(row => constants[row])], Offsets(lines), Sources(lines), Coefficients(lines), accumulates));
        if (rest.Sum(row => TermsOf(row).Length) is >= FewestTermsOfCode and <= MostTermsOfCode)
            AddCode(rest, memory, factory, steps);
        else if (rest.Count > 0)
        {
            var (positions, begin) = (rest.ConvertAll(row => targets[row]).ToArray(), rest.ConvertAll(row => constants[row]).ToArray());
            steps.Add(rest.Count >= Chunk.Lanes ? new SumsAbreast(space, positions, begin, Offsets(rest), Sources(rest), Coefficients(rest), accumulates)
                : new SumStep(space, positions, begin, Offsets(rest), Sources(rest), Coefficients(rest), accumulates));
        }
    }

    /// <summary>Few terms: code that knows where each stands, and of which no sum waits for another one.</summary>
    private void AddCode(List<int> rows, ProgramMemory memory, KernelFactory factory, List<BlockStep> steps)
    {
        var code = new PartCode(1, memory, alarm: null);
        foreach (var row in rows)
        {
            var sum = constants[row] != 0 || TermsOf(row).IsEmpty ? code.Code.Literal(constants[row]) : -1;
            for (var k = starts[row]; k < starts[row + 1]; k++)
            {
                var number = sources[k] >= 0 ? code.Load(Space.Memory, [sources[k]]) : code.Load(Space.Point, [~sources[k]]);
                var product = code.Code.Value(Op.Mul, code.Code.Literal(coefficients[k]), number);
                sum = sum < 0 ? product : code.Code.Value(Op.Add, sum, product);
            }
            code.Store(sum, space, [targets[row]], accumulates ? StoreKind.Accumulate : StoreKind.Assign);
        }
        code.Emit(steps, factory);
    }

    private int[] Offsets(List<int> rows)
    {
        var offsets = new int[rows.Count + 1];
        for (var k = 0; k < rows.Count; k++)
            offsets[k + 1] = offsets[k] + TermsOf(rows[k]).Length;
        return offsets;
    }

    private int[] Sources(List<int> rows) => [.. rows.SelectMany(row => sources[starts[row]..starts[row + 1]])];

    private double[] Coefficients(List<int> rows) => [.. rows.SelectMany(row => coefficients[starts[row]..starts[row + 1]])];

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
