using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels;

/// <summary>A code of one instance with the places that it loads from and stores to.</summary>
/// <param name="Code">The code.</param>
/// <param name="Loads">Where each load stream reads.</param>
/// <param name="Stores">Where each store stream writes.</param>
/// <param name="Alarm">A number of the memory that becomes NaN when something watched is not finite; null where nothing is.</param>
internal sealed record StraightLineCode(KernelCode Code, FixedPosition[] Loads, FixedPosition[] Stores, int? Alarm = null)
{
    private bool[]? _isCovered;

    /// <summary>Whether it reads nothing but the point and writes nothing but the result.</summary>
    public bool IsFunctionOfPoint =>
        Array.TrueForAll(Loads, static load => load.Space == Space.Point) && Array.TrueForAll(Stores, static store => store is { Space: Space.Result, Store: StoreKind.Assign });

    /// <summary>
    /// The same with the outputs of a function as its memory, one behind the other: all that it stores in memory are outputs, and all outputs are stored there, each once. Null where it is not so, or it
    /// reads anything but the point.
    /// </summary>
    /// <param name="outputs">Where each output is in the memory.</param>
    public StraightLineCode? WithValuesAsMemory(ReadOnlySpan<int> outputs)
    {
        var rows = new Dictionary<int, int>();
        for (var row = 0; row < outputs.Length; row++)
            if (outputs[row] < 0 || !rows.TryAdd(outputs[row], row))
                return null;
        var stores = new FixedPosition[Stores.Length];
        for (var k = 0; k < stores.Length; k++)
        {
            stores[k] = Stores[k];
            if (stores[k].Store != StoreKind.Assign)
                return null;
            if (stores[k].Space == Space.Memory && rows.Remove(stores[k].Position, out var row))
                stores[k] = stores[k] with { Position = row };
            else if (stores[k].Space != Space.Result)
                return null;
        }
        return rows.Count == 0 && Array.TrueForAll(Loads, static load => load.Space == Space.Point) ? this with { Stores = stores, _isCovered = null } : null;
    }

    /// <summary>Whether steps are loads of neighbouring numbers, the first one first.</summary>
    public bool AreNeighbours(ReadOnlySpan<int> steps)
    {
        for (var lane = 0; lane < steps.Length; lane++)
        {
            if (Code.Steps[steps[lane]] is not { Kind: StepKind.Load } load)
                return false;
            var (first, here) = (Loads[Code.Steps[steps[0]].A], Loads[load.A]);
            if (here.Space != first.Space || here.Position != first.Position + lane)
                return false;
        }
        return true;
    }

    /// <summary>Whether some stores replace neighbouring numbers, so that one instruction can write them.</summary>
    public bool AreStoredTogether(int firstStore, int count)
    {
        if (firstStore + count > Stores.Length)
            return false;
        var first = Stores[firstStore];
        for (var k = 0; k < count; k++)
            if (Stores[firstStore + k] with { IsWatched = false } != first with { IsWatched = false, Position = first.Position + k } || first.Store != StoreKind.Assign)
                return false;
        return true;
    }

    /// <summary>For each group of stores the last one before it to one of the same places; −1 where there is none.</summary>
    public int[] EarlierStores(StreamGroup[] groups)
    {
        var last = new Dictionary<(Space, int), int>();
        var earlier = new int[groups.Length];
        for (var group = 0; group < groups.Length; group++)
        {
            earlier[group] = -1;
            foreach (var store in Stores.AsSpan(groups[group].First, groups[group].Count))
            {
                if (last.TryGetValue((store.Space, store.Position), out var before))
                    earlier[group] = Math.Max(earlier[group], before);
                last[(store.Space, store.Position)] = group;
            }
        }
        return earlier;
    }

    /// <summary>Whether one of some stores is watched.</summary>
    public bool IsAnyWatched(int firstStore, int count)
    {
        if (Alarm is not null)
            foreach (var store in Stores.AsSpan(firstStore, count))
                if (store.IsWatched)
                    return true;
        return false;
    }

    /// <summary>Whether the alarm is raised wherever a step is not finite.</summary>
    public bool IsCovered(int step) => _isCovered is { } isCovered && isCovered[step];

    /// <summary>The same, where nothing is watched that raises the alarm whenever something else does.</summary>
    public StraightLineCode WatchingLeast()
    {
        if (Alarm is null)
            return this;
        var stored = new List<int>();
        for (var k = 0; k < Stores.Length; k++)
            if (Stores[k].IsWatched)
                stored.Add(Code.Stores[k]);
        var isCovered = new bool[Code.Steps.Length];
        var least = new HashSet<int>(Watched.Least(Code.Steps, stored, isCovered));
        var stores = new FixedPosition[Stores.Length];
        for (var k = 0; k < stores.Length; k++)
            stores[k] = Stores[k] with { IsWatched = Stores[k].IsWatched && least.Remove(Watched.Root(Code.Steps, Code.Stores[k])) };
        return this with { Stores = stores, _isCovered = isCovered };
    }
}
