using HybridAD.Collections;

namespace HybridAD.Blocks;

/// <summary>
/// Which target rows every slot counts into, and with what factor. The targets are the outputs and the sums that kernels read; sums on the way to an
/// output are multiplied through, so that the terms count into the output directly.
/// </summary>
internal sealed class SlotUses
{
    /// <summary>A slot that counts into more targets than this keeps its gradient, and targets take it from there.</summary>
    public const int MostUses = 8;

    /// <summary>Different uses of fewer slots do not tell that every slot has its own.</summary>
    private const int FewUses = 1024;

    private readonly BlockGraph _graph;
    private readonly int _inputCount;
    private readonly int _expected;

    // By result, that is by slot less the number of inputs.
    private readonly int[] _first;
    private readonly Growing<Use> _uses = new(FewUses);
    private readonly bool[] _isRead;

    /// <summary>How many results of others, the slot included, an instance reads that reads the slot; of several kernels, the most. More than fit are too many for any kernel.</summary>
    private readonly byte[] _companions;

    /// <summary>Uses of each result; more of them than fit are as many.</summary>
    private readonly byte[] _useCount;

    private readonly Lock _lock = new();
    private InputUses? _ofInputs;

    private SlotUses(BlockGraph graph)
    {
        (_graph, _inputCount) = (graph, graph.Trace.InputCount);
        _expected = graph.OutputSlots.Length;
        foreach (var block in graph.Blocks)
            if (block is LinearBlock sums)
                foreach (var slot in sums.Slots)
                    _expected += slot >= _inputCount ? 1 : 0;
        var count = graph.SlotCount - _inputCount;
        _first = FreshPages.Uncleared<int>(count);
        Array.Fill(_first, -1);
        _isRead = FreshPages.Array<bool>(count);
        _companions = FreshPages.Array<byte>(count);
        _useCount = FreshPages.Array<byte>(count);
    }

    /// <summary>What every target begins with: the constants of the sums that were multiplied through.</summary>
    public Growing<double> Constants { get; } = new();

    /// <summary>Sums that are targets of their own, by target number less the number of outputs: their slots.</summary>
    public List<int> KeptSums { get; } = [];

    /// <summary>Finds the uses of all slots.</summary>
    public static SlotUses Of(BlockGraph graph)
    {
        var uses = new SlotUses(graph);
        for (var output = 0; output < graph.OutputSlots.Length; output++)
        {
            if (graph.OutputSlots[output] >= uses._inputCount)
                uses.Add(graph.OutputSlots[output], output, 1);
            uses.Constants.Add(0);
        }
        foreach (var block in graph.Blocks)
            if (block is KernelBlock kernel)
                uses.Read(kernel);
        for (var k = graph.Blocks.Length - 1; k >= 0; k--)
            if (graph.Blocks[k] is LinearBlock sums)
                uses.PushThrough(sums);
        return uses;
    }

    /// <summary>Whether a kernel reads the result.</summary>
    public bool IsRead(int slot) => _isRead[slot - _inputCount];

    /// <summary>Number of targets that the slot counts into, up to 255.</summary>
    public int CountOf(int slot) => slot >= _inputCount ? _useCount[slot - _inputCount] : OfInputs.Count[slot];

    /// <summary>Whether the gradient of the result is kept in memory, for kernels that read it or because it counts into many targets.</summary>
    public bool IsKept(int slot) => _isRead[slot - _inputCount] || _useCount[slot - _inputCount] > MostUses;

    /// <summary>Whether the gradient of a result, of some width, is kept number after number, because it will be multiplied as a row of a matrix.</summary>
    public bool IsKeptAsRow(int slot, int width) =>
        _useCount[slot - _inputCount] > MostUses || GradientWidth.IsOutside(width * _companions[slot - _inputCount], width);

    /// <summary>The first use of a slot, or −1.</summary>
    public int First(int slot) => slot >= _inputCount ? _first[slot - _inputCount] : OfInputs.First[slot];

    /// <summary>The use that follows, or −1.</summary>
    public int Next(int use) => _uses[use].Next;

    /// <summary>The target of a use.</summary>
    public int Target(int use) => _uses[use].Target;

    /// <summary>The factor of a use.</summary>
    public double Factor(int use) => _uses[use].Factor;

    /// <summary>Tells all uses of inputs, those of a target in the order of its terms: most of whom they concern go through all of them once, for which lists would be long.</summary>
    /// <param name="tell">Receives input, target and factor.</param>
    public void ForInputs(Action<int, int, double> tell)
    {
        var kept = KeptSums.Count;
        foreach (var block in _graph.Blocks)
            if (block is LinearBlock sums)
                for (var row = 0; row < sums.RowCount; row++)
                {
                    var slot = sums.FirstSlot + row;
                    // They were found from the last to the first.
                    var isKept = kept > 0 && KeptSums[kept - 1] == slot;
                    kept -= isKept ? 1 : 0;
                    var terms = sums.SlotsOf(row);
                    var coefficients = sums.CoefficientsOf(row);
                    if (isKept)
                        Tell(terms, coefficients, _graph.OutputSlots.Length + kept, 1);
                    else
                        for (var use = _first[slot - _inputCount]; use >= 0; use = _uses[use].Next)
                            Tell(terms, coefficients, _uses[use].Target, _uses[use].Factor);
                }
        for (var output = 0; output < _graph.OutputSlots.Length; output++)
            if (_graph.OutputSlots[output] < _inputCount)
                tell(_graph.OutputSlots[output], output, 1);

        void Tell(ReadOnlySpan<int> terms, ReadOnlySpan<double> coefficients, int target, double factor)
        {
            for (var k = 0; k < terms.Length; k++)
                if (terms[k] < _inputCount)
                    tell(terms[k], target, factor * coefficients[k]);
        }
    }

    /// <summary>The lists of inputs, made when something asks for them.</summary>
    private InputUses OfInputs
    {
        get
        {
            if (Volatile.Read(ref _ofInputs) is { } known)
                return known;
            lock (_lock)
            {
                if (_ofInputs is null)
                    Volatile.Write(ref _ofInputs, ListInputs());
                return _ofInputs!;
            }
        }
    }

    private InputUses ListInputs()
    {
        var lists = new InputUses(FreshPages.Uncleared<int>(_inputCount), FreshPages.Array<byte>(_inputCount));
        Array.Fill(lists.First, -1);
        var last = FreshPages.Uncleared<int>(_inputCount);
        ForInputs((input, target, factor) =>
        {
            _uses.Add(new Use(-1, target, factor));
            if (lists.First[input] < 0)
                lists.First[input] = _uses.Count - 1;
            else
                _uses[last[input]] = _uses[last[input]] with { Next = _uses.Count - 1 };
            last[input] = _uses.Count - 1;
            if (lists.Count[input] < byte.MaxValue)
                lists.Count[input]++;
        });
        return lists;
    }

    private void Read(KernelBlock kernel)
    {
        // Leaves of one kind are inputs in all instances or, but for boundaries, in none.
        var results = 0;
        for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
            results += kernel.Leaf(leaf)[0] < _inputCount || results == byte.MaxValue ? 0 : 1;
        for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
            foreach (var slot in kernel.Leaf(leaf))
                if (slot >= _inputCount)
                {
                    _isRead[slot - _inputCount] = true;
                    _companions[slot - _inputCount] = Math.Max(_companions[slot - _inputCount], (byte)results);
                }
    }

    private void PushThrough(LinearBlock sums)
    {
        for (var row = sums.RowCount - 1; row >= 0; row--)
        {
            var slot = sums.FirstSlot + row - _inputCount;
            var terms = sums.SlotsOf(row);
            var coefficients = sums.CoefficientsOf(row);
            // A long sum that counts into several targets is cheaper computed once.
            if (_isRead[slot] || _useCount[slot] > MostUses || (_useCount[slot] > 1 && terms.Length > MostUses))
            {
                _isRead[slot] = true;
                var target = _graph.OutputSlots.Length + KeptSums.Count;
                KeptSums.Add(slot + _inputCount);
                Constants.Add(sums.ConstantOf(row));
                for (var k = 0; k < terms.Length; k++)
                    if (terms[k] >= _inputCount)
                        Add(terms[k], target, coefficients[k]);
                continue;
            }
            for (var use = _first[slot]; use >= 0; use = _uses[use].Next)
            {
                var (_, target, factor) = _uses[use];
                Constants[target] += factor * sums.ConstantOf(row);
                for (var k = 0; k < terms.Length; k++)
                    if (terms[k] >= _inputCount)
                        Add(terms[k], target, factor * coefficients[k]);
            }
        }
    }

    private void Add(int slot, int target, double factor)
    {
        slot -= _inputCount;
        var use = new Use(_first[slot], target, factor);
        // Terms of a long sum have all the same.
        if (_uses.Count == 0 || !use.IsSame(_uses[_uses.Count - 1]))
        {
            if (_uses.Count == FewUses)
                _uses.Reserve(_expected);
            _uses.Add(use);
        }
        _first[slot] = _uses.Count - 1;
        if (_useCount[slot] < byte.MaxValue)
            _useCount[slot]++;
    }

    /// <summary>That a slot counts into a target; several slots may share it.</summary>
    /// <param name="Next">The next use of the slot, or −1.</param>
    /// <param name="Target">The target.</param>
    /// <param name="Factor">The factor.</param>
    private readonly record struct Use(int Next, int Target, double Factor)
    {
        public bool IsSame(in Use other) =>
            Next == other.Next && Target == other.Target && BitConverter.DoubleToInt64Bits(Factor) == BitConverter.DoubleToInt64Bits(other.Factor);
    }

    /// <summary>The first use of each input, or −1, and how many it has; more of them than fit are as many.</summary>
    private sealed record InputUses(int[] First, byte[] Count);
}
