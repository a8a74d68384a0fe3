using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Rolling.Nodes;

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

    public LiveFunction(Trace trace, bool includeGuards, Scratch? scratch = null, int shortestSum = Expressions.Long)
    {
        Trace = trace;
        Scratch = scratch ?? new Scratch();
        Outputs = new int[trace.OutputCount + (includeGuards ? trace.Guards.Length : 0)];
        trace.Outputs.CopyTo(Outputs);
        for (var k = trace.OutputCount; k < Outputs.Length; k++)
            Outputs[k] = trace.Guards[k - trace.OutputCount].Node;
        Kinds = Scratch.Kinds.RentCleared(trace.NodeCount);
        Uses = Scratch.Bytes.RentCleared(trace.NodeCount);
        CountUses();
        Expressions = new Expressions(this, shortestSum);
    }

    public Trace Trace { get; }

    /// <summary>What rolling it works in. Arrays by node may be longer than there are nodes.</summary>
    public Scratch Scratch { get; }

    /// <summary>The trace's outputs, then the guarded nodes where they are wanted.</summary>
    public int[] Outputs { get; }

    public NodeKind[] Kinds { get; }

    /// <summary>How often each node is an operand of a live operation or an output, at most 255 times.</summary>
    public byte[] Uses { get; }

    public Expressions Expressions { get; }

    /// <summary>Whether it is known that no two operations or literals are the same.</summary>
    public bool HasNoDuplicates => Trace.HasNoDuplicates && _folded is null;

    public double LiteralOf(int node) => Trace.IsConstant(node) ? Trace.ConstantOf(node) : _folded![node];

    /// <summary>Makes an operation on literals only a literal: computing its one value at every evaluation or for every instance would be waste.</summary>
    public double Fold(int node)
    {
        _folded ??= new double[Trace.NodeCount];
        var operands = Trace.OperandsOf(node);
        var values = new double[operands.Length];
        for (var k = 0; k < values.Length; k++)
            values[k] = LiteralOf(operands[k]);
        var primitive = Primitive.Of(Trace.Operations[node]);
        Kinds[node] = NodeKind.Literal;
        return _folded[node] = primitive.Value(values, primitive.Arity == Arity.Parametric ? Trace.ParametersOf(node) : default);
    }

    private void CountUses()
    {
        var nodes = new NodeReader(Trace);
        var (uses, kinds) = (Uses, Kinds);
        foreach (var output in Outputs)
            Count(ref uses[output]);
        for (var node = Trace.NodeCount - 1; node >= Trace.InputCount; node--)
        {
            if (uses[node] == 0)
                continue;
            if (nodes.IsBinary(node))
            {
                kinds[node] = NodeKind.Kernel;
                Count(ref uses[nodes.First(node)]);
                Count(ref uses[nodes.Second(node)]);
                continue;
            }
            if (nodes.IsConstant(node))
            {
                kinds[node] = NodeKind.Literal;
                continue;
            }
            kinds[node] = NodeKind.Kernel;
            foreach (var operand in nodes.Operands(node))
                Count(ref uses[operand]);
        }
        kinds.AsSpan(0, Trace.InputCount).Fill(NodeKind.Input);

        static void Count(ref byte uses)
        {
            var more = uses + 1;
            uses = (byte)(more - (more >> 8));
        }
    }
}
