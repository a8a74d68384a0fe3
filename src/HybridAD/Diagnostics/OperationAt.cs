using System.Collections.Immutable;
using System.Globalization;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Diagnostics;

/// <summary>One operation of a trace with the numbers it met at a point.</summary>
public sealed record OperationAt
{
    private const int MostShown = 4;

    /// <summary>The node in the trace as it was recorded.</summary>
    public required int Node { get; init; }

    /// <summary>The operation's name; "input" or "const" for what is not computed.</summary>
    public required string Operation { get; init; }

    /// <summary>The operands' values, the first few of a long list.</summary>
    public required ImmutableArray<double> Operands { get; init; }

    /// <summary>How many operands there are.</summary>
    public required int OperandCount { get; init; }

    /// <summary>The value.</summary>
    public required double Value { get; init; }

    /// <summary>The name the source gave the node, or null.</summary>
    public string? Name { get; init; }

    /// <summary>For example <c>log(-3.2) at node 45</c>.</summary>
    public override string ToString()
    {
        var named = Name is null ? $"node {Node}" : $"node {Node} ({Name})";
        if (Operation == "input")
            return Name is null ? $"input {Node}" : $"input {Node} ({Name})";
        if (Operation == "const")
            return $"the literal {Text(Value)} at {named}";
        var shown = string.Join(", ", Operands.Select(Text));
        return $"{Operation}({shown}{(OperandCount > Operands.Length ? $", … {OperandCount} operands" : "")}) at {named}";
    }

    internal static OperationAt Of(TraceAtPoint at, int node)
    {
        var trace = at.Trace;
        var operands = trace.OperandsOf(node);
        var values = ImmutableArray.CreateBuilder<double>();
        foreach (var operand in operands[..Math.Min(operands.Length, MostShown)])
            values.Add(at.Values[operand]);
        return new OperationAt
        {
            Node = node,
            Operation = trace.Operations[node] switch { Op.Input => "input", Op.Constant => "const", var operation => Primitive.Of(operation).Name },
            Operands = values.ToImmutable(),
            OperandCount = operands.Length,
            Value = at.Values[node],
            Name = node < trace.InputCount ? trace.Names.Input(node) : trace.Names.Nodes?.GetValueOrDefault(node),
        };
    }

    internal static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
