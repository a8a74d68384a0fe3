using HybridAD.Errors;
using HybridAD.Primitives;

namespace HybridAD.Graph;

/// <summary>Checks the invariants that every other part relies on. Runs on every trace in Debug builds, on demand in Release.</summary>
public static class TraceVerifier
{
    /// <summary>Throws <see cref="HybridAdException"/> with the first broken invariant.</summary>
    public static void Verify(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        for (var node = 0; node < trace.NodeCount; node++)
        {
            var operation = trace.Operations[node];
            if (node < trace.InputCount != (operation == Op.Input))
                Fail(node, $"inputs are exactly the first {trace.InputCount} nodes");
            if (operation == Op.Constant && (uint)trace.RawA(node) >= (uint)trace.Constants.Length)
                Fail(node, $"constant {trace.RawA(node)} of {trace.Constants.Length} does not exist");
            if (operation <= Op.Constant)
                continue;
            if (!Primitive.Exists(operation))
                Fail(node, $"operation code {operation} is unknown");
            var arity = Primitive.ArityOf(operation);
            if (arity is Arity.Ternary or Arity.List
                && ((uint)trace.RawA(node) > (uint)trace.OperandLists.Length || (uint)trace.RawB(node) > (uint)(trace.OperandLists.Length - trace.RawA(node))))
                Fail(node, "its operand list does not exist");
            var operands = trace.OperandsOf(node);
            if (arity == Arity.Ternary && operands.Length != 3)
                Fail(node, $"'{Primitive.Of(operation).Name}' takes 3 operands, not {operands.Length}");
            if (arity == Arity.List && operands.Length == 0)
                Fail(node, $"'{Primitive.Of(operation).Name}' needs at least one operand");
            foreach (var operand in operands)
                if ((uint)operand >= (uint)node)
                    Fail(node, $"operand {operand} is not an earlier node");
            if (arity == Arity.Parametric)
                VerifyParameters(trace, node);
        }
        foreach (var output in trace.Outputs)
            if ((uint)output >= (uint)trace.NodeCount)
                Fail(output, $"it is an output but there are {trace.NodeCount} nodes");
        foreach (var guard in trace.Guards)
            if ((uint)guard.Node >= (uint)trace.NodeCount)
                Fail(guard.Node, $"it is guarded but there are {trace.NodeCount} nodes");
        if (trace.Names.Outputs is { } names && names.Count != trace.OutputCount)
            Fail(-1, $"there are {names.Count} output names for {trace.OutputCount} outputs");
        if (trace.Names.Inputs is { } inputs && inputs.Count != trace.InputCount)
            Fail(-1, $"there are {inputs.Count} input names for {trace.InputCount} inputs");
    }

    private static void VerifyParameters(Trace trace, int node)
    {
        var start = trace.RawB(node);
        if ((uint)start >= (uint)trace.Constants.Length || !(trace.Constants[start] >= 0 && trace.Constants[start] < trace.Constants.Length - start))
            Fail(node, "its parameters do not exist");
        var primitive = Primitive.Of(trace.Operations[node]);
        if (primitive.ParameterComplaint(trace.ParametersOf(node)) is { } complaint)
            Fail(node, $"'{primitive.Name}' {complaint}");
    }

    private static void Fail(int node, string what) =>
        throw new HybridAdException(ErrorCodes.InvalidTrace, $"The trace is invalid at node {node}: {what}. Build traces with TraceBuilder.");
}
