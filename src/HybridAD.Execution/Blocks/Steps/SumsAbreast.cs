using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Steps;

/// <summary>
/// Sums of multiples of different numbers, eight sums of about as many terms abreast: none waits for the additions of another, and no jump of the processor depends on
/// how many terms one has. Each is added up in the order of its terms and rounded as it is by <see cref="SumStep"/>.
/// </summary>
/// <remarks>
/// The sums are sorted by the number of their terms, as the rows of sparse matrices are for vector units: M. Kreutzer et al., A unified sparse matrix data format for
/// efficient general sparse matrix-vector multiplication on modern processors with wide SIMD units, SIAM J. Sci. Comput. 36 (2014) (SELL-C-σ). Nothing is
/// filled up with zeros, which would make NaN of an infinite number that a sum does not have; what a sum has more than the shortest beside it is added by itself.
/// </remarks>
internal sealed class SumsAbreast : RowsStep
{
    /// <summary>Sums among which is sorted: more would take the numbers of the point from farther apart.</summary>
    private const int Window = 2048;

    private readonly Space _targetSpace;
    private readonly bool _accumulates;
    private readonly int[] _targets;
    private readonly double[] _constants;
    private readonly Group[] _groups;
    private readonly int[] _sources;
    private readonly double[] _coefficients;
    private readonly Rest[] _rests;
    private readonly int _targetLength;
    private readonly int _memoryLength;
    private readonly int _pointLength;

    /// <param name="targetSpace">Where the sums go.</param>
    /// <param name="targets">The position of every sum.</param>
    /// <param name="constants">What every sum begins with.</param>
    /// <param name="rowStarts">Where the terms of every sum begin, one offset more than sums.</param>
    /// <param name="sources">The position of every term in the working memory, or the complement of its position in the point.</param>
    /// <param name="coefficients">The factor of every term.</param>
    /// <param name="accumulates">Whether the sums are added to what is there.</param>
    public SumsAbreast(Space targetSpace, int[] targets, double[] constants, int[] rowStarts, int[] sources, double[] coefficients, bool accumulates)
        : base(targets.Length, StepCosts.ScatteredNumber * (1 + sources.Length / Math.Max(1, targets.Length)), Chunk.Lanes)
    {
        (_targetSpace, _accumulates) = (targetSpace, accumulates);
        var order = Order(rowStarts, sources);
        _targets = Array.ConvertAll(order, row => targets[row]);
        _groups = new Group[(order.Length + Chunk.Lanes - 1) / Chunk.Lanes];
        _constants = new double[_groups.Length * Chunk.Lanes];
        var (abreast, factors, rests) = (new List<int>(sources.Length), new List<double>(sources.Length), new List<Rest>());
        for (var g = 0; g < _groups.Length; g++)
        {
            var rows = order.AsSpan(g * Chunk.Lanes, Math.Min(Chunk.Lanes, order.Length - g * Chunk.Lanes));
            var length = int.MaxValue;
            foreach (var row in rows)
                length = Math.Min(length, rowStarts[row + 1] - rowStarts[row]);
            var (start, firstRest) = (abreast.Count, rests.Count);
            for (var k = 0; k < length; k++)
                for (var lane = 0; lane < Chunk.Lanes; lane++)
                {
                    // Lanes without a sum do as the first one does and are not stored.
                    var term = rowStarts[rows[lane < rows.Length ? lane : 0]] + k;
                    abreast.Add(sources[term]);
                    factors.Add(coefficients[term]);
                }
            var all = CollectionsMarshal.AsSpan(abreast);
            var pointEnd = EndOf(all, start, static source => source < 0);
            foreach (ref var source in all[start..pointEnd])
                source = ~source;
            for (var lane = 0; lane < rows.Length; lane++)
            {
                _constants[g * Chunk.Lanes + lane] = constants[rows[lane]];
                for (var term = rowStarts[rows[lane]] + length; term < rowStarts[rows[lane] + 1]; term++)
                    rests.Add(new(lane, sources[term], coefficients[term]));
            }
            _groups[g] = new(start, pointEnd, EndOf(all, pointEnd, static source => source >= 0), all.Length, firstRest, rests.Count);
        }
        (_sources, _coefficients, _rests) = ([.. abreast], [.. factors], [.. rests]);
        foreach (var target in targets)
            _targetLength = Math.Max(_targetLength, target + 1);
        foreach (var source in sources)
            if (source >= 0)
                _memoryLength = Math.Max(_memoryLength, source + 1);
            else
                _pointLength = Math.Max(_pointLength, ~source + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void RunRows(int first, int end, Span<double> memory, ReadOnlySpan<double> point, Span<double> result)
    {
        // The lengths are seen to once, not for every number.
        ref var fromMemory = ref MemoryMarshal.GetReference(memory[.._memoryLength]);
        ref var fromPoint = ref MemoryMarshal.GetReference(point[.._pointLength]);
        ref var target = ref MemoryMarshal.GetReference((_targetSpace == Space.Memory ? memory : result)[.._targetLength]);
        ref var source = ref MemoryMarshal.GetArrayDataReference(_sources);
        ref var coefficient = ref MemoryMarshal.GetArrayDataReference(_coefficients);
        for (; first < end; first += Chunk.Lanes)
        {
            ref readonly var group = ref _groups[first / Chunk.Lanes];
            var sums = Vector512.LoadUnsafe(ref _constants[first]);
            var k = group.Start;
            for (; k < group.PointEnd; k += Chunk.Lanes)
                sums += Vector512.LoadUnsafe(ref Unsafe.Add(ref coefficient, k)) * Load(ref fromPoint, ref Unsafe.Add(ref source, k));
            for (; k < group.MemoryEnd; k += Chunk.Lanes)
                sums += Vector512.LoadUnsafe(ref Unsafe.Add(ref coefficient, k)) * Load(ref fromMemory, ref Unsafe.Add(ref source, k));
            for (; k < group.End; k += Chunk.Lanes)
                sums += Vector512.LoadUnsafe(ref Unsafe.Add(ref coefficient, k)) * Load(ref fromMemory, ref fromPoint, ref Unsafe.Add(ref source, k));
            // Lanes are read from memory; a vector that has an address would be there in the loops above too.
            var stored = sums;
            ref var sum = ref Unsafe.As<Vector512<double>, double>(ref stored);
            for (k = group.FirstRest; k < group.EndOfRests; k++)
            {
                ref readonly var rest = ref _rests[k];
                Unsafe.Add(ref sum, rest.Lane) += rest.Coefficient * Load(ref fromMemory, ref fromPoint, rest.Source);
            }
            var positions = _targets.AsSpan(first, Math.Min(Chunk.Lanes, _targets.Length - first));
            if (_accumulates)
                for (var lane = 0; lane < positions.Length; lane++)
                    Unsafe.Add(ref target, positions[lane]) += Unsafe.Add(ref sum, lane);
            else
                for (var lane = 0; lane < positions.Length; lane++)
                    Unsafe.Add(ref target, positions[lane]) = Unsafe.Add(ref sum, lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Load(ref double from, ref int at) => Vector512.Create(
        Unsafe.Add(ref from, at), Unsafe.Add(ref from, Unsafe.Add(ref at, 1)), Unsafe.Add(ref from, Unsafe.Add(ref at, 2)), Unsafe.Add(ref from, Unsafe.Add(ref at, 3)),
        Unsafe.Add(ref from, Unsafe.Add(ref at, 4)), Unsafe.Add(ref from, Unsafe.Add(ref at, 5)), Unsafe.Add(ref from, Unsafe.Add(ref at, 6)), Unsafe.Add(ref from, Unsafe.Add(ref at, 7)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Load(ref double memory, ref double point, ref int at) => Vector512.Create(
        Load(ref memory, ref point, at), Load(ref memory, ref point, Unsafe.Add(ref at, 1)), Load(ref memory, ref point, Unsafe.Add(ref at, 2)),
        Load(ref memory, ref point, Unsafe.Add(ref at, 3)), Load(ref memory, ref point, Unsafe.Add(ref at, 4)), Load(ref memory, ref point, Unsafe.Add(ref at, 5)),
        Load(ref memory, ref point, Unsafe.Add(ref at, 6)), Load(ref memory, ref point, Unsafe.Add(ref at, 7)));

    private static double Load(ref double memory, ref double point, int source) => source >= 0 ? Unsafe.Add(ref memory, source) : Unsafe.Add(ref point, ~source);

    /// <summary>
    /// The sums of every window: those of inputs alone first, each kind by the number of terms and then by how many numbers of the point come first, so that those abreast take their terms from
    /// the same array; else in the order they have, neighbours stay neighbours.
    /// </summary>
    private static int[] Order(int[] rowStarts, int[] sources)
    {
        var order = new int[rowStarts.Length - 1];
        var keys = new UInt128[Math.Min(Window, order.Length)];
        for (var first = 0; first < order.Length; first += Window)
        {
            var rows = order.AsSpan(first, Math.Min(Window, order.Length - first));
            for (var k = 0; k < rows.Length; k++)
            {
                var row = rows[k] = first + k;
                var terms = sources.AsSpan(rowStarts[row], rowStarts[row + 1] - rowStarts[row]);
                var fromPoint = terms.IndexOfAnyInRange(0, int.MaxValue) is >= 0 and var other ? other : terms.Length;
                keys[k] = new UInt128((fromPoint < terms.Length ? 1UL << 32 : 0) | (uint)terms.Length, (ulong)fromPoint << 32 | (uint)k);
            }
            keys.AsSpan(0, rows.Length).Sort(rows);
        }
        return order;
    }

    /// <summary>Where the first eight terms begin of which not all are of a kind.</summary>
    private static int EndOf(ReadOnlySpan<int> sources, int start, Predicate<int> isOfKind)
    {
        for (; start < sources.Length; start += Chunk.Lanes)
            foreach (var source in sources.Slice(start, Chunk.Lanes))
                if (!isOfKind(source))
                    return start;
        return start;
    }

    /// <summary>Eight sums abreast.</summary>
    /// <param name="Start">Where their terms begin, eight by eight: those from the point.</param>
    /// <param name="PointEnd">Where those from memory begin.</param>
    /// <param name="MemoryEnd">Where those begin that are from both.</param>
    /// <param name="End">Where they end.</param>
    /// <param name="FirstRest">The first of the terms that single sums have more.</param>
    /// <param name="EndOfRests">Their end.</param>
    private readonly record struct Group(int Start, int PointEnd, int MemoryEnd, int End, int FirstRest, int EndOfRests);

    private readonly record struct Rest(int Lane, int Source, double Coefficient);
}
