using HybridAD.Elimination;

namespace HybridAD.Planning.Elimination.Executed;

/// <summary>Labels whose products and sums are only counted.</summary>
internal sealed class CountingAlgebra(EliminationBlock block) : LabelAlgebra
{
    private readonly PairTable _products = new(block.Products);
    private int _next = block.SymbolCount;

    /// <summary>Instructions so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a slot is a number that an instruction wrote.</summary>
    public bool IsWritten(int slot) => slot >= block.SymbolCount;

    /// <summary>Slots are numbered below this.</summary>
    public int SlotCount => _next;

    public void Reset()
    {
        _products.Clear();
        _next = block.SymbolCount;
        Count = 0;
    }

    protected override int Write(Factor factor, int addend)
    {
        Count++;
        return _next++;
    }

    protected override int Constant(double value) => None;

    protected override int Find(int left, int right) => _products.Find(left, right);

    protected override void Remember(int left, int right, int slot) => _products.Add(left, right, slot);
}
