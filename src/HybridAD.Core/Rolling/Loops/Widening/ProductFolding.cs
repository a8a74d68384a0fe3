using System.Diagnostics.CodeAnalysis;
using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Rolling.Nodes;

namespace HybridAD.Rolling.Loops.Widening;

/// <summary>
/// Makes products with literals that differ between instances, which a sample cannot tell from other numbers, coefficients of the sums that read them: the weights of a layer are a matrix.
/// </summary>
internal sealed class ProductFolding
{
    private readonly int _inputCount;
    private readonly List<Block> _blocks;
    private readonly bool[] _isFolded;
    private readonly Block?[] _folded;
    private readonly int[] _newSlots;

    private ProductFolding(int inputCount, List<Block> blocks, int slotCount)
    {
        (_inputCount, _blocks) = (inputCount, blocks);
        (_isFolded, _folded, _newSlots) = (new bool[blocks.Count], new Block?[slotCount], new int[slotCount]);
    }

    /// <summary>Folds what can be folded.</summary>
    /// <param name="inputCount">Number of inputs.</param>
    /// <param name="blocks">The blocks; those that remain are written in their place.</param>
    /// <param name="outputs">The slots of the outputs; become the new ones.</param>
    public static void Apply(int inputCount, List<Block> blocks, int[] outputs)
    {
        if (!blocks.Exists(static block => IsProduct(block)) || !blocks.Exists(static block => block is LinearBlock))
            return;
        var folding = new ProductFolding(inputCount, blocks, blocks[^1].FirstSlot + blocks[^1].SlotCount);
        if (folding.Find(outputs))
            folding.Write(outputs);
    }

    private static bool IsProduct([NotNullWhen(true)] Block? block)
    {
        if (block is not KernelBlock { LeafCount: 1, ParameterCount: 1 } kernel || !IsProduct(kernel.Kernel))
            return false;
        foreach (var factor in kernel.Parameter(0))
            if (!double.IsFinite(factor))
                return false;
        return true;
    }

    /// <summary>Whether all factors of a product can be multiplied with others. Those that are too large or too small, or 0, can still be added or subtracted.</summary>
    private static bool HasTameFactors(KernelBlock product)
    {
        foreach (var factor in product.Parameter(0))
            if (!Expressions.IsFactor(factor))
                return false;
        return true;
    }

    /// <summary>Whether a kernel does nothing but multiply its inputs, a leaf and a parameter.</summary>
    public static bool IsProduct(Trace kernel) =>
        kernel.NodeCount == 3 && kernel.InputCount == 2 && kernel.Operations[2] == Op.Mul && kernel.RawA(2) != kernel.RawB(2);

    /// <summary>Finds the products that only sums read.</summary>
    private bool Find(int[] outputs)
    {
        for (var k = 0; k < _blocks.Count; k++)
            if (IsProduct(_blocks[k]))
            {
                _isFolded[k] = true;
                _folded.AsSpan(_blocks[k].FirstSlot, _blocks[k].SlotCount).Fill(_blocks[k]);
            }
        var isKept = new HashSet<Block>(ReferenceEqualityComparer.Instance);
        var isTame = new Dictionary<Block, bool>(ReferenceEqualityComparer.Instance);
        foreach (var block in _blocks)
            if (block is KernelBlock kernel)
                for (var leaf = 0; leaf < kernel.LeafCount; leaf++)
                    Read(kernel.Leaf(leaf));
            else
                Multiply((LinearBlock)block);
        Read(outputs);
        for (var k = 0; k < _blocks.Count; k++)
            if (_isFolded[k] && isKept.Contains(_blocks[k]))
            {
                _isFolded[k] = false;
                _folded.AsSpan(_blocks[k].FirstSlot, _blocks[k].SlotCount).Clear();
            }
        return _isFolded.AsSpan().Contains(true);

        void Read(ReadOnlySpan<int> slots)
        {
            foreach (var slot in slots)
                if (_folded[slot] is { } product)
                    isKept.Add(product);
        }

        void Multiply(LinearBlock sums)
        {
            for (var row = 0; row < sums.RowCount; row++)
            {
                var slots = sums.SlotsOf(row);
                var coefficients = sums.CoefficientsOf(row);
                for (var k = 0; k < slots.Length; k++)
                    if (Math.Abs(coefficients[k]) != 1 && _folded[slots[k]] is KernelBlock product && !isKept.Contains(product))
                    {
                        if (!isTame.TryGetValue(product, out var tame))
                            isTame.Add(product, tame = HasTameFactors(product));
                        if (!tame)
                            isKept.Add(product);
                    }
            }
        }
    }

    private void Write(int[] outputs)
    {
        for (var input = 0; input < _inputCount; input++)
            _newSlots[input] = input;
        var (next, kept) = (_inputCount, 0);
        for (var k = 0; k < _blocks.Count; k++)
        {
            if (_isFolded[k])
                continue;
            var block = _blocks[k];
            for (var slot = 0; slot < block.SlotCount; slot++)
                _newSlots[block.FirstSlot + slot] = next + slot;
            _blocks[kept++] = block is KernelBlock kernel ? kernel.WithLeaves(next, slot => _newSlots[slot]) : Expanded((LinearBlock)block, next);
            next += block.SlotCount;
        }
        _blocks.RemoveRange(kept, _blocks.Count - kept);
        for (var k = 0; k < outputs.Length; k++)
            outputs[k] = _newSlots[outputs[k]];
    }

    private LinearBlock Expanded(LinearBlock block, int firstSlot)
    {
        var (slots, factors, constants) = (new int[block.Slots.Length], new double[block.Slots.Length], new double[block.RowCount]);
        for (var row = 0; row < block.RowCount; row++)
        {
            constants[row] = block.ConstantOf(row);
            block.CoefficientsOf(row).CopyTo(factors.AsSpan(block.RowStarts[row]));
        }
        for (var k = 0; k < slots.Length; k++)
        {
            var slot = block.Slots[k];
            if (_folded[slot] is KernelBlock product)
            {
                factors[k] *= product.Parameter(0)[slot - product.FirstSlot];
                slot = product.Leaf(0)[slot - product.FirstSlot];
            }
            slots[k] = _newSlots[slot];
        }
        return RowMerging.Merged(new LinearBlock(firstSlot, block.RowStarts.ToArray(), slots, factors, constants) { Name = block.Name });
    }
}
