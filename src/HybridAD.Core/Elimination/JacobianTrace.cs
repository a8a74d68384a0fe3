using HybridAD.Blocks.Adjoints;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Elimination;

/// <summary>
/// Writes a function and the nonzeros of its Jacobian as one function: its operations, then those of an accumulation program, so that the order in which it is differentiated is the program's.
/// Unlike sweeps, it has no rule for a factor that happens to be 0 beside an infinite one: their product is NaN. Where a choice makes it 0, the product is chosen.
/// </summary>
internal static class JacobianTrace
{
    /// <summary>The outputs, then the nonzeros in the order of the program's pattern. Guards are those of the function.</summary>
    /// <param name="graph">The function, linearised; what <see cref="Simplification.StepLowering"/> has lowered, so that partial derivatives are operations.</param>
    /// <param name="program">How its Jacobian is accumulated.</param>
    /// <param name="named">Has the names of inputs, and the point.</param>
    /// <param name="unwritten">The operation whose derivative cannot be written as operations; −1 where all can.</param>
    /// <returns>The function; null where there is such an operation.</returns>
    public static Trace? Of(LinearizedGraph graph, AccumulationProgram program, Trace named, out int unwritten)
    {
        var function = graph.Trace;
        var builder = new TraceBuilder(function.InputCount, function.NodeCount + 2 * program.InstructionCount);
        // Where each slot of the program stands now; temporaries are written again and again.
        var at = new int[program.SlotCount];
        Array.Fill(at, -1);
        for (var node = 0; node < function.NodeCount; node++)
            at[node] = node < function.InputCount ? node : builder.Copy(function, node, SymbolicEdges.Mapped(function, node, at));
        foreach (var guard in function.Guards)
            builder.AddGuard(at[guard.Node], guard.Expected);
        unwritten = -1;
        foreach (var step in program.Instructions)
        {
            var isNegated = step.Left < 0;
            var (leftSlot, rightSlot) = (isNegated ? ~step.Left : step.Left, step.Right);
            if (Read(leftSlot) is not { } left || Read(rightSlot) is not { } right)
            {
                var partial = graph.ComputedArray[(at[leftSlot] < 0 ? leftSlot : rightSlot) - SlotLayout.PartialStart(graph)];
                unwritten = partial.Node;
                return null;
            }
            var product = IsOne(leftSlot) ? right : IsOne(rightSlot) ? left : Product(leftSlot, left, rightSlot, right);
            at[step.Target] = program.IsZero(step.Addend)
                ? isNegated ? builder.Unary(Op.Neg, product) : product
                : builder.Binary(isNegated ? Op.Sub : Op.Add, Read(step.Addend)!.Value, product);
        }
        var outputs = new int[function.OutputCount + program.Pattern.NonzeroCount];
        for (var output = 0; output < function.OutputCount; output++)
            outputs[output] = at[function.Outputs[output]];
        for (var entry = 0; entry < program.Pattern.NonzeroCount; entry++)
            outputs[function.OutputCount + entry] = Read(program.EntryStart + entry)!.Value;
        return builder.Build(outputs, named.Names.Inputs is { } names ? new TraceNames(names) : null, named.Point?.ToArray());

        // Numbers are written where they are read first.
        int? Read(int slot)
        {
            if (at[slot] >= 0)
                return at[slot];
            var written = slot < SlotLayout.PartialStart(graph) ? builder.Constant(graph.Constants[slot - SlotLayout.ConstantStart(graph)])
                : slot < SlotLayout.End(graph) ? Partial(graph.ComputedArray[slot - SlotLayout.PartialStart(graph)])
                : slot >= program.EntryStart ? builder.Constant(program.EntryTemplate[slot - program.EntryStart])
                : builder.Constant(program.Constants[slot - program.ConstantStart]);
            if (written is { } node)
                at[slot] = node;
            return written;
        }

        int? Partial(ComputedPartial partial) => SymbolicEdges.Partial(function, partial.Node, partial.Operand, at, builder);

        int Product(int leftSlot, int left, int rightSlot, int right) =>
            IsWild(leftSlot) ? builder.Product(left, right, isWild: true) : builder.Product(right, left, IsWild(rightSlot));

        bool IsWild(int slot) => slot >= SlotLayout.PartialStart(graph) && slot < SlotLayout.End(graph)
            && !Primitive.Of(function.Operations[graph.ComputedArray[slot - SlotLayout.PartialStart(graph)].Node]).StaysFinite;

        bool IsOne(int slot) => program.IsOne(slot) || slot == SlotLayout.ConstantStart(graph);
    }
}
