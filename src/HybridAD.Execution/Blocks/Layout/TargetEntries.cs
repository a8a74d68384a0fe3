using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Layout;

/// <summary>
/// The numbers that gradients are summed up in, those of the result and kept ones in memory: what each begins with, how many contributions it gets,
/// and whether it has to be put back before every evaluation.
/// </summary>
/// <param name="resultLength">Numbers of the result.</param>
/// <param name="memoryLength">Numbers of the memory that can be targets.</param>
internal sealed class TargetEntries(int resultLength, int memoryLength)
{
    private const int SmallestGap = 32;

    /// <summary>Numbers of the room that is the smallest that is handed out.</summary>
    private const int SmallestRoom = 8;

    /// <summary>Contributions that are not counted further.</summary>
    private const byte Many = byte.MaxValue;

    private readonly Side _result = new(resultLength);
    private readonly Side _memory = new(memoryLength);

    /// <summary>Says that a number gets a contribution in every evaluation.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(Space space, int position)
    {
        ref var count = ref Of(space).Contributions[position];
        if (count < Many)
            count++;
    }

    /// <summary>Forgets all contributions that were counted.</summary>
    public void CountAnew(Space space) => Array.Clear(Of(space).Contributions);

    /// <summary>Says that every number of a row gets a contribution.</summary>
    public void CountRow(Space space, int start, int width)
    {
        foreach (ref var count in Of(space).Contributions.AsSpan(start, width))
            if (count < Many)
                count++;
    }

    /// <summary>Adds to what a number begins with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddConstant(Space space, int position, double number) => Of(space).AddToBase(position, number);

    /// <summary>What a number begins with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Base(Space space, int position) => Of(space).Base is { } all ? all[position] : 0;

    /// <summary>Whether a number gets one contribution only, so that it need not be added to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSingle(Space space, int position) => Of(space).Contributions[position] < 2;

    /// <summary>Whether a number gets any contribution.</summary>
    public bool IsHit(Space space, int position) => Of(space).Contributions[position] > 0;

    /// <summary>Whether a number of the result gets no contribution.</summary>
    public bool IsConstant(int position) => _result.Contributions[position] == 0;

    /// <summary>The numbers of the result that get no contribution.</summary>
    public int[] Constants()
    {
        var positions = new List<int>();
        for (var k = 0; k < _result.Contributions.Length; k++)
            if (_result.Contributions[k] == 0)
                positions.Add(k);
        return [.. positions];
    }

    /// <summary>Whether a number begins with 0 and gets so many contributions and no other.</summary>
    public bool GetsOnly(Space space, int position, byte contributions) =>
        contributions < Many && Of(space).Contributions[position] == contributions && Base(space, position) == 0;

    /// <summary>Says that a number is added to, and so has to begin anew, unless a step begins it.</summary>
    public void Reset(Space space, int position) => Of(space).IsReset[position] = !Of(space).IsBegun[position];

    /// <summary>Says that a step replaces a number before any other adds to it.</summary>
    public void Begin(Space space, int position) => Of(space).IsBegun[position] = true;

    /// <summary>Stores a contribution to targets: together with what these begin with where each has no other; else it is added to what is there.</summary>
    /// <param name="code">The code that computes it.</param>
    /// <param name="number">The step that gives it.</param>
    /// <param name="space">Where the targets lie.</param>
    /// <param name="positions">The target in every instance, or −1.</param>
    public void Store(PartCode code, int number, Space space, int[] positions)
    {
        var side = Of(space);
        if (Array.TrueForAll(positions, position => position < 0 || side.Contributions[position] < 2))
        {
            code.Store(WithBase(code, number, side, positions), space, positions, StoreKind.Assign);
            return;
        }
        foreach (var position in positions)
            if (position >= 0)
                Reset(space, position);
        code.Store(number, space, positions, StoreKind.Accumulate);
    }

    private static int WithBase(PartCode code, int number, Side side, int[] positions)
    {
        if (!side.AnyBase(positions))
            return number;
        var bases = FreshPages.Uncleared<double>(positions.Length);
        // Lanes without a target compute with what the others have.
        for (var t = 0; t < bases.Length; t++)
            bases[t] = positions[t] >= 0 ? side.Base![positions[t]] : t > 0 ? bases[t - 1] : 0;
        return code.Code.Add(number, code.Parameter(bases));
    }

    /// <summary>The steps that put numbers back, and what kept numbers hold from the beginning.</summary>
    public (BlockStep[] Result, BlockStep[] Memory) Resets() => (_result.Resets(Space.Result), _memory.Resets(Space.Memory));

    /// <summary>The ranges of the result that no step replaces: where each begins with its base.</summary>
    public ResultBeginnings Beginnings()
    {
        var ranges = new List<(int Start, int End)>();
        for (var k = 0; k < _result.Contributions.Length; k++)
        {
            if (_result.Contributions[k] != 0 && !_result.IsReset[k])
                continue;
            // Copying a few numbers too many is cheaper than beginning anew.
            if (ranges.Count > 0 && k - ranges[^1].End < SmallestGap)
                ranges[^1] = (ranges[^1].Start, k + 1);
            else
                ranges.Add((k, k + 1));
        }
        return new ResultBeginnings(_result.Contributions.Length, _result.Base, [.. ranges]);
    }

    /// <summary>What the numbers of a row in memory begin with.</summary>
    public double[] MemoryBase(int start, int width) => _memory.BaseOf(start, start + width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Side Of(Space space) => space == Space.Result ? _result : _memory;

    private sealed class Side(int length)
    {
        public readonly byte[] Contributions = FreshPages.Array<byte>(length);
        public readonly bool[] IsReset = FreshPages.Array<bool>(length);
        public readonly bool[] IsBegun = FreshPages.Array<bool>(length);

        /// <summary>What numbers begin with; null where all of them begin with 0.</summary>
        public double[]? Base { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddToBase(int position, double number)
        {
            if (number != 0)
                (Base ??= FreshPages.Array<double>(length))[position] += number;
        }

        /// <summary>Whether any of some numbers begins with something else than 0; those at negative positions are none.</summary>
        public bool AnyBase(int[] positions)
        {
            if (Base is not { } all)
                return false;
            foreach (var position in positions)
                if (position >= 0 && all[position] != 0)
                    return true;
            return false;
        }

        public double[] BaseOf(int start, int end) => Base is { } all ? all[start..end] : new double[end - start];

        public BlockStep[] Resets(Space space)
        {
            var steps = new List<BlockStep>();
            var positions = new List<int>();
            for (var start = 0; start < IsReset.Length;)
            {
                if (!IsReset[start])
                {
                    start++;
                    continue;
                }
                var end = start;
                // What is between rows that are put back is no number of anything: others have more room. In a row it is one that is replaced, or stays what it begins with.
                for (var next = end; next < Math.Min(IsReset.Length, end + SmallestRoom); next++)
                    if (IsReset[next])
                        end = next + 1;
                // Long ranges are copied, the others listed.
                if (end - start >= 16)
                    steps.Add(new ResetRangeStep(space, start, end, BaseOf(start, end), 0));
                else
                    for (var k = start; k < end; k++)
                        positions.Add(k);
                start = end;
            }
            if (positions.Count > 0)
                steps.Add(new ResetStep(space, [.. positions], [.. positions.Select(k => Base is { } all ? all[k] : 0)]));
            return [.. steps];
        }
    }
}
