namespace HybridAD.Execution.Curvature;

/// <summary>Gives nodes slots so that nodes whose lives do not overlap share one; inputs have the first slots for ever.</summary>
internal sealed class SlotPool
{
    private readonly int[] _lastUse;
    private readonly Stack<int> _free = new();

    public SlotPool(int nodeCount, int inputCount)
    {
        _lastUse = new int[nodeCount];
        Slots = new int[nodeCount];
        for (var input = 0; input < inputCount; input++)
        {
            Slots[input] = input;
            _lastUse[input] = int.MaxValue;
        }
        Count = inputCount;
    }

    /// <summary>Number of slots given.</summary>
    public int Count { get; private set; }

    /// <summary>The slot of each node that has one.</summary>
    public int[] Slots { get; }

    /// <summary>Declares that a node is read by another; to be said before any slot is taken.</summary>
    public void Use(int node, int reader) => _lastUse[node] = Math.Max(_lastUse[node], reader);

    /// <summary>Declares that a node's slot is its own.</summary>
    public void KeepForever(int node) => _lastUse[node] = int.MaxValue;

    public int SlotOf(int node) => Slots[node];

    /// <summary>Takes a slot for a node.</summary>
    public int Take(int node) => Slots[node] = _free.TryPop(out var slot) ? slot : Count++;

    /// <summary>Frees the slot of a node if the reader is its last; a second call for the same reader does nothing.</summary>
    public void ReleaseAfter(int node, int reader)
    {
        if (_lastUse[node] != reader)
            return;
        _free.Push(Slots[node]);
        _lastUse[node] = 0;
    }
}
