using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Formats.Source;

/// <summary>
/// Writes a trace as a function of C or C#, a statement per operation: doubles, and floats where a <c>cast</c> rounds to binary32. Outputs are an array of doubles (C#)
/// or a last parameter <c>double *result</c> (C). Where the trace has guards, a point that takes another branch gives NaN.
/// </summary>
public static class TraceSource
{
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
                names[node] = dialect.Operand(trace.ConstantOf(node));
                continue;
            }
            var isFloat = OperationText.IsFloat(trace, node);
            // Only operators and signs would be done in float arithmetic; the format of a cast is chosen by its type.
            var text = OperationText.Of(trace, node, dialect, names);
            names[node] = dialect.Name($"v{node}");
            block.Line($"{(isFloat ? "float" : "double")} {names[node]} = {text};");
        }
        Return(trace, dialect, block, names);
        var inputs = string.Join(", ", names.AsSpan(0, trace.InputCount).ToArray().Select(input => $"double {input}"));
        return dialect.IsC
            ? $"/* Compile without contraction: gcc -O2 -ffp-contract=off, link with -lm. */\n#include <math.h>\n\n{SourceDialect.DefinitionsFor(block.ToString())}void {name}({(inputs.Length > 0 ? inputs + ", " : "")}double *result)\n{{\n{block}}}\n"
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
}
