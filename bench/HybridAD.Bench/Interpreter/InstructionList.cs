using System.Runtime.InteropServices;
using HybridAD.Execution;
using HybridAD.Execution.Values;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Bench.Interpreter;

/// <summary>What the interpreter of a function runs, in the order it runs it, as a file for the same loops in another language.</summary>
internal static class InstructionList
{
    /// <summary>Writes values, partial derivatives and sweeps of a function.</summary>
    /// <param name="path">The file.</param>
    /// <param name="function">The function.</param>
    /// <param name="slots">Its numbers at a point.</param>
    public static void Write(string path, CompiledTrace function, double[] slots)
    {
        using var file = File.Create(path);
        var (schedule, trace) = (Schedule.Of(function.Trace), function.Trace);
        Write<double>(file, slots);
        var operations = Array.ConvertAll(schedule.Targets, node => (int)trace.Operations[node]);
        Write<int>(file, operations);
        Write<int>(file, schedule.Targets);
        Write<int>(file, schedule.Left);
        Write<int>(file, schedule.Right);
        Write<int>(file, schedule.Lists);
        WriteRuns(file, Array.ConvertAll(operations, operation => (operation, 0)));

        var positions = new int[trace.NodeCount];
        for (var k = 0; k < schedule.Targets.Length; k++)
            positions[schedule.Targets[k]] = k;
        // Grouped by operation and, for those of two operands, by operand: as the kernels of partial derivatives are.
        var partials = function.Graph.ComputedPartials.ToArray().Select((partial, k) => (partial, k, Key: KeyOf(trace.Operations[partial.Node], partial.Operand)))
            .OrderBy(item => item.Key).ThenBy(item => item.k).ToArray();
        Write<int>(file, [.. partials.Select(item => SlotLayout.PartialStart(function.Graph) + item.k)]);
        Write<int>(file, [.. partials.Select(item => item.partial.Node)]);
        Write<int>(file, [.. partials.Select(item => schedule.Left[positions[item.partial.Node]])]);
        Write<int>(file, [.. partials.Select(item => IsListed(trace.Operations[item.partial.Node]) ? item.partial.Operand : schedule.Right[positions[item.partial.Node]])]);
        WriteRuns(file, [.. partials.Select(item => item.Key)]);

        var sweep = function.SweepGraph;
        Write<int>(file, [sweep.InputCount, sweep.SlotCount], counted: false);
        Write<int>(file, sweep.Targets);
        Write<int>(file, sweep.EdgeEnds);
        Write<int>(file, sweep.Sources);
        Write<int>(file, sweep.Labels);
        Write<int>(file, sweep.OutputSlots);
    }

    private static bool IsListed(byte operation) => Primitive.ArityOf(operation) is Arity.List or Arity.Ternary;

    private static (int Operation, int Operand) KeyOf(byte operation, int operand) => (operation, Primitive.ArityOf(operation) == Arity.Binary ? operand : 0);

    private static void WriteRuns(Stream file, (int Operation, int Operand)[] keys)
    {
        var runs = new List<int>();
        for (int start = 0, k = 1; start < keys.Length && k <= keys.Length; k++)
        {
            if (k < keys.Length && keys[k] == keys[start])
                continue;
            runs.AddRange([keys[start].Operation, keys[start].Operand, start, k]);
            start = k;
        }
        Write<int>(file, [runs.Count / 4], counted: false);
        Write<int>(file, CollectionsMarshal.AsSpan(runs), counted: false);
    }

    private static void Write<T>(Stream file, ReadOnlySpan<T> numbers, bool counted = true)
        where T : unmanaged
    {
        if (counted)
            file.Write(BitConverter.GetBytes(numbers.Length));
        file.Write(MemoryMarshal.AsBytes(numbers));
    }
}
