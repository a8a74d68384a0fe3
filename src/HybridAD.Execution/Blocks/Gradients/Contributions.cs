using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Execution.Blocks.Steps;
using HybridAD.Execution.Kernels;

namespace HybridAD.Execution.Blocks.Gradients;

/// <summary>A number that a part computes and stores in every instance.</summary>
/// <param name="Part">The part.</param>
/// <param name="Output">The output of its kernel.</param>
/// <param name="Column">The local column of the output's gradient; −1 where a partial derivative is stored, which is a factor of products.</param>
/// <param name="Entry">The entry of the local Jacobian that is this factor, or −1.</param>
/// <param name="Space">Where it goes.</param>
/// <param name="Positions">Its position there in every instance, or −1.</param>
/// <param name="Factors">What it is multiplied by in every instance.</param>
internal sealed record Contribution(BlockPart Part, int Output, int Column, int Entry, Space Space, int[] Positions, double[] Factors)
{
    /// <summary>In how many places of the same array its number counts, at most.</summary>
    public int UseCount { get; init; } = 1;

    /// <summary>Whether it is left elsewhere in the order of the instances instead, see <see cref="ApartEntries"/>.</summary>
    public bool IsApart { get; set; }

    /// <summary>Where it is left in the first instance, by its factor: a place for each factor, or one for all of them, which has <see cref="double.NaN"/> here.</summary>
    public ApartPlace[] ApartPlaces { get; set; } = [];

    /// <summary>How far the places of the next instance are from there.</summary>
    public int ApartStride { get; set; }

    /// <summary>Where it is left in an instance.</summary>
    public int PlaceApart(int instance)
    {
        foreach (var (factor, start) in ApartPlaces)
            if (factor.Equals(Factors[instance]) || double.IsNaN(factor))
                return start + instance * ApartStride;
        throw new InvalidOperationException("The contribution has not been left apart.");
    }

    /// <summary>Whether it is computed where it counts, see <see cref="GatheredEntries"/>.</summary>
    public bool IsGathered { get; set; }
}

/// <summary>Where a number is left apart in the first instance.</summary>
/// <param name="Factor">What it is multiplied by.</param>
/// <param name="Start">The place.</param>
internal readonly record struct ApartPlace(double Factor, int Start);

/// <summary>
/// Where every number that the gradients of a function are made of goes. All is found and counted before any code is written: how often a target is hit
/// decides how it is stored.
/// </summary>
internal sealed class Contributions
{
    private readonly GradientFlow _flow;
    private readonly TargetEntries _entries;
    private readonly ProgramMemory _memory;
    private readonly List<Contribution> _stores = [];
    private readonly List<GradientProduct> _products = [];
    private readonly List<GradientProduct> _multiples = [];

    private Contributions(GradientFlow flow, TargetEntries entries, ProgramMemory memory) => (_flow, _entries, _memory) = (flow, entries, memory);

    /// <summary>What kernels store, part by part.</summary>
    public IReadOnlyList<Contribution> Stores => _stores;

    /// <summary>What is multiplied outside the kernels, when they have run: factors by the gradients of what was read.</summary>
    public ProductGroups Products => field ??= ProductGroups.Of(_products, _flow, _entries);

    /// <summary>Multiples of the rows that the block keeps, which products have completed.</summary>
    public ProductGroups Multiples => field ??= ProductGroups.Of(_multiples, _flow, _entries);

    /// <summary>Adds everything that is multiplied outside the kernels to a list.</summary>
    public void AddAllTo(List<GradientProduct> products)
    {
        products.AddRange(CollectionsMarshal.AsSpan(_products));
        products.AddRange(CollectionsMarshal.AsSpan(_multiples));
    }

    /// <summary>Whether anything is multiplied outside the kernels.</summary>
    public bool HasProducts => _products.Count > 0 || _multiples.Count > 0;

    /// <summary>The contributions of every block, counted.</summary>
    public static Contributions[] Of(BlockGraph graph, GradientFlow flow, TargetEntries entries, ProgramMemory memory)
    {
        CountInputs(flow, entries);
        var all = new Contributions[graph.Blocks.Length];
        for (var k = 0; k < all.Length; k++)
        {
            all[k] = new Contributions(flow, entries, memory);
            if (flow.Parts[k] is { } parts)
                foreach (var part in parts)
                    all[k].Place(part);
            else
                all[k].Place((LinearBlock)graph.Blocks[k]);
        }
        return all;
    }

    /// <summary>Inputs that are terms of targets contribute constants.</summary>
    private static void CountInputs(GradientFlow flow, TargetEntries entries)
    {
        var (target, start, near) = (-1, 0, 0);
        flow.Uses.ForInputs((input, next, factor) =>
        {
            if (next != target)
                (target, start) = (next, flow.TargetStart(next));
            entries.AddConstant(flow.SpaceOf(target), start + TargetPositions.InRow(flow.TargetColumns(target), flow.NameOf(target, input), target, ref near), factor);
        });
    }

    /// <summary>Sums that are kept count into other targets by multiples of their rows.</summary>
    private void Place(LinearBlock sums)
    {
        for (var row = 0; row < sums.RowCount; row++)
            if (_flow.TargetOfSlot.ContainsKey(sums.FirstSlot + row))
                AddMultiples(sums.FirstSlot + row);
    }

    private void AddMultiples(int slot)
    {
        for (var use = _flow.Uses.First(slot); use >= 0; use = _flow.Uses.Next(use))
            _multiples.Add(new GradientProduct(_flow.Uses.Target(use), _flow.RowOf(slot), _memory.Constant(_flow.Uses.Factor(use))));
    }

    private void Place(BlockPart part)
    {
        var block = part.Block;
        for (var output = 0; output < block.Kernel.OutputCount; output++)
        {
            var (inResult, inMemory) = (0, 0);
            foreach (var instance in part.Instances)
            {
                var (here, there) = CountUses(block.SlotOf(output, instance));
                (inResult, inMemory) = (Math.Max(inResult, here), Math.Max(inMemory, there));
            }
            for (var ordinal = 0; ordinal < inResult; ordinal++)
                PlaceUse(part, output, Space.Result, ordinal, inResult);
            for (var ordinal = 0; ordinal < inMemory; ordinal++)
                PlaceUse(part, output, Space.Memory, ordinal, inMemory);
        }
    }

    /// <summary>How many targets the kernel that computes a slot stores its gradient to, in the result and in memory.</summary>
    private (int Result, int Memory) CountUses(int slot)
    {
        if (ComesFromKeptRow(slot))
        {
            AddMultiples(slot);
            return (0, _flow.TargetOfSlot.ContainsKey(slot) ? 1 : 0);
        }
        var (inResult, inMemory) = (0, 0);
        var uses = _flow.Uses;
        for (var use = uses.First(slot); use >= 0; use = uses.Next(use))
            if (_flow.SpaceOf(uses.Target(use)) == Space.Result)
                inResult++;
            else
                inMemory++;
        return (inResult, inMemory);
    }

    /// <summary>Whether targets take the gradient of a slot from where it is kept, instead of from the kernel that computes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ComesFromKeptRow(int slot) => _flow.Uses.CountOf(slot) > SlotUses.MostUses || (_flow.TargetOfSlot.Count > 0 && _flow.TargetOfSlot.ContainsKey(slot));

    /// <summary>The target of a slot that comes n-th among those in a space, and its factor; −1 if there are fewer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (int Target, double Factor) UseOf(int slot, Space space, int ordinal)
    {
        if (ComesFromKeptRow(slot))
            return space == Space.Memory && ordinal == 0 && _flow.TargetOfSlot.TryGetValue(slot, out var own) ? (own, 1) : (-1, 0);
        var uses = _flow.Uses;
        for (var use = uses.First(slot); use >= 0; use = uses.Next(use))
            if (_flow.SpaceOf(uses.Target(use)) == space && ordinal-- == 0)
                return (uses.Target(use), uses.Factor(use));
        return (-1, 0);
    }

    private void PlaceUse(BlockPart part, int output, Space space, int ordinal, int uses)
    {
        var count = part.Instances.Length;
        var targets = FreshPages.Uncleared<int>(count);
        var factors = FreshPages.Uncleared<double>(count);
        for (var t = 0; t < count; t++)
        {
            (targets[t], factors[t]) = UseOf(part.Block.SlotOf(output, part.Instances[t]), space, ordinal);
            // Lanes without a target compute with what the others have.
            if (targets[t] < 0)
                factors[t] = t > 0 ? factors[t - 1] : 0;
        }
        foreach (var column in part.Outputs[output].Columns)
            PlaceColumn(part, output, column, space, targets, factors, uses);
        if (part.IsWide)
            PlaceProducts(part, output, targets, factors);
    }

    private void PlaceColumn(BlockPart part, int output, int column, Space space, int[] targets, double[] factors, int uses)
    {
        var count = part.Instances.Length;
        var positions = FreshPages.Uncleared<int>(count);
        var constants = part.ConstantsOf(output, column);
        var columns = part.Columns.AsSpan(column * count, count);
        var rows = new TargetPositions(_flow);
        for (var t = 0; t < count; t++)
        {
            positions[t] = targets[t] < 0 ? -1 : rows.Of(targets[t], columns[t]);
            if (positions[t] < 0)
                continue;
            if (constants is not null)
                _entries.AddConstant(space, positions[t], constants[constants.Length == 1 ? 0 : t] * factors[t]);
            else
                _entries.Count(space, positions[t]);
        }
        if (constants is null)
            _stores.Add(new Contribution(part, output, column, -1, space, positions, factors) { UseCount = uses });
    }

    /// <summary>The factors of gradients that are multiplied outside the kernel get places, where the products find them.</summary>
    private void PlaceProducts(BlockPart part, int output, int[] targets, double[] factors)
    {
        var count = part.Instances.Length;
        var pattern = part.Derivatives.Pattern;
        var outside = new List<int>();
        for (var entry = pattern.RowStarts[output]; entry < pattern.RowStarts[output + 1]; entry++)
            if (part.LeafWidths[pattern.Columns[entry]] == 0)
                outside.Add(entry);
        var start = _memory.Allocate((long)count * outside.Count);
        for (var k = 0; k < outside.Count; k++)
        {
            var entry = outside[k];
            var leaf = pattern.Columns[entry];
            var positions = FreshPages.Uncleared<int>(count);
            for (var t = 0; t < count; t++)
            {
                positions[t] = start + t * outside.Count + k;
                if (targets[t] >= 0)
                    _products.Add(new GradientProduct(targets[t], _flow.RowOf(part.Block.Leaf(leaf)[part.Instances[t]]), positions[t]));
            }
            if (part.Derivatives.IsComputed(entry))
                _stores.Add(new Contribution(part, output, -1, entry, Space.Memory, positions, factors));
            else
                for (var t = 0; t < count; t++)
                    _memory.Initialize(positions[t], [factors[t] * part.Derivatives.Constant(entry)]);
        }
    }
}
