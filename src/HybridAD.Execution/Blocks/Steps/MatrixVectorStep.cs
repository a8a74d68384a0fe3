using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Sums of multiples of the same numbers, eight sums to a vector: each is added up in the order of its terms and rounded as it is by <see cref="SumStep"/>.
/// </summary>
/// <param name="targetSpace">Where the sums go.</param>
/// <param name="targets">The position of every sum.</param>
/// <param name="constants">What every sum begins with, filled up to whole vectors.</param>
/// <param name="sources">The position of every term in the working memory, or the complement of its position in the point.</param>
/// <param name="matrix">For every eight sums the factors of each term, filled up to whole vectors.</param>
/// <param name="accumulates">Whether the sums are added to what is there.</param>
internal sealed class MatrixVectorStep(Space targetSpace, int[] targets, double[] constants, int[] sources, double[] matrix, bool accumulates)
    : RowsStep(constants.Length, StepCosts.CopiedNumber * sources.Length, GroupsAtOnce * Chunk.Lanes)
{
    private const int GroupsAtOnce = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        var target = targetSpace == Space.Memory ? memory : result;
        var size = sources.Length * Chunk.Lanes;
        for (; first + GroupsAtOnce * Chunk.Lanes <= end; first += GroupsAtOnce * Chunk.Lanes)
        {
            ref var factors = ref matrix[first * sources.Length];
            ref var begin = ref constants[first];
            var (a, b, c, d) = (Vector512.LoadUnsafe(ref begin), Vector512.LoadUnsafe(ref begin, 8), Vector512.LoadUnsafe(ref begin, 16), Vector512.LoadUnsafe(ref begin, 24));
            foreach (var source in sources)
            {
                var x = Vector512.Create(source >= 0 ? memory[source] : point[~source]);
                a += Vector512.LoadUnsafe(ref factors) * x;
                b += Vector512.LoadUnsafe(ref Unsafe.Add(ref factors, size)) * x;
                c += Vector512.LoadUnsafe(ref Unsafe.Add(ref factors, 2 * size)) * x;
                d += Vector512.LoadUnsafe(ref Unsafe.Add(ref factors, 3 * size)) * x;
                factors = ref Unsafe.Add(ref factors, Chunk.Lanes);
            }
            Store(a, target, first);
            Store(b, target, first + Chunk.Lanes);
            Store(c, target, first + 2 * Chunk.Lanes);
            Store(d, target, first + 3 * Chunk.Lanes);
        }
        for (; first < end; first += Chunk.Lanes)
        {
            ref var factors = ref matrix[first * sources.Length];
            var sums = Vector512.LoadUnsafe(ref constants[first]);
            foreach (var source in sources)
            {
                sums += Vector512.LoadUnsafe(ref factors) * Vector512.Create(source >= 0 ? memory[source] : point[~source]);
                factors = ref Unsafe.Add(ref factors, Chunk.Lanes);
            }
            Store(sums, target, first);
        }
    }

    private void Store(Vector512<double> sums, Span<double> target, int first)
    {
        // Lanes are read from memory: asking the vector for one that is known only here would write it there every time.
        ref var sum = ref Unsafe.As<Vector512<double>, double>(ref sums);
        var positions = targets.AsSpan(first, Math.Min(Chunk.Lanes, targets.Length - first));
        for (var lane = 0; lane < positions.Length; lane++)
        {
            ref var number = ref target[positions[lane]];
            number = accumulates ? number + Unsafe.Add(ref sum, lane) : Unsafe.Add(ref sum, lane);
        }
    }
}
