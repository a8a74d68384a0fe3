using HybridAD.Execution.Kernels.Packs;
using HybridAD.Execution.Kernels.Steps;
using HybridAD.Execution.Kernels.Streams;

namespace HybridAD.Execution.Kernels.Schedules;

/// <summary>Orders in which the steps of a code can be computed and stored; a store is the complement of its group. Literals and loads are not in them.</summary>
internal static class StepOrder
{
    /// <summary>Every step before its users and soon before them, the operand that needs more registers first; a store is the complement of its group.</summary>
    public static List<int> DepthFirst(KernelCode code, StreamGroup[] stores, StepPacks packs)
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

        int[] Together(int step) => packs.PackOf(step) is var pack and >= 0 ? packs.Steps[pack] : [step];
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

    /// <summary>
    /// The order of the code, in which numbers that belong together were asked for together: packs as late as the last of their steps, stores at once.
    /// </summary>
    /// <param name="code">The code.</param>
    /// <param name="stores">The stores.</param>
    /// <param name="packs">What is computed together.</param>
    /// <param name="earlier">For each store the one that has to be done before it, because it is to the same place; or −1.</param>
    public static List<int> AsWritten(KernelCode code, StreamGroup[] stores, StepPacks packs, int[] earlier)
    {
        // Units are packs and single steps, and then the stores.
        var units = new List<int[]>();
        var unitOf = new int[code.Steps.Length];
        Array.Fill(unitOf, -1);
        for (var step = 0; step < unitOf.Length; step++)
        {
            if (unitOf[step] >= 0 || code.Steps[step].Kind is StepKind.Literal or StepKind.Load)
                continue;
            int[] members = packs.PackOf(step) is var pack and >= 0 ? packs.Steps[pack] : [step];
            foreach (var member in members)
                unitOf[member] = units.Count;
            units.Add(members);
        }
        var (users, missing) = Needs(code, stores, units, unitOf);
        for (var group = 0; group < stores.Length; group++)
            if (earlier[group] >= 0)
            {
                users[units.Count + earlier[group]].Add(units.Count + group);
                missing[units.Count + group]++;
            }
        var ready = new PriorityQueue<int, int>();
        for (var unit = 0; unit < missing.Length; unit++)
            if (missing[unit] == 0)
                ready.Enqueue(unit, Time(unit));
        var events = new List<int>();
        while (ready.TryDequeue(out var unit, out _))
        {
            if (unit < units.Count)
                events.AddRange(units[unit]);
            else
                events.Add(~(unit - units.Count));
            foreach (var user in users[unit])
                if (--missing[user] == 0)
                    ready.Enqueue(user, Time(user));
        }
        return events;

        int Time(int unit) => unit >= units.Count ? -1 : units[unit].Max();
    }

    private static (List<int>[] Users, int[] Missing) Needs(KernelCode code, StreamGroup[] stores, List<int[]> units, int[] unitOf)
    {
        var users = new List<int>[units.Count + stores.Length];
        var missing = new int[users.Length];
        for (var unit = 0; unit < users.Length; unit++)
            users[unit] = [];
        for (var unit = 0; unit < units.Count; unit++)
            foreach (var member in units[unit])
                foreach (var operand in Operands.Of(code.Steps[member]))
                    Need(unit, operand);
        for (var group = 0; group < stores.Length; group++)
            foreach (var step in code.Stores.Slice(stores[group].First, stores[group].Count))
                Need(units.Count + group, step);
        return (users, missing);

        void Need(int unit, int step)
        {
            if (unitOf[step] < 0)
                return;
            users[unitOf[step]].Add(unit);
            missing[unit]++;
        }
    }
}
