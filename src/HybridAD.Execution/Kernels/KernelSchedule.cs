namespace HybridAD.Execution.Kernels;

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
    /// <param name="limit">Steps and stores in a part.</param>
    /// <param name="packs">Steps that are computed together and do not depend on each other; none for null.</param>
    public static KernelSchedule Of(KernelCode code, StreamGroup[] stores, int limit, StepPacks? packs = null)
    {
        var events = DepthFirst(code, stores, packs);
        var parts = new List<List<int>>();
        var home = new int[code.Steps.Length];
        var length = limit;
        var pack = -1;
        foreach (var e in events)
        {
            var previous = pack;
            pack = e >= 0 && packs is not null ? packs.PackOf(e) : -1;
            if (length >= limit && (pack < 0 || pack != previous))
            {
                parts.Add([]);
                length = 0;
            }
            parts[^1].Add(e);
            if (e >= 0)
                home[e] = parts.Count - 1;
            length += e >= 0 ? 1 : stores[~e].Count;
        }
        return Connect(code, stores, parts, home);
    }

    /// <summary>Every step before its users and soon before them, the operand that needs more registers first; a store is the complement of its group.</summary>
    private static List<int> DepthFirst(KernelCode code, StreamGroup[] stores, StepPacks? packs)
    {
        var steps = code.Steps;
        var need = RegisterNeed(code);
        var events = new List<int>(steps.Length + stores.Length);
        var done = new bool[steps.Length];
        var stack = new Stack<int>();
        var operands = new int[3];
        for (var g = 0; g < stores.Length; g++)
        {
            for (var k = 0; k < stores[g].Count; k++)
            {
                stack.Push(code.Stores[stores[g].First + k]);
                while (stack.TryPop(out var step))
                {
                    if (step < 0)
                    {
                        events.AddRange(Together(~step));
                        continue;
                    }
                    if (done[step] || steps[step].Kind is StepKind.Literal or StepKind.Load)
                        continue;
                    stack.Push(~step);
                    foreach (var member in Together(step))
                    {
                        done[member] = true;
                        var count = 0;
                        foreach (var operand in Operands.Of(steps[member]))
                        {
                            // Pushed last is computed first.
                            var at = count++;
                            while (at > 0 && need[operands[at - 1]] > need[operand])
                            {
                                operands[at] = operands[at - 1];
                                at--;
                            }
                            operands[at] = operand;
                        }
                        for (var k2 = 0; k2 < count; k2++)
                            stack.Push(operands[k2]);
                    }
                }
            }
            events.Add(~g);
        }
        return events;

        int[] Together(int step) => packs is not null && packs.PackOf(step) is var pack and >= 0 ? packs.Steps[pack] : [step];
    }

    /// <summary>The numbers of Sethi and Ullman, as if the code were a tree.</summary>
    private static int[] RegisterNeed(KernelCode code)
    {
        var steps = code.Steps;
        var need = new int[steps.Length];
        for (var k = 0; k < steps.Length; k++)
        {
            var (most, equal) = (0, 0);
            foreach (var operand in Operands.Of(steps[k]))
                if (need[operand] > most)
                    (most, equal) = (need[operand], 0);
                else if (need[operand] == most)
                    equal++;
            need[k] = most + Math.Max(equal, most == 0 ? 1 : 0);
        }
        return need;
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
