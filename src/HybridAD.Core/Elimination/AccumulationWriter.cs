using System.Runtime.InteropServices;
using HybridAD.Collections;

namespace HybridAD.Elimination;

/// <summary>
/// Collects the instructions of an accumulation program while the sizes of its slot regions are still unknown: until the end a slot is a region tag
/// and an index, then all are moved to their final places.
/// </summary>
internal sealed partial class AccumulationWriter
{
    private const int RegionShift = 28;
    private const int IndexMask = (1 << RegionShift) - 1;

    private readonly Growing<Provisional> _code = new();
    private readonly Growing<double> _constants = new();
    private readonly Dictionary<long, int> _constantIds = [];
    private readonly int _layoutEnd;
    private int _kept;
    private int _scratch;
    private int _scratchPeak;

    private enum Region
    {
        Layout,
        Constant,
        Kept,
        Scratch,
        Entry,
    }

    public AccumulationWriter(int layoutEnd)
    {
        _layoutEnd = layoutEnd;
        Constant(0);
    }

    public int Count => _code.Count;

    /// <summary>The slot of a Jacobian entry.</summary>
    public static int Entry(int index) => Tag(Region.Entry, index);

    /// <summary>A slot that lives to the end of the program.</summary>
    public int NewKept() => Tag(Region.Kept, _kept++);

    /// <summary>A slot that lives until <see cref="ReleaseScratch"/>.</summary>
    public int NewScratch()
    {
        _scratchPeak = Math.Max(_scratchPeak, _scratch + 1);
        return Tag(Region.Scratch, _scratch++);
    }

    public void ReleaseScratch() => _scratch = 0;

    /// <summary>target = factor.</summary>
    public void Assign(int target, Factor factor) => Emit(target, factor, Tag(Region.Constant, 0));

    /// <summary>target += factor.</summary>
    public void Add(int target, Factor factor) => Emit(target, factor, target);

    /// <summary>target = factor + addend, in one instruction where the factor is not a product with a coefficient.</summary>
    public void Fuse(int target, Factor factor, int addend) => Emit(target, factor, addend);

    /// <summary>The slot of a constant.</summary>
    public int ConstantSlot(double value) => Constant(value);

    public AccumulationProgram Finish(SparsityPattern pattern, double[] template, int[] rowInstructions, KeptCost[] keptInstructions)
    {
        var constantStart = _layoutEnd;
        var temporaryStart = constantStart + _constants.Count;
        var scratchStart = temporaryStart + _kept;
        var entryStart = scratchStart + _scratchPeak;
        Span<int> starts = [0, constantStart, temporaryStart, scratchStart, entryStart];
        var instructions = new Accumulation[_code.Count];
        var code = _code.Items;
        for (var k = 0; k < instructions.Length; k++)
        {
            ref readonly var from = ref code[k];
            var left = Final(from.Left, starts);
            instructions[k] = new Accumulation(Final(from.Target, starts), from.Negate ? ~left : left, Final(from.Right, starts), Final(from.Addend, starts));
        }
        return new AccumulationProgram(pattern, instructions, _constants.ToArray(), constantStart, temporaryStart, entryStart, template,
            keptInstructions.Length, rowInstructions, keptInstructions);
    }

    private static int Final(int slot, ReadOnlySpan<int> starts) => starts[slot >> RegionShift] + (slot & IndexMask);

    private static int Tag(Region region, int index) => ((int)region << RegionShift) | index;

    private void Emit(int target, Factor factor, int addend)
    {
        var magnitude = Math.Abs(factor.Coefficient);
        var (left, right) = (factor.Left, factor.Right);
        if (factor.IsConstant)
        {
            (left, right) = (Constant(magnitude), Constant(1));
        }
        else if (!factor.IsProduct)
        {
            right = Constant(magnitude);
        }
        else if (magnitude != 1)
        {
            var scaled = NewScratch();
            _code.Add(new Provisional(scaled, left, Constant(magnitude), Constant(0), false));
            left = scaled;
        }
        _code.Add(new Provisional(target, left, right, addend, double.IsNegative(factor.Coefficient)));
    }

    private int Constant(double value)
    {
        ref var id = ref CollectionsMarshal.GetValueRefOrAddDefault(_constantIds, BitConverter.DoubleToInt64Bits(value), out var known);
        if (!known)
        {
            id = _constants.Count;
            _constants.Add(value);
        }
        return Tag(Region.Constant, id);
    }

    private readonly record struct Provisional(int Target, int Left, int Right, int Addend, bool Negate);
}
