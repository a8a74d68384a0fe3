using HybridAD.Blocks;
using HybridAD.Collections;
using HybridAD.Planning.Candidates;
using HybridAD.Planning.Costs;

namespace HybridAD.Planning.Estimates;

/// <summary>Prices a kernel with its instances, as the code that computes its local derivatives and stores their products where they count.</summary>
/// <remarks>What a sample instance reads and where it stores stands for all.</remarks>
internal sealed class KernelCost
{
    /// <summary>Instances that a kernel computes at once.</summary>
    public const int Lanes = 8;

    /// <summary>With fewer whole chunks than this, all instances have a position for each number.</summary>
    public const int FewestChunks = 4;

    private readonly PlanningProblem _problem;
    private readonly KernelBlock _block;
    private readonly KernelFacts _facts;
    private readonly SlotUses _uses;
    private readonly SampledGradients _gradients;
    private readonly bool _needsValues;
    private readonly int _sample;
    private readonly bool _isOutside;
    private readonly List<int>[] _columns;

    public KernelCost(PlanningProblem problem, KernelBlock block, KernelFacts facts, SlotUses uses, SampledGradients gradients, bool needsValues)
    {
        (_problem, _block, _facts, _uses, _gradients, _needsValues) = (problem, block, facts, uses, gradients, needsValues);
        _sample = SampledGradients.SampleOf(block);
        var (total, widest) = (0, 0);
        for (var leaf = 0; leaf < block.LeafCount; leaf++)
            (total, widest) = (total + WidthOf(leaf), Math.Max(widest, WidthOf(leaf)));
        _isOutside = GradientWidth.IsOutside(total, widest);
        _columns = [.. Enumerable.Range(0, block.Kernel.OutputCount).Select(ComputedColumns)];
    }

    /// <summary>Multiply-adds of all instances, those of products outside included.</summary>
    public long MultiplyAdds { get; private set; }

    /// <summary>Steps of the code.</summary>
    public double Steps { get; private set; }

    /// <summary>Numbers that code which is run once stores; elsewhere none.</summary>
    public double StraightStores { get; private set; }

    /// <summary>Numbers whose place every instance looks up.</summary>
    public double Positions { get; private set; }

    /// <summary>Numbers of gradients that are kept for other blocks.</summary>
    public double KeptNumbers { get; private set; }

    /// <summary>Numbers of products outside, of rows that have other columns than what they count into: the place of each has to be found.</summary>
    public double PlacedNumbers { get; private set; }

    private KernelOperations Operations => _needsValues ? _facts.AllOperations : _facts.PartialOperations;

    /// <summary>Counts what the instances store into each row of the Jacobian.</summary>
    public void Count(RowContributions contributions)
    {
        for (var output = 0; output < _columns.Length; output++)
            contributions.Add(_block, output, _columns[output].Count + (ReadsOutside(output) ? _gradients.WidthOf(_block.SlotOf(output, _sample)) : 0), _uses);
    }

    /// <summary>Adds the work of all instances.</summary>
    public void AddTo(Work work, RowContributions contributions)
    {
        var products = new GradientProducts(_problem.Pattern, _uses, _gradients, work);
        var (loads, stores) = (Loads(), new Streams());
        var inside = 0;
        for (var output = 0; output < _columns.Length; output++)
        {
            inside += InsideProducts(output);
            Stores(output, stores, products, contributions);
        }
        // Every different number that is stored is watched.
        var arithmetic = _facts.Products + inside + Math.Min(stores.Count, inside > 0 ? stores.Count : _facts.DistinctNumbers);
        MultiplyAdds += (long)_block.InstanceCount * (_facts.Instructions + inside);
        Steps = arithmetic + Operations.Count;
        if (Steps + stores.Count == 0)
            return;
        if (_block.InstanceCount == 1)
        {
            StraightStores = stores.Count;
            work.Add(Price.BlockStep, 1).Add(Price.StraightStep, arithmetic + stores.Count).Add(Price.StraightWait, _facts.Waits);
            Operations.AddTo(work);
            return;
        }
        var (whole, rest) = Math.DivRem(_block.InstanceCount, Lanes);
        if (whole < FewestChunks)
            (whole, rest) = (0, _block.InstanceCount);
        var tail = (rest + Lanes - 1) / Lanes;
        Positions = Lanes * (whole * (loads.Apart + stores.Apart) + tail * (loads.Count + stores.Count));
        work.Add(Price.BlockStep, (whole > 0 ? 1 : 0) + (tail > 0 ? 1 : 0)).Add(Price.KernelChunk, whole + tail);
        work.Add(Price.KernelStep, (whole + tail) * arithmetic + whole * (loads.Near + stores.Near));
        work.Add(Price.KernelShuffle, (whole + tail) * (loads.Beside + stores.Beside));
        work.Add(Price.KernelGather, whole * loads.Apart + tail * (loads.Near + loads.Apart));
        work.Add(Price.KernelScatter, whole * stores.Apart + tail * (stores.Near + stores.Apart));
        work.Add(Price.KernelAdd, (whole + tail) * stores.Added);
        // A part is loaded and added up with others, and each sum is stored and watched.
        work.Add(Price.KernelStep, (whole + tail) * 3 * stores.SummedUp);
        Operations.AddTo(work, whole + tail);
    }

    private int WidthOf(int leaf) => _gradients.WidthOf(_block.Leaf(leaf)[_sample]);

    private bool IsInput(int leaf) => _block.Leaf(leaf)[_sample] < _problem.Pattern.ColumnCount;

    /// <summary>Whether the gradient of a leaf is multiplied inside, number by number.</summary>
    private bool IsInside(int leaf) => !IsInput(leaf) && !_isOutside;

    private bool IsOutside(int leaf) => !IsInput(leaf) && _isOutside;

    private bool ReadsOutside(int output) => Array.Exists(_facts.LeavesOf(output), IsOutside);

    private Streams Loads()
    {
        var streams = new Streams { Contiguous = _block.ParameterCount };
        for (var leaf = 0; leaf < _block.LeafCount; leaf++)
        {
            var stride = StrideOf(_block.Leaf(leaf));
            if (_facts.HasComputed || _needsValues)
                streams.Add(stride, _block.Leaf(leaf)[_sample]);
            if (IsInside(leaf) && stride is 0 or 1)
                streams.Contiguous += WidthOf(leaf);
            else if (IsInside(leaf))
                streams.Scattered += WidthOf(leaf);
        }
        return streams;
    }

    /// <summary>The distance of what neighbouring instances read, where it mostly is the same, and the same in most chunks as a whole; else null.</summary>
    private static int? StrideOf(ReadOnlySpan<int> slots)
    {
        const int Samples = 16;
        if (slots.Length < 2)
            return 0;
        var usual = SpreadSample.One(slots.Length - 1);
        var stride = slots[usual + 1] - slots[usual];
        var (regular, samples, chunks) = (0, 0, 0);
        foreach (var t in SpreadSample.Of(slots.Length - 1, Samples))
        {
            var next = t + 1;
            while (next < Math.Min(slots.Length, t + Lanes) && slots[next] - slots[next - 1] == stride)
                next++;
            regular += next > t + 1 ? 1 : 0;
            chunks += next == Math.Min(slots.Length, t + Lanes) ? 1 : 0;
            samples++;
        }
        return 4 * regular >= 3 * samples && 2 * chunks >= samples ? stride : null;
    }

    /// <summary>Multiply-adds of local derivatives with the gradients of what is read.</summary>
    private int InsideProducts(int output)
    {
        var products = 0;
        foreach (var leaf in _facts.LeavesOf(output))
            products += IsInside(leaf) ? WidthOf(leaf) : 0;
        return products;
    }

    private void Stores(int output, Streams streams, GradientProducts products, RowContributions contributions)
    {
        var slot = _block.SlotOf(output, _sample);
        var count = _columns[output].Count;
        var width = _gradients.WidthOf(slot);
        var isOutside = ReadsOutside(output);
        streams.Contiguous += _needsValues ? 1 : 0;
        KeptNumbers += _uses.IsKept(slot) ? (double)_block.InstanceCount * width : 0;
        if (isOutside && _uses.IsKept(slot))
            AddOutside(output, width, -1, streams, products);
        else if (_uses.IsKept(slot) && _uses.IsKeptAsRow(slot, width))
            streams.InRows += count;
        else if (_uses.IsKept(slot))
            streams.Contiguous += count;
        if (_uses.CountOf(slot) > SlotUses.MostUses || (isOutside && _uses.IsKept(slot)))
        {
            products.AddMultiples(slot, _block.InstanceCount);
            return;
        }
        for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
        {
            var target = _uses.Target(use);
            if (target < _problem.Pattern.RowCount)
            {
                // Code that is run once knows where everything is.
                var stride = _block.InstanceCount == 1 ? 1 : StrideOf(output);
                foreach (var column in _columns[output])
                    streams.Add(stride, stride is 1 ? 0 : Position(target, column));
                if (contributions.IsAdded(target) && stride is not 0 && _block.InstanceCount >= FewestChunks * Lanes)
                    streams.SummedUp += count;
                else if (contributions.IsAdded(target))
                    streams.Added += count;
            }
            else
                StoreInSum(output, target, streams, contributions);
            if (isOutside)
                AddOutside(output, width, target, streams, products);
        }
    }

    /// <summary>
    /// Numbers for the gradient of a sum that is kept: where neighbours read neighbours and count into the same sum, they add to columns of their own in the same row, side by side. Others
    /// add theirs anywhere, one by one.
    /// </summary>
    private void StoreInSum(int output, int target, Streams streams, RowContributions contributions)
    {
        var count = _columns[output].Count;
        var apart = 0;
        if (_block.InstanceCount > 1 && !NeighborCountsInto(output, target))
            apart = count;
        else if (_block.InstanceCount > 1)
            foreach (var leaf in _facts.LeavesOf(output))
                if (!IsOutside(leaf) && (!IsInput(leaf) || _facts.IsComputed(output, leaf)) && StrideOf(_block.Leaf(leaf)) is null)
                    apart += WidthOf(leaf);
        apart = Math.Min(apart, count);
        streams.Contiguous += count - apart;
        streams.Scattered += apart;
        if (contributions.IsAdded(target))
            streams.Added += apart;
    }

    /// <summary>Whether the result of an instance beside the sample counts into a target of the sample's too.</summary>
    private bool NeighborCountsInto(int output, int target)
    {
        var slot = _block.SlotOf(output, _sample + 1 < _block.InstanceCount ? _sample + 1 : _sample - 1);
        for (var use = _uses.First(slot); use >= 0; use = _uses.Next(use))
            if (_uses.Target(use) == target)
                return true;
        return false;
    }

    /// <summary>Products of rows with the factors that the kernel stores; a negative target stands for the gradient of the result itself.</summary>
    private void AddOutside(int output, int width, int target, Streams streams, GradientProducts products)
    {
        foreach (var leaf in _facts.LeavesOf(output))
        {
            if (!IsOutside(leaf))
                continue;
            streams.Contiguous++;
            MultiplyAdds += (long)_block.InstanceCount * WidthOf(leaf);
            PlacedNumbers += WidthOf(leaf) != width ? (double)_block.InstanceCount * WidthOf(leaf) : 0;
            if (target < 0)
                products.AddRows(width, WidthOf(leaf), _block.InstanceCount);
            else
                products.Add(target, WidthOf(leaf), _block.InstanceCount);
        }
    }

    /// <summary>The columns of a result's gradient that depend on the point, those that are multiplied outside excepted.</summary>
    private List<int> ComputedColumns(int output)
    {
        var slots = new List<int>();
        foreach (var leaf in _facts.LeavesOf(output))
            if (!IsOutside(leaf) && (!IsInput(leaf) || _facts.IsComputed(output, leaf)))
                slots.Add(_block.Leaf(leaf)[_sample]);
        // Of inputs nothing has to be put together.
        return slots.TrueForAll(slot => slot < _problem.Pattern.ColumnCount) ? slots : _gradients.ColumnsOf(slots);
    }

    /// <summary>The distance of what the sample and its neighbours write into the Jacobian, where it is the same; else null.</summary>
    private int? StrideOf(int output)
    {
        if (_sample == 0 || _sample + 1 == _block.InstanceCount || First(output, _sample - 1) is not { } before || First(output, _sample) is not { } own || First(output, _sample + 1) is not { } after)
            return null;
        return own - before == after - own ? own - before : null;
    }

    /// <summary>Where an instance writes its derivative to the first input that it reads; null where it does not.</summary>
    private int? First(int output, int instance) =>
        _uses.First(_block.SlotOf(output, instance)) is >= 0 and var use && _uses.Target(use) is var target && target < _problem.Pattern.RowCount
            && _facts.LeavesOf(output) is [var leaf, ..] && IsInput(leaf) && Position(target, _block.Leaf(leaf)[instance]) is >= 0 and var position
            ? position
            : null;

    private int Position(int target, int column) => _problem.Pattern.RowStarts[target] + _problem.Pattern.Row(target).BinarySearch(column);

    /// <summary>How the numbers that an instance loads, or stores, lie beside those of its neighbours and beside each other.</summary>
    private sealed class Streams
    {
        private readonly HashSet<int> _regular = [];
        private readonly HashSet<int> _others = [];

        /// <summary>Numbers beside those of neighbouring instances.</summary>
        public double Contiguous { get; set; }

        /// <summary>Numbers of rows that each instance has for itself.</summary>
        public double InRows { get; set; }

        /// <summary>Numbers that lie anywhere.</summary>
        public double Scattered { get; set; }

        /// <summary>Numbers that are added to what is there at once.</summary>
        public double Added { get; set; }

        /// <summary>Numbers that are left in arrays of their own, from where they are added up.</summary>
        public double SummedUp { get; set; }

        /// <summary>Numbers that take no more than a step: contiguous ones, and those of an instance that fill the distance to the next one.</summary>
        public double Near => Contiguous + _regular.Count(position => HasNeighbor(_regular, position));

        /// <summary>Numbers beside another one of the instance.</summary>
        public double Beside => InRows + _others.Count(position => HasNeighbor(_others, position));

        /// <summary>Numbers that lie beside no other.</summary>
        public double Apart => Count - Near - Beside;

        /// <summary>All of them.</summary>
        public double Count => Contiguous + InRows + Scattered + _regular.Count + _others.Count;

        /// <summary>Adds a number at a position, with the distance to the next instance's; null where there is no such distance.</summary>
        public void Add(int? stride, int position)
        {
            if (stride is 0 or 1)
                Contiguous++;
            else
                (stride is null ? _others : _regular).Add(position);
        }

        private static bool HasNeighbor(HashSet<int> positions, int position) => positions.Contains(position - 1) || positions.Contains(position + 1);
    }
}
