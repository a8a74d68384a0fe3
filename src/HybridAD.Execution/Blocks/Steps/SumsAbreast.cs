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
/// filled up with zeros, which would make NaN of an infinite number that a sum does not have: lanes of shorter sums stay as they are.
/// </remarks>
internal sealed class SumsAbreast : RowsStep
{
    /// <summary>Sums among which is sorted: more would take the numbers of the point from farther apart.</summary>
    private const int Window = 1 << BitsOfWindow;

    private const int BitsOfWindow = 11;

    /// <summary>Bits of a number of terms, as far as sums are sorted by it.</summary>
    private const int BitsOfTerms = 26;

    private readonly Space _targetSpace;
    private readonly bool _accumulates;
    private readonly int[] _targets;
    private readonly double[] _constants;
    private readonly Group[] _groups;
    private readonly int[] _sources;
    private readonly double[] _coefficients;
    private readonly byte[] _firstLanes;
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
        _groups = new Group[(order.Length + Chunk.Lanes - 1) / Chunk.Lanes];
        _constants = new double[_groups.Length * Chunk.Lanes];
        var columns = new Columns(rowStarts, sources, coefficients);
        for (var g = 0; g < _groups.Length; g++)
        {
            var rows = order.AsSpan(g * Chunk.Lanes, Math.Min(Chunk.Lanes, order.Length - g * Chunk.Lanes));
            var group = columns.Add(rows);
            _groups[g] = group with { Target = group.FirstRest == group.EndOfRests ? NeighboursFrom(targets, rows) : -1 };
            for (var lane = 0; lane < rows.Length; lane++)
                _constants[g * Chunk.Lanes + lane] = constants[rows[lane]];
        }
        _targets = Array.ConvertAll(order, row => targets[row]);
        (_sources, _coefficients, _firstLanes, _rests) = columns.ToArrays();
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
        ReadOnlySpan<byte> firstLanes = _firstLanes;
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
            for (var column = group.FirstOfLonger; k < group.LongerPointEnd; k += Chunk.Lanes)
                sums = Vector512.ConditionalSelect(LanesFrom(firstLanes[column++]),
                    sums + Vector512.LoadUnsafe(ref Unsafe.Add(ref coefficient, k)) * Load(ref fromPoint, ref Unsafe.Add(ref source, k)), sums);
            for (var column = group.FirstOfLonger + (group.LongerPointEnd - group.End) / Chunk.Lanes; k < group.LongerEnd; k += Chunk.Lanes)
                sums = Vector512.ConditionalSelect(LanesFrom(firstLanes[column++]),
                    sums + Vector512.LoadUnsafe(ref Unsafe.Add(ref coefficient, k)) * Load(ref fromMemory, ref fromPoint, ref Unsafe.Add(ref source, k)), sums);
            if (group.Target >= 0)
            {
                ref var first8 = ref Unsafe.Add(ref target, group.Target);
                (_accumulates ? Vector512.LoadUnsafe(ref first8) + sums : sums).StoreUnsafe(ref first8);
                continue;
            }
            // Lanes are read from memory; a vector that has an address would be there in the loops above too.
            var stored = sums;
            ref var sum = ref Unsafe.As<Vector512<double>, double>(ref stored);
            var positions = _targets.AsSpan(first, Math.Min(Chunk.Lanes, _targets.Length - first));
            var longest = Unsafe.Add(ref sum, positions.Length - 1);
            for (k = group.FirstRest; k < group.EndOfRests; k++)
            {
                ref readonly var rest = ref _rests[k];
                longest += rest.Coefficient * Load(ref fromMemory, ref fromPoint, rest.Source);
            }
            Unsafe.Add(ref sum, positions.Length - 1) = longest;
            if (_accumulates)
                for (var lane = 0; lane < positions.Length; lane++)
                    Unsafe.Add(ref target, positions[lane]) += Unsafe.Add(ref sum, lane);
            else
                for (var lane = 0; lane < positions.Length; lane++)
                    Unsafe.Add(ref target, positions[lane]) = Unsafe.Add(ref sum, lane);
        }
    }

    /// <summary>The mask of the lanes from one on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> LanesFrom(int lane) =>
        Vector512.GreaterThanOrEqual(Vector512.Create(0.0, 1, 2, 3, 4, 5, 6, 7), Vector512.Create((double)lane));

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
        var keys = new ulong[Math.Min(Window, order.Length)];
        for (var first = 0; first < order.Length; first += Window)
        {
            var rows = order.AsSpan(first, Math.Min(Window, order.Length - first));
            for (var k = 0; k < rows.Length; k++)
            {
                var row = first + k;
                var terms = sources.AsSpan(rowStarts[row], rowStarts[row + 1] - rowStarts[row]);
                var fromPoint = terms.IndexOfAnyInRange(0, int.MaxValue) is >= 0 and var other ? other : terms.Length;
                keys[k] = (((fromPoint < terms.Length ? 1UL << BitsOfTerms : 0) | Bits(terms.Length)) << BitsOfTerms | Bits(fromPoint)) << BitsOfWindow | (uint)k;
            }
            keys.AsSpan(0, rows.Length).Sort();
            for (var k = 0; k < rows.Length; k++)
                rows[k] = first + (int)(keys[k] % Window);
        }
        return order;

        static ulong Bits(int terms) => (ulong)Math.Min(terms, (1 << BitsOfTerms) - 1);
    }

    /// <summary>Where the target of the first of eight sums is if those of the others follow it, else −1.</summary>
    private static int NeighboursFrom(int[] targets, ReadOnlySpan<int> rows)
    {
        if (rows.Length < Chunk.Lanes)
            return -1;
        for (var lane = 1; lane < rows.Length; lane++)
            if (targets[rows[lane]] != targets[rows[0]] + lane)
                return -1;
        return targets[rows[0]];
    }

    /// <summary>Eight sums abreast, the longer behind the shorter. What only the last one has is added by itself.</summary>
    /// <param name="Start">Where the terms begin, eight by eight, that all have: first those from the point.</param>
    /// <param name="PointEnd">Where those from memory begin.</param>
    /// <param name="MemoryEnd">Where those begin that are from both.</param>
    /// <param name="End">Where they end, and those begin that the longer sums have, eight by eight too: first those from the point.</param>
    /// <param name="LongerPointEnd">Where those begin that are from memory or from both.</param>
    /// <param name="LongerEnd">Where they end.</param>
    /// <param name="FirstOfLonger">The first number of those that say which sum is the first to have them.</param>
    /// <param name="FirstRest">The first of the terms that only the last sum has.</param>
    /// <param name="EndOfRests">Their end.</param>
    private readonly record struct Group(
        int Start, int PointEnd, int MemoryEnd, int End, int LongerPointEnd, int LongerEnd, int FirstOfLonger, int FirstRest, int EndOfRests)
    {
        /// <summary>Where the first sum goes, if the others follow and nothing is added by itself; else −1.</summary>
        public int Target { get; init; }
    }

    private readonly record struct Rest(int Source, double Coefficient);

    /// <summary>The terms of groups, as they are laid out.</summary>
    private sealed class Columns(int[] rowStarts, int[] sources, double[] coefficients)
    {
        private readonly List<int> _sources = new(sources.Length);
        private readonly List<double> _coefficients = new(sources.Length);
        private readonly List<byte> _firstLanes = [];
        private readonly List<Rest> _rests = [];

        /// <summary>Adds up to eight sums, which are brought into the order of their lengths.</summary>
        public Group Add(Span<int> rows)
        {
            SortByLength(rows);
            var (start, firstOfLonger, firstRest) = (_sources.Count, _firstLanes.Count, _rests.Count);
            var common = LengthOf(rows[0]);
            for (var k = 0; k < common; k++)
                AddColumn(rows, k);
            var end = _sources.Count;
            var last = rows[^1];
            var longer = rows.Length > 1 ? LengthOf(rows[^2]) : common;
            var firstLane = 0;
            for (var k = common; k < longer; k++)
            {
                while (LengthOf(rows[firstLane]) <= k)
                    firstLane++;
                AddColumn(rows, k);
                _firstLanes.Add((byte)firstLane);
            }
            for (var term = rowStarts[last] + longer; term < rowStarts[last + 1]; term++)
                _rests.Add(new(sources[term], coefficients[term]));
            var all = CollectionsMarshal.AsSpan(_sources);
            var pointEnd = TakeFromPoint(all, start, end);
            var memoryEnd = EndOf(all, pointEnd, end, static source => source >= 0);
            return new(start, pointEnd, memoryEnd, end, TakeFromPoint(all, end, all.Length), all.Length, firstOfLonger, firstRest, _rests.Count);
        }

        public (int[] Sources, double[] Coefficients, byte[] FirstLanes, Rest[] Rests) ToArrays() => ([.. _sources], [.. _coefficients], [.. _firstLanes], [.. _rests]);

        private int LengthOf(int row) => rowStarts[row + 1] - rowStarts[row];

        /// <summary>A term of each: lanes without one, or without a sum, do as another and are not taken.</summary>
        private void AddColumn(ReadOnlySpan<int> rows, int k)
        {
            for (var lane = 0; lane < Chunk.Lanes; lane++)
            {
                var row = lane < rows.Length && k < LengthOf(rows[lane]) ? rows[lane] : rows[^1];
                _sources.Add(sources[rowStarts[row] + k]);
                _coefficients.Add(coefficients[rowStarts[row] + k]);
            }
        }

        /// <summary>By insertion, which keeps the order of equal ones.</summary>
        private void SortByLength(Span<int> rows)
        {
            for (var k = 1; k < rows.Length; k++)
                for (var at = k; at > 0 && LengthOf(rows[at - 1]) > LengthOf(rows[at]); at--)
                    (rows[at - 1], rows[at]) = (rows[at], rows[at - 1]);
        }

        /// <summary>Makes positions in the point of those columns at the beginning that are all from there; where they end.</summary>
        private static int TakeFromPoint(Span<int> all, int start, int end)
        {
            var pointEnd = EndOf(all, start, end, static source => source < 0);
            foreach (ref var source in all[start..pointEnd])
                source = ~source;
            return pointEnd;
        }

        /// <summary>Where the first eight terms begin of which not all are of a kind.</summary>
        private static int EndOf(ReadOnlySpan<int> all, int start, int end, Predicate<int> isOfKind)
        {
            for (; start < end; start += Chunk.Lanes)
                foreach (var source in all.Slice(start, Chunk.Lanes))
                    if (!isOfKind(source))
                        return start;
            return start;
        }
    }
}
