using System.Globalization;
using System.Text;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Simplification;

namespace HybridAD.Formats.Source;

/// <summary>
/// Writes a function and its Jacobian as source that needs nothing else: in C99 two functions and the positions of the nonzeros, in C# a class. What repeats is a loop over instances, whose operands are
/// found by a formula or in a table; the rest is straight-line code.
/// </summary>
public static class JacobianSource
{
    /// <summary>Writes the source.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="derivatives">The outputs, then the nonzeros of the Jacobian in the order of the pattern.</param>
    /// <param name="pattern">The positions of the nonzeros.</param>
    /// <param name="language">The language.</param>
    /// <param name="name">What the functions' names begin with, or the class is called; letters that the language does not take are replaced.</param>
    /// <param name="remarks">Lines that say what it is.</param>
    /// <exception cref="ArgumentException">The function has not as many outputs as the pattern has rows and nonzeros.</exception>
    /// <exception cref="HybridAdException">HAD7006: an operation has no form in the language.</exception>
    public static void Write(TextWriter writer, Trace derivatives, SparsityPattern pattern, SourceLanguage language, string name, IReadOnlyList<string> remarks)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(derivatives);
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(remarks);
        Throw.IfLengthDiffers(derivatives.OutputCount, pattern.RowCount + pattern.NonzeroCount, nameof(derivatives), "rows and nonzeros of the pattern");
        Throw.IfLengthDiffers(derivatives.InputCount, pattern.ColumnCount, nameof(derivatives), "inputs: columns of the pattern");
        var dialect = new SourceDialect(language);
        var names = new SourceNames(derivatives, dialect);
        // A class cannot have the name of a member.
        var (valuesName, jacobianName) = dialect.IsC ? ("", "") : (dialect.Name("Values"), dialect.Name("Jacobian"));
        // In C a name of a file that begins with an underscore is not the program's.
        var prefix = dialect.Name(name.Length > 0 && char.IsAsciiLetter(name[0]) ? name : $"v{name}");
        if (dialect.IsC)
            (valuesName, jacobianName) = (dialect.Name($"{prefix}_values"), dialect.Name($"{prefix}_jacobian"));
        var tables = new SourceTables(dialect, dialect.IsC ? $"{prefix}_table" : "Table");
        var values = new FunctionSource(Simplifier.Simplify(FirstOutputs(derivatives, pattern.RowCount)).Trace, dialect, tables, names, valuesName, [("y", 0)]);
        var jacobian = new FunctionSource(Simplifier.Simplify(derivatives).Trace, dialect, tables, names, jacobianName, [("y", 0), ("values", pattern.RowCount)]);
        var file = new JacobianFile(derivatives, pattern, dialect, prefix, tables, values, jacobian);
        writer.Write(dialect.IsC ? file.InC(remarks) : file.InCSharp(remarks));
    }

    private static Trace FirstOutputs(Trace trace, int count)
    {
        var builder = new TraceBuilder(trace.InputCount, trace.NodeCount);
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
            builder.Copy(trace, node, trace.OperandsOf(node));
        foreach (var guard in trace.Guards)
            builder.AddGuard(guard.Node, guard.Expected);
        return builder.Build(trace.Outputs[..count], trace.Names, trace.Point?.ToArray());
    }
}

/// <summary>The parts of a file, put together.</summary>
internal sealed class JacobianFile(Trace derivatives, SparsityPattern pattern, SourceDialect dialect, string name, SourceTables tables, FunctionSource values, FunctionSource jacobian)
{
    /// <summary>Numbers of working memory that fit on the stack.</summary>
    private const int OnStack = 1024;

    private readonly int[] _rows = [.. Enumerable.Range(0, pattern.RowCount).SelectMany(row => Enumerable.Repeat(row, pattern.Row(row).Length))];
    private readonly int[] _columns = [.. Enumerable.Range(0, pattern.RowCount).SelectMany(row => pattern.Row(row).ToArray())];
    private readonly double[]? _point = derivatives.Point?.ToArray();

    private string Sizes => $"{Counted(derivatives.InputCount, "input")}, {Counted(pattern.RowCount, "output")}, {Counted(pattern.NonzeroCount, "nonzero")}";

    public string InC(IReadOnlyList<string> remarks)
    {
        var text = new StringBuilder();
        text.Append($"""
            /* {string.Join("\n   ", remarks.Select(static remark => remark.ReplaceLineEndings(" ").Replace("*/", "* /")))}
               {Sizes}.

                   int {values.Name}(const double *x, double *y);
                   int {jacobian.Name}(const double *x, double *y, double *values);
                   extern const int {name}_rows[], {name}_columns[];

               The second computes y, too. values[k] is the derivative of y[{name}_rows[k]] by x[{name}_columns[k]]. They return 0;
               {(derivatives.Guards.IsEmpty ? "" : "1 where x takes other branches than the point this was written at, with all results NaN; and ")}2 if there is no memory to work in.
               gcc -O2, link with -lm; -ffp-contract=off keeps the roundings of each operation. */
            #include <math.h>
            #include <stdlib.h>

            enum {"{"} {name}_inputs = {derivatives.InputCount}, {name}_outputs = {pattern.RowCount}, {name}_nonzeros = {pattern.NonzeroCount} {"}"};

            """);
        // There is no array of nothing.
        Declare("int", "rows", _rows.Length > 0 ? _rows : [0], static value => value.ToString());
        Declare("int", "columns", _columns.Length > 0 ? _columns : [0], static value => value.ToString());
        if (_point is { Length: > 0 })
            Declare("double", "point", _point, value => dialect.Number(value, isFloat: false));
        text.Append(tables.Text);
        var functions = new StringBuilder().Append(values.Parts).Append(jacobian.Parts);
        AddInC(values, "const double *x, double *y", ["y"], functions);
        AddInC(jacobian, "const double *x, double *y, double *values", ["y", "values"], functions);
        return text.Append(SourceDialect.DefinitionsFor(functions.ToString())).Append(functions).ToString();

        void Declare<T>(string type, string what, T[] numbers, Func<T, string> word)
            where T : unmanaged => SourceTables.Declare($"const {type} {name}_{what}[{numbers.Length}]", numbers, word, text, dialect);
    }

    public string InCSharp(IReadOnlyList<string> remarks)
    {
        var text = new StringBuilder();
        text.Append($$"""
            // {{string.Join("\n// ", remarks.Select(static remark => remark.ReplaceLineEndings(" ")))}}
            // {{Sizes}}.
            {{(UsesHybridAD ? "// Needs HybridAD.Core, for functions that the framework has not, or not accurate ones." : "// Needs nothing else.")}}
            using System;
            using System.Buffers;

            /// <summary>A function and its Jacobian, {{Sizes}}.</summary>
            public static class {{name}}
            {
                /// <summary>Number of inputs.</summary>
                public const int InputCount = {{derivatives.InputCount}};

                /// <summary>Number of outputs.</summary>
                public const int OutputCount = {{pattern.RowCount}};

                /// <summary>Number of structural nonzeros.</summary>
                public const int NonzeroCount = {{pattern.NonzeroCount}};

            """);
        Declare("int", "Rows", "The row of each nonzero.", _rows, static value => value.ToString());
        Declare("int", "Columns", "The column of each nonzero.", _columns, static value => value.ToString());
        if (_point is not null)
            Declare("double", "Point", "The point that comes with the function.", _point, value => dialect.Number(value, isFloat: false));
        var returns = derivatives.Guards.IsEmpty ? "True." : "Whether x takes the branches of the point this was written at; if not, all results are NaN.";
        AddInCSharp(values, $"""
                /// <summary>Computes the outputs.</summary>
                /// <returns>{returns}</returns>
            """, "ReadOnlySpan<double> x, Span<double> y", [("y", "OutputCount")], text);
        AddInCSharp(jacobian, $"""
                /// <summary>Computes the outputs and the nonzeros of the Jacobian.</summary>
                /// <returns>{returns}</returns>
            """, "ReadOnlySpan<double> x, Span<double> y, Span<double> values", [("y", "OutputCount"), ("values", "NonzeroCount")], text);
        text.Append(values.Parts).Append(jacobian.Parts).Append(tables.Text);
        // The last member is followed by no empty line.
        return $"{text.ToString().TrimEnd('\n')}\n}}\n";

        void Declare<T>(string type, string member, string what, T[] numbers, Func<T, string> word)
            where T : unmanaged => SourceTables.Declare($"    /// <summary>{what}</summary>\n    public static ReadOnlySpan<{type}> {member}", numbers, word, text, dialect);
    }

    private bool UsesHybridAD => Array.Exists([values, jacobian], function => $"{function.Body}{function.Parts}".Contains("HybridAD.", StringComparison.Ordinal));

    private void AddInC(FunctionSource function, string parameters, string[] results, StringBuilder text)
    {
        text.Append($"int {function.Name}({parameters})\n{{\n");
        var length = function.WorkLength;
        if (length > OnStack)
            text.Append($"    double *work = malloc({length} * sizeof(double));\n    if (!work)\n        return 2;\n");
        else if (length > 0)
            text.Append($"    double work[{length}];\n");
        if (derivatives.InputCount == 0)
            text.Append("    (void)x;\n");
        foreach (var result in results)
            if (CountOf(result) == 0)
                text.Append($"    (void){result};\n");
        text.Append(function.Body);
        if (length > OnStack)
            text.Append("    free(work);\n");
        text.Append($"    return {(function.HasGuards ? "differs" : "0")};\n}}\n\n");
    }

    private static void AddInCSharp(FunctionSource function, string summary, string parameters, (string Name, string Count)[] results, StringBuilder text)
    {
        text.Append($"{summary}\n    public static bool {function.Name}({parameters})\n    {{\n");
        text.Append($"        if (x.Length != InputCount{string.Concat(results.Select(static result => $" || {result.Name}.Length != {result.Count}"))})\n");
        text.Append($"            throw new ArgumentException($\"x has {{x.Length}} numbers and needs {{InputCount}}{string.Concat(results.Select(static result => $"; {result.Name} has {{{result.Name}.Length}} and needs {{{result.Count}}}"))}.\");\n");
        var length = function.WorkLength;
        if (length > OnStack)
            text.Append($"        double[] rented = ArrayPool<double>.Shared.Rent({length});\n        Span<double> work = rented;\n");
        else if (length > 0)
            text.Append($"        Span<double> work = stackalloc double[{length}];\n");
        text.Append(function.Body);
        if (length > OnStack)
            text.Append("        ArrayPool<double>.Shared.Return(rented);\n");
        text.Append($"        return {(function.HasGuards ? "!differs" : "true")};\n    }}\n\n");
    }

    private static string Counted(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private int CountOf(string result) => result == "y" ? pattern.RowCount : pattern.NonzeroCount;
}
