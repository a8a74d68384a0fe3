using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Rows that are sums of multiples of kept gradients, whose columns are in another order than those of the rows: each is put together in the order of the gradients, piece by piece, in memory that
/// stays in the nearest cache, and goes from there to its place.
/// </summary>
/// <param name="space">Where the targets lie.</param>
/// <param name="rows">The rows.</param>
/// <param name="pieces">The pieces of all rows.</param>
/// <param name="terms">The terms of all pieces.</param>
/// <param name="accumulates">Whether the rows are added to what is there instead of replacing it.</param>
internal sealed class ReorderedProducts(Space space, ReorderedRow[] rows, RowPiece[] pieces, RowTerm[] terms, bool accumulates)
    : RowsStep(rows.Length, Sum(rows, pieces) / Math.Max(1, rows.Length))
{
    private readonly int _longest = rows.Max(static row => row.Places.Length);

    [ThreadStatic]
    private static double[]? _row;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = space == Space.Memory ? memory : result;
        if (_row is not { } row || row.Length < _longest)
            _row = row = new double[_longest];
        foreach (ref readonly var one in rows.AsSpan(first, end - first))
        {
            var places = one.Places;
            if (!one.IsComplete)
                row.AsSpan(0, places.Length).Clear();
            foreach (ref readonly var piece in pieces.AsSpan(one.FirstPiece, one.PieceCount))
                RowCombinations.Combine(memory, row.AsSpan(piece.Target, piece.Width), terms.AsSpan(piece.FirstTerm, piece.TermCount), accumulates: false);
            ref var from = ref MemoryMarshal.GetArrayDataReference(row);
            var to = target.Slice(one.Target, places.Length);
            if (accumulates)
                for (var k = 0; k < to.Length; k++)
                    to[k] += Unsafe.Add(ref from, places[k]);
            else
                for (var k = 0; k < to.Length; k++)
                    to[k] = Unsafe.Add(ref from, places[k]);
        }
    }

    private static double Sum(ReorderedRow[] rows, RowPiece[] pieces)
    {
        var sum = 0.0;
        foreach (var row in rows)
            sum += StepCosts.ReorderedNumber * row.Places.Length;
        foreach (var piece in pieces)
            sum += StepCosts.OfCombinedRow(piece.TermCount, piece.Width);
        return sum;
    }
}

/// <summary>A row that is put together in another order.</summary>
/// <param name="Target">The position of its first number.</param>
/// <param name="Places">For each of its numbers, where it is in the other order.</param>
/// <param name="FirstPiece">The first of its pieces.</param>
/// <param name="PieceCount">How many it has.</param>
/// <param name="IsComplete">Whether the pieces are the whole row.</param>
internal readonly record struct ReorderedRow(int Target, int[] Places, int FirstPiece, int PieceCount, bool IsComplete);

/// <summary>Neighbouring numbers of a row that are a sum of multiples of neighbouring numbers.</summary>
/// <param name="Target">The position of the first.</param>
/// <param name="Width">How many.</param>
/// <param name="FirstTerm">The first of their terms.</param>
/// <param name="TermCount">How many terms they have.</param>
internal readonly record struct RowPiece(int Target, int Width, int FirstTerm, int TermCount);
