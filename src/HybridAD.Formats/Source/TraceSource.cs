using System.Collections.Frozen;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Primitives;
using HybridAD.Rounding;

namespace HybridAD.Formats.Source;

/// <summary>
/// Writes a trace as a function of C or C#, a statement per operation: doubles, and floats where a <c>cast</c> rounds to binary32. Outputs are an array of doubles (C#)
/// or a last parameter <c>double *result</c> (C). Where the trace has guards, a point that takes another branch gives NaN.
/// </summary>
public static class TraceSource
{
    private static readonly FrozenDictionary<byte, string> Functions = new Dictionary<byte, string>
    {
        [Op.Abs] = "fabs", [Op.Sqrt] = "sqrt", [Op.Exp] = "exp", [Op.Expm1] = "expm1", [Op.Log] = "log", [Op.Log1p] = "log1p", [Op.Log2] = "log2", [Op.Log10] = "log10",
        [Op.Sin] = "sin", [Op.Cos] = "cos", [Op.Tan] = "tan", [Op.Asin] = "asin", [Op.Acos] = "acos", [Op.Atan] = "atan", [Op.Atan2] = "atan2",
        [Op.Sinh] = "sinh", [Op.Cosh] = "cosh", [Op.Tanh] = "tanh", [Op.Asinh] = "asinh", [Op.Acosh] = "acosh", [Op.Atanh] = "atanh",
        [Op.Erf] = "erf", [Op.Erfc] = "erfc", [Op.Cbrt] = "cbrt", [Op.Pow] = "pow", [Op.Hypot] = "hypot", [Op.Min] = "fmin", [Op.Max] = "fmax", [Op.Remainder] = "fmod",
        [Op.FusedMultiplyAdd] = "fma", [Op.Floor] = "floor", [Op.Ceiling] = "ceil", [Op.Truncate] = "trunc", [Op.RoundToEven] = "nearbyint",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<byte, string> Operators = new Dictionary<byte, string>
    {
        [Op.Add] = "+", [Op.Sub] = "-", [Op.Mul] = "*", [Op.Div] = "/",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<byte, string> Comparisons = new Dictionary<byte, string>
    {
        [Op.Less] = "<", [Op.LessOrEqual] = "<=", [Op.Equal] = "==", [Op.GreaterOrEqual] = ">=", [Op.Greater] = ">", [Op.NotEqual] = "!=",
    }.ToFrozenDictionary();

    /// <summary>Writes a trace.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="language">The language.</param>
    /// <param name="functionName">Name of the function.</param>
    /// <exception cref="HybridAdException">HAD7006: an operation has no form in the language.</exception>
    public static string Write(Trace trace, SourceLanguage language, string functionName)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var dialect = new SourceDialect(language);
        var name = dialect.Name(functionName);
        var block = new SourceBlock(dialect.IsC ? 1 : 2);
        var names = new string[trace.NodeCount];
        for (var node = 0; node < trace.InputCount; node++)
            names[node] = dialect.Name(trace.Names.Input(node));
        for (var node = trace.InputCount; node < names.Length; node++)
        {
            if (trace.IsConstant(node))
            {
                var number = dialect.Number(trace.ConstantOf(node), isFloat: false);
                names[node] = number[0] == '-' ? $"({number})" : number;
                continue;
            }
            var isFloat = IsFloat(trace, node);
            // Only operators and signs would be done in float arithmetic; the format of a cast is chosen by its type.
            var text = Text(trace, node, dialect, names);
            names[node] = dialect.Name($"v{node}");
            block.Line($"{(isFloat ? "float" : "double")} {names[node]} = {text};");
        }
        Return(trace, dialect, block, names);
        var inputs = string.Join(", ", names.AsSpan(0, trace.InputCount).ToArray().Select(input => $"double {input}"));
        return dialect.IsC
            ? $"/* Compile without contraction: gcc -O2 -ffp-contract=off, link with -lm. */\n#include <math.h>\n\nvoid {name}({(inputs.Length > 0 ? inputs + ", " : "")}double *result)\n{{\n{block}}}\n"
            : $"using System;\n\npublic static class Emitted\n{{\n    public static double[] {name}({inputs})\n    {{\n{block}    }}\n}}\n";
    }

    private static void Return(Trace trace, SourceDialect dialect, SourceBlock block, string[] names)
    {
        var guards = trace.Guards.ToArray().Where(guard => !trace.IsConstant(guard.Node))
            .Select(guard => double.IsNaN(guard.Expected) ? $"{names[guard.Node]} == {names[guard.Node]}" : $"{names[guard.Node]} != {dialect.Number(guard.Expected, isFloat: false)}").Distinct().ToList();
        if (guards.Count > 0)
            block.Line($"{(dialect.IsC ? "int" : "bool")} otherBranch = {string.Join(" || ", guards)};");
        var results = trace.Outputs.ToArray().Select(node => guards.Count > 0 ? $"otherBranch ? {dialect.Number(double.NaN, isFloat: false)} : {names[node]}" : names[node]).ToList();
        if (dialect.IsC)
            for (var k = 0; k < results.Count; k++)
                block.Line($"result[{k}] = {results[k]};");
        else
            block.Line($"return new double[] {{ {string.Join(", ", results)} }};");
    }

    private static bool IsFloat(Trace trace, int node) =>
        trace.Operations[node] == Op.Cast && CastRule.FormatOf(trace.ParametersOf(node)) == NumberFormat.Binary32;

    private static string Text(Trace trace, int node, SourceDialect dialect, string[] names)
    {
        var operation = trace.Operations[node];
        var operands = new string[trace.OperandsOf(node).Length];
        for (var k = 0; k < operands.Length; k++)
            operands[k] = IsFloat(trace, trace.OperandsOf(node)[k]) && operation != Op.Cast ? $"(double){names[trace.OperandsOf(node)[k]]}" : names[trace.OperandsOf(node)[k]];
        if (Operators.TryGetValue(operation, out var sign))
            return $"{operands[0]} {sign} {operands[1]}";
        if (Comparisons.TryGetValue(operation, out var comparison))
            return $"{operands[0]} {comparison} {operands[1]} ? 1.0 : 0.0";
        if (Functions.TryGetValue(operation, out var function))
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
            Op.MinOf or Op.MaxOf => operands.Aggregate((a, b) => dialect.Call(operation == Op.MinOf ? "fmin" : "fmax", a, b)),
            Op.Cast when IsFloat(trace, node) => $"(float){operands[0]}",
            Op.Cast when CastRule.FormatOf(trace.ParametersOf(node)) == NumberFormat.Binary64 => operands[0],
            _ => throw new HybridAdException(ErrorCodes.NoSourceForm,
                $"node {node}: '{Primitive.Of(operation).Name}' {(operation == Op.Cast ? $"to {CastRule.FormatOf(trace.ParametersOf(node))} " : "")}has no form in C and C# source"),
        };
    }
}
