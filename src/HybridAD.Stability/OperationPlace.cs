using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Stability;

/// <summary>How findings call an operation.</summary>
internal static class OperationPlace
{
    /// <summary>The name of a node's operation and where it stands.</summary>
    public static string Of(RoundedProgram program, int node)
    {
        var operation = program.Trace.Operations[node];
        var name = operation == Op.Input ? "input" : operation == Op.Constant ? "literal" : Primitive.Of(operation).Name;
        return program.Sources?.Of(node) is { } source ? $"{name} ({source})" : $"node {node} ({name})";
    }
}
