using System.Globalization;
using System.Text;
using HybridAD.Errors;
using HybridAD.Formats.FpCore;
using HybridAD.Formats.Source;
using HybridAD.FormatTests.FpCoreFormat;
using Xunit.Abstractions;
using static HybridAD.Real;

namespace HybridAD.FormatTests.Source;

/// <summary>Functions and their Jacobians as source: compiled, they compute what the library does.</summary>
public class JacobianSourceTests(ITestOutputHelper output)
{
    private const int Programs = 200;

    private static readonly (string Name, Func<Real[], Real[]> Function, double[] Point)[] Functions =
    [
        ("two inputs", x => [(x[0] + x[1]) * (x[1] + 1)], [2, 1]),
        ("every operation", x =>
        [
            Sin(x[0]) + Cos(x[1]) * Tan(x[2]), Exp(x[0] / x[1]) - Log(x[2]), Sqrt(x[0]) * Cbrt(x[1]), Pow(x[0], x[1]) + Pow(x[2], 3.5), Atan2(x[0], x[1]), Hypot(x[1], x[2]),
            Asin(x[0] / 4) + Acos(x[1] / 4) + Atan(x[2]), Sinh(x[0]) + Cosh(x[1]) - Tanh(x[2]), Asinh(x[0]) + Acosh(1 + x[1]) + Atanh(x[2] / 8), LogP1(x[0]) + ExpM1(x[1]), Log2(x[0]) + Log10(x[2]),
            Max(x[0], x[1]) + Min(x[1], x[2]), Abs(x[0] - 3) * x[1], Erf(x[0]) + Erfc(x[1]), Real.FusedMultiplyAdd(x[0], x[1], x[2]), RootN(x[0], 5) + RootN(x[1], 4), -x[2], x[0], 3.5,
        ], [0.7, 1.3, 2.1]),
        ("springs along a line", x => [.. Enumerable.Range(1, 98).Select(k => Pow(x[k + 1] - x[k], 3) - Pow(x[k] - x[k - 1], 3) + 0.1 * x[k])], Numbers(100)),
        ("a sum of many", x => [Enumerable.Range(0, 60).Select(k => (1 + 0.5 * k) * Square(x[k] - 0.25 * k)).Aggregate((a, b) => a + b)], Numbers(60)),
        ("two layers", x =>
        {
            Real[] hidden = [.. Enumerable.Range(0, 20).Select(h => Tanh(Enumerable.Range(0, 8).Select(k => (0.1 * h - 0.2 * k) * x[k]).Aggregate((a, b) => a + b)))];
            return [.. Enumerable.Range(0, 12).Select(o => Tanh(Enumerable.Range(0, 20).Select(h => (0.05 * o - 0.03 * h) * hidden[h]).Aggregate((a, b) => a + b)))];
        }, Numbers(8)),
        ("inputs and results in turn", x =>
        {
            var y = new Real[40];
            for (var k = 0; k < 40; k++)
                y[k] = Sin(k == 0 ? x[0] : k % 2 == 0 ? x[k] : y[k - 1]) * x[k];
            return [.. y, .. y.Select(Exp), x[3], x[3]];
        }, Numbers(40)),
        ("long straight code", x =>
        {
            var (a, b, c) = (x[0], x[1], x[2]);
            for (var k = 0; k < 900; k++)
                (a, b, c) = (k % 3 == 0 ? Sin(b + k % 7) : a * 0.5 + c, k % 5 == 0 ? c * 0.25 - a : Cos(a - k % 11), k % 4 == 0 ? a * b : 0.75 * c + 0.125 * b * x[k % 3]);
            return [a, b, c];
        }, [0.3, 0.2, 0.1]),
        ("branches", x => [x[0] < x[1] ? x[0] * x[1] : x[0] / x[1], x[2] > 0 ? Exp(x[2]) : x[2]], [1, 2, 3]),
        ("constants of many kinds", x => [.. Enumerable.Range(0, 300).Select(k => Sin(x[k]) + (1 + 0.37 * (k % 20)) * x[k + 1])], Numbers(301)),
        ("results of which some are read again", x =>
        {
            Real[] rates = [.. Enumerable.Range(0, 200).Select(k => Exp(x[k]) * x[k + 1])];
            return [.. rates, rates[..120].Select((rate, k) => (1 + 0.1 * k) * rate).Aggregate((a, b) => a + b)];
        }, Numbers(201)),
        ("branches in a loop", x => [.. Enumerable.Range(0, 90).Select(k => x[k] < 0.5 ? Exp(x[k]) * x[k + 1] : Sin(x[k]) - x[k + 1])], Numbers(91)),
        ("extremes of what is no number, and of both zeros", x =>
            [Max(Log(x[0]), x[1]), Max(x[1], Log(x[0])), Min(Log(x[0]), x[1]), Min(x[1], Log(x[0])), 1 / Min(x[2], x[3]), 1 / Max(x[2], x[3]), 1 / Min(x[3], x[2]), 1 / Max(x[3], x[2])], [-1, 2, 0, -0.0]),
        ("nothing varies", x => [2.0 * x[0] - x[1], 3.0 * x[1] + 4], [1, 2]),
        ("nothing is differentiable", x => [Floor(x[0]), 7], [1.5]),
        ("nothing", x => [], [1.5]),
    ];

    [Fact]
    public void CSharpComputesWhatTheLibraryDoes()
    {
        AssertCSharp([.. Functions.Select(function => Case.Of(function, SourceLanguage.CSharp))]);
    }

    private static void AssertCSharp(List<Case> cases)
    {
        var callers = cases.Select(static (one, k) => $$"""
            public static class Caller{{k}}
            {
                public static bool Run(double[] x, double[] y, double[] again, double[] values) => N{{k}}.Model.Values(x, y) & N{{k}}.Model.Jacobian(x, again, values);
                public static int[] Positions() => [.. N{{k}}.Model.Rows, .. N{{k}}.Model.Columns];
            }
            """);
        var assembly = CompiledSource.Compile([.. cases.Select(static (one, k) => $"namespace N{k} {{ {one.Source} }}"), .. callers]);
        for (var k = 0; k < cases.Count; k++)
        {
            var one = cases[k];
            var caller = assembly.GetType($"Caller{k}")!;
            Assert.Equal(one.Positions, (int[])caller.GetMethod("Positions")!.Invoke(null, null)!);
            var (y, again, values) = (new double[one.Y.Length], new double[one.Y.Length], new double[one.Values.Length]);
            Assert.True((bool)caller.GetMethod("Run")!.Invoke(null, [one.Point, y, again, values])!);
            one.AssertNear(y, again, values);
        }
    }

    [Fact]
    public void CComputesWhatTheLibraryDoes()
    {
        if (!CompiledSource.HasC)
        {
            output.WriteLine("There is no gcc here.");
            return;
        }
        var cases = Functions.Select(function => Case.Of(function, SourceLanguage.C)).ToList();
        var (program, main) = (new StringBuilder("#include <stdio.h>\n"), new StringBuilder("int main(void)\n{\nstatic double y[4096], again[4096], values[4096];\n"));
        for (var k = 0; k < cases.Count; k++)
        {
            var one = cases[k];
            program.Append(one.Source.Replace("Model_", $"m{k}_", StringComparison.Ordinal));
            main.Append(CultureInfo.InvariantCulture, $"{{ const double x[] = {{ {string.Join(", ", one.Point.Select(CompiledSource.Number))} }};\n");
            main.Append(CultureInfo.InvariantCulture, $"const double sizes[] = {{ m{k}_values(x, y), m{k}_jacobian(x, again, values), m{k}_inputs, m{k}_outputs, m{k}_nonzeros }};\n").Append(Printed("sizes", 5));
            main.Append(Printed("y", one.Y.Length)).Append(Printed("again", one.Y.Length)).Append(Printed("values", one.Values.Length));
            main.Append(Printed($"(double)m{k}_rows", one.Values.Length)).Append(Printed($"(double)m{k}_columns", one.Values.Length)).Append("}\n");
        }
        var lines = new Queue<double[]>(CompiledSource.LinesOfC($"{program}{main}return 0;\n}}\n"));
        foreach (var one in cases)
        {
            double[] sizes = [0, 0, one.Point.Length, one.Y.Length, one.Values.Length];
            Assert.Equal(sizes, lines.Dequeue()[1..]);
            one.AssertNear(lines.Dequeue()[1..], lines.Dequeue()[1..], lines.Dequeue()[1..]);
            Assert.Equal(one.Positions, lines.Dequeue()[1..].Concat(lines.Dequeue()[1..]).Select(static position => (int)position));
        }

        // A line of nothing would be left out.
        static string Printed(string array, int count) =>
            $"printf(\"0x0p+0 \");\nfor (int k = 0; k < {count}; k++) printf(\"%a \", {array}[k]);\nprintf(\"\\n\");\n";
    }

    [Fact]
    public void RandomProgramsComputeWhatTheLibraryDoes()
    {
        var cases = new List<Case>();
        for (var seed = 0; seed < Programs; seed++)
        {
            var random = new Random(seed);
            var core = FpCoreReader.Read(Encoding.UTF8.GetBytes(new RandomProgram(random).Write()), "random.fpcore").Cores[0];
            double[] x = [core.Precision.Round(random.NextDouble() * 4 - 2), core.Precision.Round(random.NextDouble() * 4 - 2)];
            var function = new TracedFunction(core.TraceAt(x).Trace);
            // What is not finite follows rules of its own, and a comparison of several numbers at once has no form.
            if (function.Trace.Operations.Contains(Graph.Op.AllDifferent) || !Case.IsTame(function, x))
                continue;
            cases.Add(Case.Of($"seed {seed}", function, SourceLanguage.CSharp, x));
        }
        output.WriteLine($"{cases.Count} programs of seeds 0 to {Programs - 1}");
        Assert.InRange(cases.Count, Programs / 3, Programs);
        AssertCSharp(cases);
    }

    [Fact]
    public void AnotherBranchGivesNaN()
    {
        var one = Case.Of(Functions.Single(static function => function.Name == "branches"), SourceLanguage.CSharp);
        var assembly = CompiledSource.Compile([one.Source, "public static class Caller { public static bool Run(double[] x, double[] y, double[] values) => Model.Jacobian(x, y, values); }"]);
        var run = assembly.GetType("Caller")!.GetMethod("Run")!;
        var (y, values) = (new double[2], new double[3]);
        Assert.True((bool)run.Invoke(null, [new double[] { 1, 3, 0.5 }, y, values])!);
        Assert.Equal([3.0, Math.Exp(0.5)], y);
        Assert.False((bool)run.Invoke(null, [new double[] { 4, 3, 0.5 }, y, values])!);
        Assert.All(y.Concat(values), static number => Assert.True(double.IsNaN(number)));
        var wrong = Assert.Throws<System.Reflection.TargetInvocationException>(() => run.Invoke(null, [new double[] { 1, 3 }, y, values])).InnerException;
        Assert.Equal("x has 2 numbers and needs 3; y has 2 and needs 2; values has 3 and needs 3.", wrong!.Message);
    }

    [Fact]
    public void WhatRepeatsIsALoop()
    {
        var source = Case.Of(Functions.Single(static function => function.Name == "springs along a line"), SourceLanguage.C).Source;
        Assert.Contains("for (int t = 0; t < 96; t++)", source, StringComparison.Ordinal);
        Assert.InRange(source.Split("const double v").Length, 5, 60);
    }

    [Fact]
    public void LongCodeIsDivided()
    {
        var source = Case.Of(Functions.Single(static function => function.Name == "long straight code"), SourceLanguage.C).Source;
        Assert.Contains("static void Model_jacobian_part1(", source, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesOfTheModelAreKeptWhereTheLanguageTakesThem()
    {
        var named = new Graph.TraceBuilder(4);
        var product = named.Binary(Graph.Op.Mul, named.Binary(Graph.Op.Mul, 0, 1), named.Binary(Graph.Op.Mul, 2, 3));
        var function = new TracedFunction(named.Build([product], new Graph.TraceNames(["double", "v7", "free", "Rows"]), [1, 2, 3, 4]));
        var text = Written(function, SourceLanguage.CSharp);
        Assert.Contains("double double_2 = x[0];", text, StringComparison.Ordinal);
        Assert.Contains("double v7_ = x[1];", text, StringComparison.Ordinal);
        Assert.Contains("double free_2 = x[2];", text, StringComparison.Ordinal);
        Assert.Contains("double Rows_2 = x[3];", text, StringComparison.Ordinal);
        foreach (var member in (string[])["Values", "Jacobian", "Rows", "Point", "string"])
            _ = CompiledSource.Compile([Written(function, SourceLanguage.CSharp, member)]);
    }

    [Fact]
    public void WhatTheLanguagesDoNotHaveIsRefused()
    {
        var function = AD.Trace(x => [Real.RoundTo(x[0], 3) + x[0]], [1.0]);
        Assert.Equal(ErrorCodes.NoSourceForm, Assert.Throws<HybridAdException>(() => Written(function, SourceLanguage.C)).Code);
    }

    private static double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(static k => 0.1 + 0.7 * ((k * 37 % 17) / 17.0))];

    private static string Written(TracedFunction function, SourceLanguage language, string name = "Model")
    {
        var jacobian = function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        using var writer = new StringWriter();
        JacobianSource.Write(writer, jacobian.ToFunction().Trace, jacobian.Pattern, language, name, ["A test."]);
        return writer.ToString();
    }

    /// <summary>A function, its source, and what the library computes.</summary>
    private sealed record Case(string Name, string Source, double[] Point, double[] Y, double[] Values, int[] Positions)
    {
        public static Case Of((string Name, Func<Real[], Real[]> Function, double[] Point) one, SourceLanguage language)
        {
            // Not the point of recording, but on the same branches.
            double[] point = [.. one.Point.Select(static x => 1.03 * x)];
            return Of(one.Name, AD.Trace(one.Function, one.Point), language, point);
        }

        public static Case Of(string name, TracedFunction function, SourceLanguage language, double[] point)
        {
            var jacobian = function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
            var pattern = jacobian.Pattern;
            int[] rows = [.. Enumerable.Range(0, pattern.RowCount).SelectMany(row => Enumerable.Repeat(row, pattern.Row(row).Length))];
            int[] columns = [.. Enumerable.Range(0, pattern.RowCount).SelectMany(row => pattern.Row(row).ToArray())];
            return new Case(name, Written(function, language), point, function.Value(point), jacobian.Evaluate(point).Values.ToArray(), [.. rows, .. columns]);
        }

        /// <summary>Whether all that is computed is finite and of a size at which absolute and relative errors are alike.</summary>
        public static bool IsTame(TracedFunction function, double[] point) =>
            function.Value(point).Concat(function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted }).ToFunction().Value(point)).All(static number => Math.Abs(number) < 1e4);

        public void AssertNear(double[] y, double[] again, double[] values)
        {
            Near(Y, y);
            Near(Y, again);
            Near(Values, values);
        }

        private void Near(double[] expected, double[] actual)
        {
            Assert.Equal(expected.Length, actual.Length);
            for (var k = 0; k < expected.Length; k++)
                Assert.True(expected[k].Equals(actual[k]) || Math.Abs(expected[k] - actual[k]) <= 1e-11 * (1 + Math.Abs(expected[k])), $"{Name}: {k} is {actual[k]:R} instead of {expected[k]:R}\n{Source}");
        }
    }
}
