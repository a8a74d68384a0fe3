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
        var trace = function.Trace;
        var targets = ValueSchedule.OrderOf(trace);
        Write<double>(file, slots);
        var operations = Array.ConvertAll(targets, node => (int)trace.Operations[node]);
        Write<int>(file, operations);
        Write<int>(file, targets);
        // Two operands of each, or where its list begins and how long it is.
        var (left, right, lists) = (new int[trace.NodeCount], new int[trace.NodeCount], new List<int>());
        foreach (var node in targets)
        {
            var operands = trace.OperandsOf(node);
            (left[node], right[node]) = IsListed(trace.Operations[node]) ? (lists.Count, operands.Length) : (operands[0], operands[^1]);
            if (IsListed(trace.Operations[node]))
                lists.AddRange(operands);
        }
        Write<int>(file, Array.ConvertAll(targets, node => left[node]));
        Write<int>(file, Array.ConvertAll(targets, node => right[node]));
        Write<int>(file, CollectionsMarshal.AsSpan(lists));
        WriteRuns(file, Array.ConvertAll(operations, operation => (operation, 0)));

        // Grouped by operation and, for those of two operands, by operand: as the kernels of partial derivatives are.
        var partials = function.Graph.ComputedPartials.ToArray().Select((partial, k) => (partial, k, Key: KeyOf(trace.Operations[partial.Node], partial.Operand)))
            .OrderBy(item => item.Key).ThenBy(item => item.k).ToArray();
        Write<int>(file, [.. partials.Select(item => SlotLayout.PartialStart(function.Graph) + item.k)]);
        Write<int>(file, [.. partials.Select(item => item.partial.Node)]);
        Write<int>(file, [.. partials.Select(item => left[item.partial.Node])]);
        Write<int>(file, [.. partials.Select(item => IsListed(trace.Operations[item.partial.Node]) ? item.partial.Operand : right[item.partial.Node])]);
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
