using HybridAD.Collections;
using HybridAD.Graph;

namespace HybridAD.Blocks;

/// <summary>
/// Groups of outputs that share no operation with those of other groups, as the losses of the samples of a network do not. One sweep in reverse serves an output of every
/// group if each has inputs of its own: then what it adds up for an input is not mixed with what others do.
/// </summary>
internal sealed class OutputGroups
{
    private readonly BlockGraph _graph;
    private readonly int[] _groupOfResult;
    private readonly int[] _groupOfOutput;
    private readonly int _count;

    // By group the inputs it reads, increasing. The k-th of all of them is input k of the function with inputs apart.
    private readonly int[] _starts;
    private readonly int[] _inputs;

    private OutputGroups(BlockGraph graph, int[] parents)
    {
        (_graph, _groupOfResult) = (graph, parents);
        (_groupOfOutput, _count) = NumberGroups(graph, parents);
        (_starts, _inputs) = FindInputs();
        Sweeps = FindSweeps();
    }

    /// <summary>Copies of inputs, of which every group has those that it reads.</summary>
    public int InputCount => _inputs.Length;

    /// <summary>How many times inputs are read in all.</summary>
    public int ReadCount { get; private set; }

    /// <summary>The outputs that each sweep is for: no two of a group.</summary>
    public int[][] Sweeps { get; }

    /// <summary>The groups of the outputs of a function; null where all share something, or where there is only one.</summary>
    /// <param name="graph">The function.</param>
    public static OutputGroups? Of(BlockGraph graph)
    {
        if (graph.OutputSlots.Length < 2)
            return null;
        var parents = Unions(graph);
        var first = -1;
        foreach (var slot in graph.OutputSlots)
        {
            var root = slot < graph.Trace.InputCount ? -1 : Root(parents, slot - graph.Trace.InputCount);
            if (root < 0)
                continue;
            if (first >= 0 && root != first)
                return new OutputGroups(graph, parents);
            first = root;
        }
        return null;
    }

    /// <summary>The function with inputs of their own for every group.</summary>
    public BlockGraph WithInputsApart()
    {
        var (inputs, shift) = (_graph.Trace.InputCount, InputCount - _graph.Trace.InputCount);
        var blocks = new Block[_graph.Blocks.Length];
        for (var k = 0; k < blocks.Length; k++)
            blocks[k] = _graph.Blocks[k] switch
            {
                KernelBlock kernel => kernel.WithLeaves(kernel.FirstSlot + shift, (instance, slot) => slot >= inputs ? slot + shift : PlaceOf(GroupOf(kernel, instance), slot)),
                LinearBlock sums => sums.WithSlots(sums.FirstSlot + shift, SlotsApart(sums, shift)),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        var outputs = new int[_graph.OutputSlots.Length];
        for (var output = 0; output < outputs.Length; output++)
            outputs[output] = _graph.OutputSlots[output] is var slot && slot >= inputs ? slot + shift : PlaceOf(_groupOfOutput[output], slot);
        // Of the function itself only the numbers of inputs and outputs are looked at.
        return new BlockGraph(new TraceBuilder(InputCount).Build(new int[outputs.Length]), blocks, outputs);
    }

    /// <summary>Where the entries of an output's row are found among the copies of inputs; −1 where an input is not read.</summary>
    /// <param name="output">The output.</param>
    /// <param name="columns">The columns of its row.</param>
    /// <param name="places">Receives a place for each.</param>
    public void FindPlaces(int output, ReadOnlySpan<int> columns, Span<int> places)
    {
        var group = _groupOfOutput[output];
        var own = _inputs.AsSpan(_starts[group], _starts[group + 1] - _starts[group]);
        for (var k = 0; k < columns.Length; k++)
            places[k] = own.BinarySearch(columns[k]) is >= 0 and var place ? _starts[group] + place : -1;
    }

    private int PlaceOf(int group, int input) => _starts[group] + _inputs.AsSpan(_starts[group], _starts[group + 1] - _starts[group]).BinarySearch(input);

    private static int[] Unions(BlockGraph graph)
    {
        var inputs = graph.Trace.InputCount;
        var parents = FreshPages.Uncleared<int>(graph.SlotCount - inputs);
        for (var result = 0; result < parents.Length; result++)
            parents[result] = result;
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel)
                for (var instance = 0; instance < kernel.InstanceCount; instance++)
                {
                    var result = kernel.SlotOf(0, instance) - inputs;
                    for (var output = 1; output < kernel.Kernel.OutputCount; output++)
                        Unite(parents, result, kernel.SlotOf(output, instance) - inputs);
                    for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                        if (kernel.Leaf(leaf)[instance] >= inputs)
                            Unite(parents, result, kernel.Leaf(leaf)[instance] - inputs);
                }
            else if (block is LinearBlock sums)
                for (var row = 0; row < sums.RowCount; row++)
                    foreach (var slot in sums.SlotsOf(row))
                        if (slot >= inputs)
                            Unite(parents, sums.FirstSlot + row - inputs, slot - inputs);
        return parents;
    }

    private static void Unite(int[] parents, int a, int b)
    {
        (a, b) = (Root(parents, a), Root(parents, b));
        parents[Math.Max(a, b)] = Math.Min(a, b);
    }

    private static int Root(int[] parents, int result)
    {
        while (parents[result] != result)
            result = parents[result] = parents[parents[result]];
        return result;
    }

    /// <summary>Numbers the groups in the order of their first outputs.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="groups">By result another one of its group, or itself; receives the number of the group.</param>
    private static (int[] OfOutput, int Count) NumberGroups(BlockGraph graph, int[] groups)
    {
        var (inputs, count) = (graph.Trace.InputCount, 0);
        var outputs = graph.OutputSlots;
        for (var result = 0; result < groups.Length; result++)
            groups[result] = Root(groups, result);
        var numbers = new Dictionary<int, int>();
        var ofOutput = new int[outputs.Length];
        for (var output = 0; output < ofOutput.Length; output++)
            // An output that is an input is computed by nothing.
            if (outputs[output] < inputs)
                ofOutput[output] = count++;
            else if (!numbers.TryGetValue(groups[outputs[output] - inputs], out ofOutput[output]))
                numbers.Add(groups[outputs[output] - inputs], ofOutput[output] = count++);
        // What no output depends on goes with the first group.
        for (var result = 0; result < groups.Length; result++)
            groups[result] = numbers.GetValueOrDefault(groups[result]);
        return (ofOutput, count);
    }

    private int GroupOf(KernelBlock kernel, int instance) => _groupOfResult[kernel.SlotOf(0, instance) - _graph.Trace.InputCount];

    private (int[] Starts, int[] Inputs) FindInputs()
    {
        var inputs = _graph.Trace.InputCount;
        var (reads, counts) = (new Growing<(int Group, int Input)>(), new int[_count + 1]);
        foreach (var block in _graph.Blocks)
            if (block is KernelBlock kernel)
                for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                {
                    var slots = kernel.Leaf(leaf);
                    for (var instance = 0; instance < slots.Length; instance++)
                        Add(slots[instance], kernel.SlotOf(0, instance));
                }
            else if (block is LinearBlock sums)
                for (var row = 0; row < sums.RowCount; row++)
                    foreach (var slot in sums.SlotsOf(row))
                        Add(slot, sums.FirstSlot + row);
        for (var output = 0; output < _groupOfOutput.Length; output++)
            if (_graph.OutputSlots[output] is var slot && slot < inputs)
                AddTo(_groupOfOutput[output], slot);
        for (var group = 0; group < _count; group++)
            counts[group + 1] += counts[group];
        ReadCount = reads.Count;
        var (sorted, next) = (FreshPages.Uncleared<int>(reads.Count), counts.AsSpan(0, _count).ToArray());
        foreach (var (group, input) in reads)
            sorted[next[group]++] = input;
        // Each input once, in place: a group never moves up.
        var (starts, kept) = (new int[_count + 1], 0);
        for (var group = 0; group < _count; group++)
        {
            var own = sorted.AsSpan(counts[group], counts[group + 1] - counts[group]);
            own.Sort();
            for (var k = 0; k < own.Length; k++)
                if (k == 0 || own[k] != own[k - 1])
                    sorted[kept++] = own[k];
            starts[group + 1] = kept;
        }
        return (starts, sorted[..kept]);

        void Add(int slot, int by)
        {
            if (slot < inputs)
                AddTo(_groupOfResult[by - inputs], slot);
        }

        void AddTo(int group, int input)
        {
            reads.Add((group, input));
            counts[group + 1]++;
        }
    }

    private int[][] FindSweeps()
    {
        var (sweeps, used) = (new List<List<int>>(), new int[_count]);
        for (var output = 0; output < _groupOfOutput.Length; output++)
        {
            var sweep = used[_groupOfOutput[output]]++;
            if (sweep == sweeps.Count)
                sweeps.Add([]);
            sweeps[sweep].Add(output);
        }
        return [.. sweeps.Select(static outputs => outputs.ToArray())];
    }

    private int[] SlotsApart(LinearBlock sums, int shift)
    {
        var inputs = _graph.Trace.InputCount;
        var slots = new int[sums.Slots.Length];
        for (var row = 0; row < sums.RowCount; row++)
            for (var k = sums.RowStarts[row]; k < sums.RowStarts[row + 1]; k++)
                slots[k] = sums.Slots[k] is var slot && slot >= inputs ? slot + shift : PlaceOf(_groupOfResult[sums.FirstSlot + row - inputs], slot);
        return slots;
    }
}
