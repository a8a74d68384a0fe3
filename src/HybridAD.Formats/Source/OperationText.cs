using System.Collections.Frozen;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Formats.Source;

/// <summary>How operations are written in C and C#.</summary>
internal static class OperationText
{
    private static readonly FrozenDictionary<byte, string> Operators = new Dictionary<byte, string>
    {
        [Op.Add] = "+", [Op.Sub] = "-", [Op.Mul] = "*", [Op.Div] = "/",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<byte, string> Comparisons = new Dictionary<byte, string>
    {
        [Op.Less] = "<", [Op.LessOrEqual] = "<=", [Op.Equal] = "==", [Op.GreaterOrEqual] = ">=", [Op.Greater] = ">", [Op.NotEqual] = "!=",
    }.ToFrozenDictionary();

    /// <summary>Whether an operation rounds to <c>float</c>, the type of its variable.</summary>
    public static bool IsFloat(Trace trace, int node) =>
        trace.Operations[node] == Op.Cast && CastRule.FormatOf(trace.ParametersOf(node)) == NumberFormat.Binary32;

    /// <summary>The expression of an operation.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="node">The operation.</param>
    /// <param name="dialect">The language.</param>
    /// <param name="names">What stands for each node: a name, or a number.</param>
    /// <exception cref="HybridAdException">HAD7006: the operation has no form in the language.</exception>
    public static string Of(Trace trace, int node, SourceDialect dialect, string[] names)
    {
        var operation = trace.Operations[node];
        var operands = new string[trace.OperandsOf(node).Length];
        for (var k = 0; k < operands.Length; k++)
            operands[k] = IsFloat(trace, trace.OperandsOf(node)[k]) && operation != Op.Cast ? $"(double){names[trace.OperandsOf(node)[k]]}" : names[trace.OperandsOf(node)[k]];
        if (Operators.TryGetValue(operation, out var sign))
            return $"{operands[0]} {sign} {operands[1]}";
        if (Comparisons.TryGetValue(operation, out var comparison))
            return $"{operands[0]} {comparison} {operands[1]} ? 1.0 : 0.0";
        if (operation is Op.Min or Op.Max or Op.MinOf or Op.MaxOf)
            return operands.Aggregate(operation is Op.Min or Op.MinOf ? dialect.Smaller : dialect.Larger);
        if (Primitive.Of(operation).SourceFunction is { } function)
            return dialect.Call(function, operands);
        return operation switch
        {
            Op.Neg => $"-{operands[0]}",
            Op.Square => $"{operands[0]} * {operands[0]}",
            Op.Sum => string.Join(" + ", operands),
            Op.Sign => $"{operands[0]} > 0.0 ? 1.0 : {operands[0]} < 0.0 ? -1.0 : {operands[0]}",
            Op.And => $"{operands[0]} != 0.0 && {operands[1]} != 0.0 ? 1.0 : 0.0",
            Op.Or => $"{operands[0]} != 0.0 || {operands[1]} != 0.0 ? 1.0 : 0.0",
            Op.Not => $"{operands[0]} == 0.0 ? 1.0 : 0.0",
            Op.Select => $"{operands[0]} != 0.0 ? {operands[1]} : {operands[2]}",
            Op.IntegerDivide => dialect.Call("trunc", $"{operands[0]} / {operands[1]}"),
            Op.RootN => Root(operands[0], (int)trace.ParametersOf(node)[0], dialect),
            Op.Cast when IsFloat(trace, node) => $"(float){operands[0]}",
            Op.Cast when CastRule.FormatOf(trace.ParametersOf(node)) == NumberFormat.Binary64 => operands[0],
            _ => throw new HybridAdException(ErrorCodes.NoSourceForm,
                $"node {node}: '{Primitive.Of(operation).Name}' {(operation == Op.Cast ? $"to {CastRule.FormatOf(trace.ParametersOf(node))} " : "")}has no form in C and C# source"),
        };
    }

    private static string Root(string x, int degree, SourceDialect dialect)
    {
        if (degree is 1 or 2 or 3)
            return degree == 1 ? x : dialect.Call(degree == 2 ? "sqrt" : "cbrt", x);
        var exponent = dialect.Operand(1.0 / degree);
        return degree % 2 == 0 ? dialect.Call("pow", x, exponent) : dialect.Call("copysign", dialect.Call("pow", dialect.Call("fabs", x), exponent), x);
    }
}
