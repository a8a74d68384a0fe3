using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Schedules;

/// <summary>
/// The order in which the steps of a code are computed and stored, divided where it is too long for one method. Literals and loads are not in it: they
/// are fetched again wherever they are needed.
/// </summary>
internal sealed class KernelSchedule
{
    private KernelSchedule(KernelSegment[] segments, int registerCount)
    {
        Segments = segments;
        RegisterCount = registerCount;
    }

    /// <summary>The parts, in order.</summary>
    public KernelSegment[] Segments { get; }

    /// <summary>How many registers in memory carry steps from one part to a later one.</summary>
    public int RegisterCount { get; }

    /// <summary>Schedules a code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="stores">Its stores.</param>
    /// <param name="size">How long a part may be.</param>
    /// <param name="packs">Steps that are computed together and do not depend on each other; none for null.</param>
    /// <param name="earlier">Stores that have to come before others, if steps are computed in the order of the code, as far as packs allow; else depth first from the stores.</param>
    public static KernelSchedule Of(KernelCode code, StreamGroup[] stores, MethodSize size, StepPacks? packs = null, int[]? earlier = null)
    {
        packs ??= StepPacks.None(code);
        var events = earlier is not null ? StepOrder.AsWritten(code, stores, packs, earlier) : StepOrder.DepthFirst(code, stores, packs);
        var parts = new List<List<int>>();
        var home = new int[code.Steps.Length];
        var length = size.Most;
        var pack = -1;
        // The part that has loaded a step, and one.
        var loaded = new int[code.Steps.Length];
        foreach (var e in events)
        {
            var previous = pack;
            pack = e >= 0 ? packs.PackOf(e) : -1;
            if (length >= size.Most && (pack < 0 || pack != previous))
            {
                parts.Add([]);
                length = 0;
            }
            parts[^1].Add(e);
            if (e < 0)
            {
                length += size.OfStores(stores[~e]);
                continue;
            }
            home[e] = parts.Count - 1;
            // The others of a pack are computed with the first, but may have to be moved there.
            length += (pack >= 0 && pack == previous ? size.PerPacked : size.PerStep) + (StepPacks.IsCall(code.Steps[e]) ? size.PerCall : 0);
            foreach (var operand in Operands.Of(code.Steps[e]))
                if (code.Steps[operand].Kind == StepKind.Load && loaded[operand] != parts.Count)
                {
                    loaded[operand] = parts.Count;
                    length += size.PerLoad;
                }
        }
        return Connect(code, stores, parts, home);
    }

    private static KernelSchedule Connect(KernelCode code, StreamGroup[] stores, List<List<int>> parts, int[] home)
    {
        var lastUse = new int[code.Steps.Length];
        var imports = new List<int>[parts.Count];
        var exported = new bool[code.Steps.Length];
        var seen = new int[code.Steps.Length];
        Array.Fill(seen, -1);
        for (var p = 0; p < parts.Count; p++)
        {
            imports[p] = [];
            foreach (var e in parts[p])
                if (e >= 0)
                    foreach (var operand in Operands.Of(code.Steps[e]))
                        Use(operand, p);
                else
                    for (var k = 0; k < stores[~e].Count; k++)
                        Use(code.Stores[stores[~e].First + k], p);
        }
        var register = new int[code.Steps.Length];
        var free = new Stack<int>();
        var count = 0;
        var segments = new KernelSegment[parts.Count];
        for (var p = 0; p < parts.Count; p++)
        {
            var exports = new List<(int, int)>();
            foreach (var e in parts[p])
                if (e >= 0 && exported[e])
                {
                    register[e] = free.TryPop(out var reused) ? reused : count++;
                    exports.Add((e, register[e]));
                }
            segments[p] = new([.. parts[p]], [.. imports[p].Select(step => (step, register[step]))], [.. exports]);
            foreach (var step in imports[p])
                if (lastUse[step] == p)
                    free.Push(register[step]);
        }
        return new(segments, count);

        void Use(int step, int part)
        {
            if (code.Steps[step].Kind is StepKind.Literal or StepKind.Load || home[step] == part || seen[step] == part)
                return;
            seen[step] = part;
            lastUse[step] = part;
            exported[step] = true;
            imports[part].Add(step);
        }
    }
}

/// <summary>A part of a code that one method computes.</summary>
/// <param name="Events">Steps, and stores as complements of their groups.</param>
/// <param name="Imports">Steps of earlier parts, and the registers that hold them.</param>
/// <param name="Exports">Own steps that later parts need, and the registers for them.</param>
internal sealed record KernelSegment(int[] Events, (int Step, int Register)[] Imports, (int Step, int Register)[] Exports);

/// <summary>How long an emitted method may become, in references to variables: the JIT gives up optimising methods with more than 8,000.</summary>
/// <param name="Most">References in a method.</param>
/// <param name="PerStep">References of a step.</param>
/// <param name="PerLoad">References of a load.</param>
/// <param name="PerStore">References of a store.</param>
/// <param name="PerPlaces">References besides where every lane has a place of its own to store to, for as many stores as there are lanes.</param>
/// <param name="PerCall">References besides that the call of a function counts as.</param>
internal readonly record struct MethodSize(int Most, int PerStep, int PerLoad, int PerStore, int PerPlaces = 0, int PerCall = 0)
{
    /// <summary>References of a step that is computed with another one.</summary>
    public int PerPacked => PerStep / 3;

    /// <summary>References of a group of stores.</summary>
    public int OfStores(in StreamGroup group)
    {
        var places = group.Shape.HasPlaces ? (group.Count + Chunk.Lanes - 1) / Chunk.Lanes : 0;
        return PerStore * group.Count + PerPlaces * places;
    }
}
