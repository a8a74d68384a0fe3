using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Rolling;

/// <summary>What a node of the trace is to rolling.</summary>
internal enum NodeKind : byte
{
    /// <summary>No output needs it.</summary>
    Dead,

    /// <summary>An input.</summary>
    Input,

    /// <summary>A literal, or an operation on nothing but literals.</summary>
    Literal,

    /// <summary>An operation that some kernel computes.</summary>
    Kernel,

    /// <summary>A part of one sum of a linear block.</summary>
    Inner,

    /// <summary>A sum of a linear block.</summary>
    Sum,
}

/// <summary>The part of a trace that the outputs need, with the number of uses of every node.</summary>
internal sealed class LiveFunction
{
    private double[]? _folded;

    public LiveFunction(Trace trace, bool includeGuards)
    {
        Trace = trace;
        Outputs = new int[trace.OutputCount + (includeGuards ? trace.Guards.Length : 0)];
        trace.Outputs.CopyTo(Outputs);
        for (var k = trace.OutputCount; k < Outputs.Length; k++)
            Outputs[k] = trace.Guards[k - trace.OutputCount].Node;
        Kinds = new NodeKind[trace.NodeCount];
        Uses = new int[trace.NodeCount];
        CountUses();
        Fold();
    }

    public Trace Trace { get; }

    /// <summary>The trace's outputs, then the guarded nodes where they are wanted.</summary>
    public int[] Outputs { get; }

    public NodeKind[] Kinds { get; }

    /// <summary>How often each node is an operand of a live operation or an output.</summary>
    public int[] Uses { get; }

    /// <summary>Number of live operations on anything but literals.</summary>
    public int OperationCount { get; private set; }

    public double LiteralOf(int node) => Trace.IsConstant(node) ? Trace.ConstantOf(node) : _folded![node];

    private void CountUses()
    {
        var nodes = new NodeReader(Trace);
        var (uses, kinds) = (Uses, Kinds);
        foreach (var output in Outputs)
            uses[output]++;
        for (var node = Trace.NodeCount - 1; node >= Trace.InputCount; node--)
        {
            if (uses[node] == 0)
                continue;
            kinds[node] = nodes.Operations[node] == Op.Constant ? NodeKind.Literal : NodeKind.Kernel;
            foreach (var operand in nodes.Operands(node))
                uses[operand]++;
        }
        kinds.AsSpan(0, Trace.InputCount).Fill(NodeKind.Input);
    }

    /// <summary>Operations on literals only: they have one value, and computing it at every evaluation or for every instance would be waste.</summary>
    private void Fold()
    {
        var nodes = new NodeReader(Trace);
        var kinds = Kinds;
        Span<double> few = stackalloc double[8];
        for (var node = Trace.InputCount; node < kinds.Length; node++)
        {
            if (kinds[node] != NodeKind.Kernel)
                continue;
            var operands = nodes.Operands(node);
            if (kinds[operands[0]] != NodeKind.Literal || !AllLiteral(operands))
            {
                OperationCount++;
                continue;
            }
            _folded ??= new double[kinds.Length];
            var values = operands.Length <= few.Length ? few[..operands.Length] : new double[operands.Length];
            for (var k = 0; k < values.Length; k++)
                values[k] = LiteralOf(operands[k]);
            var primitive = Primitive.Of(nodes.Operations[node]);
            _folded[node] = primitive.Value(values, primitive.Arity == Arity.Parametric ? Trace.ParametersOf(node) : default);
            kinds[node] = NodeKind.Literal;
        }
    }

    private bool AllLiteral(ReadOnlySpan<int> operands)
    {
        foreach (var operand in operands)
            if (Kinds[operand] != NodeKind.Literal)
                return false;
        return true;
    }
}
