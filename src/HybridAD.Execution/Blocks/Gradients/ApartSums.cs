using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>
/// Brings what kernels have left apart to the result. Sums whose parts lie beside those of the next sum are kernels of as many parts; numbers of one part in no order are copied
/// from the beginning of the result to its end, and other sums are added up four abreast.
/// </summary>
internal sealed class ApartSums
{
    /// <summary>Parts of a sum up to which it can be an instance of a kernel; where parts lie in an order, more are added up in place.</summary>
    public const int MostParts = 16;

    /// <summary>Sums below which a kernel of their own is not worth compiling: they get parts that are 0.</summary>
    private const int FewestSums = 64;

    /// <summary>The share of neighbouring sums whose parts are at the usual distance from where on vectors are loaded.</summary>
    private const double RegularShare = 0.75;

    private readonly TargetEntries _entries;
    private readonly ProgramMemory _memory;
    private readonly int _zero;

    // The parts of each number, one behind the other.
    private readonly int[] _starts;
    private readonly int[] _parts;
    private readonly Dictionary<double, int> _constants = [];

    /// <param name="contributions">What lies apart, and where.</param>
    /// <param name="length">Numbers of the result.</param>
    /// <param name="entries">How they are stored.</param>
    /// <param name="memory">Where parts lie, and parameters are placed.</param>
    public ApartSums(IReadOnlyList<Contribution> contributions, int length, TargetEntries entries, ProgramMemory memory)
    {
        (_entries, _memory, _zero) = (entries, memory, memory.Allocate(1));
        _starts = FreshPages.Array<int>(length + 1);
        foreach (var contribution in contributions)
            foreach (var position in contribution.Positions)
                if (position >= 0)
                    _starts[position + 1]++;
        for (var k = 0; k < length; k++)
            _starts[k + 1] += _starts[k];
        _parts = FreshPages.Uncleared<int>(_starts[length]);
        // Filled from the end of each number's parts, and so in the opposite order.
        for (var c = contributions.Count - 1; c >= 0; c--)
            for (var t = contributions[c].Positions.Length - 1; t >= 0; t--)
                if (contributions[c].Positions[t] is >= 0 and var position)
                    _parts[--_starts[position + 1]] = contributions[c].PlaceApart(t);
        _starts.AsSpan(1).CopyTo(_starts);
        _starts[length] = _parts.Length;
    }

    private int Length => _starts.Length - 1;

    private ReadOnlySpan<int> PartsOf(int target) => _parts.AsSpan(_starts[target], _starts[target + 1] - _starts[target]);

    /// <summary>Adds the steps.</summary>
    /// <param name="alarm">The alarm of kernels.</param>
    /// <param name="areScattered">Whether numbers may be in no order.</param>
    /// <param name="factory">Makes kernels runnable.</param>
    /// <param name="steps">Receives the steps.</param>
    public void AddTo(int alarm, bool areScattered, KernelFactory factory, List<BlockStep> steps)
    {
        var (kernels, others) = (new List<EqualSums>(), new List<int>());
        foreach (var replaces in (ReadOnlySpan<bool>)[true, false])
            foreach (var sums in ByCount(replaces, areScattered))
                if (sums.Parts <= MostParts && (!areScattered || (sums.Targets.Length >= FewestSums && AreRegular(sums.Targets, sums.Parts))))
                    kernels.Add(sums);
                else
                    others.AddRange(sums.Targets);
        if (others.Count > 0)
            AddScattered([.. others], steps);
        // What was copied in passing is replaced here.
        foreach (var (targets, parts) in kernels)
            AddKernel(targets, parts, alarm, factory, steps);
    }

    /// <summary>The numbers that have equally many parts, increasing. Where all are kernels, a few are with those that have more.</summary>
    private IEnumerable<EqualSums> ByCount(bool replaces, bool areScattered)
    {
        var byCount = new List<Growing<int>?>();
        for (var k = 0; k < Length; k++)
        {
            var parts = PartsOf(k).Length;
            if (parts == 0 || _entries.IsSingle(Space.Result, k) != replaces)
                continue;
            while (byCount.Count <= parts)
                byCount.Add(null);
            (byCount[parts] ??= new()).Add(k);
        }
        var left = new Growing<int>();
        for (var parts = 1; parts < byCount.Count; parts++)
        {
            if (byCount[parts] is not { } targets)
                continue;
            left.AddRange(targets.Items.AsSpan(0, targets.Count));
            if (!areScattered && left.Count < FewestSums && parts < byCount.Count - 1)
                continue;
            var all = left.ToArray();
            Array.Sort(all);
            left.Clear();
            yield return new(all, parts);
        }
    }

    /// <summary>Whether the parts of most sums are at one distance from those of the sum before, part by part, as its place is.</summary>
    private bool AreRegular(int[] targets, int parts)
    {
        var regular = StreamRegularity.Share(targets);
        for (var part = 0; part < parts; part++)
            regular += StreamRegularity.Share(Array.ConvertAll(targets, target => PartsOf(target)[part]));
        return regular >= RegularShare * (parts + 1);
    }

    private void AddKernel(int[] targets, int most, int alarm, KernelFactory factory, List<BlockStep> steps)
    {
        var code = new PartCode(targets.Length, _memory, alarm, watchesMemory: false);
        var sum = -1;
        for (var ordinal = 0; ordinal < most; ordinal++)
        {
            var part = code.Load(Space.Memory, Array.ConvertAll(targets, target => PartsOf(target) is var parts && ordinal < parts.Length ? parts[ordinal] : _zero));
            sum = sum < 0 ? part : code.Code.Add(sum, part);
        }
        _entries.Store(code, sum, Space.Result, targets);
        code.Emit(steps, factory);
    }

    private void AddScattered(int[] targets, List<BlockStep> steps)
    {
        Array.Sort(targets);
        var copies = new CopiedRuns();
        var sums = new List<int>();
        foreach (var target in targets)
            if (IsCopied(target))
                copies.Add(target, PartsOf(target)[0], MayPass, InPassing);
            else
                sums.Add(target);
        copies.AddTo(steps);
        foreach (var replaces in (ReadOnlySpan<bool>)[true, false])
            if (sums.FindAll(target => _entries.IsSingle(Space.Result, target) == replaces) is { Count: > 0 } rows)
                AddSums(rows, accumulates: !replaces, steps);

        bool IsCopied(int target) => PartsOf(target).Length == 1 && _entries.IsSingle(Space.Result, target) && _entries.Base(Space.Result, target) == 0;
    }

    /// <summary>Whether a number may be written on the way to the next one: constants, and what is replaced later.</summary>
    private bool MayPass(int target) => _entries.IsConstant(target) || (PartsOf(target).Length > 0 && _entries.IsSingle(Space.Result, target));

    /// <summary>What is written then: a constant, or one part of what is replaced.</summary>
    private int InPassing(int target)
    {
        if (PartsOf(target) is { Length: > 0 } parts)
            return parts[0];
        _entries.Count(Space.Result, target);
        return PlaceOf(_entries.Base(Space.Result, target));
    }

    private int PlaceOf(double constant)
    {
        if (!_constants.TryGetValue(constant, out var place))
            _constants.Add(constant, place = _memory.Constant(constant));
        return place;
    }

    private void AddSums(List<int> targets, bool accumulates, List<BlockStep> steps)
    {
        // By the number of summands, and those with equally many in the order of the result.
        var keys = new long[targets.Count];
        for (var k = 0; k < keys.Length; k++)
            keys[k] = (long)SummandsOf(targets[k], accumulates) << 32 | (uint)targets[k];
        Array.Sort(keys);
        var (rows, places, all) = (new List<PartSums>(), new Growing<int>(), new Growing<int>());
        for (int first = 0, end; first < keys.Length; first = end)
        {
            var count = (int)(keys[first] >> 32);
            for (end = first + 1; end < keys.Length && end - first < PartSums.Abreast && keys[end] >> 32 == count;)
                end++;
            rows.Add(new(all.Count, count, end - first));
            for (var part = 0; part < count; part++)
                for (var k = 0; k < PartSums.Abreast; k++)
                    all.Add(Summand(Target(k), part));
            for (var k = 0; k < PartSums.Abreast; k++)
                places.Add(Target(k));

            // Those that fill a row are the last one again.
            int Target(int k) => (int)(uint)keys[Math.Min(first + k, end - 1)];
        }
        if (accumulates)
            foreach (var target in targets)
                _entries.Reset(Space.Result, target);
        steps.Add(new PartSumsStep([.. rows], places.ToArray(), all.ToArray(), accumulates));
    }

    /// <summary>How many numbers are added up: what is replaced begins with its base, which follows the parts.</summary>
    private int SummandsOf(int target, bool accumulates) => PartsOf(target).Length + (!accumulates && _entries.Base(Space.Result, target) != 0 ? 1 : 0);

    private int Summand(int target, int part) => PartsOf(target) is var parts && part < parts.Length ? parts[part] : PlaceOf(_entries.Base(Space.Result, target));

    /// <summary>Numbers of equally many parts.</summary>
    private readonly record struct EqualSums(int[] Targets, int Parts);
}
