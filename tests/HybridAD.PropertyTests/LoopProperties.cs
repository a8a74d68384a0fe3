using FsCheck;
using FsCheck.Fluent;
using HybridAD.PropertyTests.Support;
using HybridAD.Tests.Support;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>
/// Programs of loops through the public interface: values, products, Jacobians, buffers and batches, interpreted and compiled, against dual numbers that run through the program
/// themselves. Results stand in the midst of other memory, which must not change.
/// </summary>
public sealed class LoopProperties(ITestOutputHelper output)
{
    private const double Tolerance = 1e-9;

    private const double Untouched = 1234.5;

    private static readonly double[] Margin = [Untouched, Untouched, Untouched, Untouched, Untouched];

    [Fact]
    public void Interpreted_loops_agree_with_dual_numbers() => Check(nameof(Interpreted_loops_agree_with_dual_numbers), 250, size: 24, Engine.Interpreted);

    [Fact]
    public void Compiled_loops_agree_with_dual_numbers() => Check(nameof(Compiled_loops_agree_with_dual_numbers), 40, size: 24, Engine.Compiled);

    [Fact]
    public void Compiled_long_loops_agree_with_dual_numbers() => Check(nameof(Compiled_long_loops_agree_with_dual_numbers), 12, size: 500, Engine.Compiled);

    private void Check(string test, int count, int size, Engine engine)
    {
        var cases = Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(seed => new LoopCase(seed, LoopProgram.Create(new Random(seed), size))));
        GraphProperty.Check(output, test, count, cases, loops =>
        {
            var (program, random) = (loops.Program, new Random(loops.Seed + 1));
            double[][] points = [Vector(), Vector(), Vector()];
            var f = AD.Trace(program.Run, points[0], new TracingOptions { Engine = engine });
            var jacobian = f.CompileJacobian();
            var (buffer, workspace) = (jacobian.CreateBuffer(), new Workspace());
            foreach (var point in points)
            {
                var (tangent, cotangent) = (Vector(), Enumerable.Range(0, f.OutputCount).Select(_ => random.NextDouble() - 0.5).ToArray());
                var duals = program.Run([.. point.Zip(tangent, (x, t) => new Dual<double>(x, t))]);
                double[] values = [.. duals.Select(dual => dual.Value)], along = [.. duals.Select(dual => dual.Tangent)];
                Close.Each(values, Within(f.OutputCount, y => f.Value(point, y, workspace)), Tolerance, "value");
                Close.Each(along, Within(f.OutputCount, result => f.Jvp(point, tangent, result, workspace)), Tolerance, "J·t");
                var back = Within(f.InputCount, result => f.Vjp(point, cotangent, result, workspace));
                Close.Each([Dot(cotangent, along)], [Dot(back, tangent)], Tolerance, "ȳ·J·t");
                var matrix = jacobian.Evaluate(point);
                Close.Each(along, Times(matrix, tangent), Tolerance, "Jacobian times t");
                Close.Each(back, TimesTransposed(matrix, cotangent), Tolerance, "ȳ times Jacobian");
                // A Jacobian of another branch may have entries elsewhere.
                if (!ReferenceEquals(matrix.Pattern, jacobian.Pattern))
                    continue;
                var entries = matrix.Values.ToArray();
                Numbers.AssertSameBits(entries, Within(entries.Length, result => jacobian.EvaluateSparse(point, result, workspace)), "entry");
                for (var round = 0; round < 2; round++)
                {
                    jacobian.Evaluate(point, buffer, workspace);
                    Numbers.AssertSameBits(entries, buffer.Values, "entry in the buffer");
                }
            }
            // One piece of code for all operations takes long to compile.
            if (f.Trace.NodeCount < 2000)
                CheckBatch(f, jacobian, points[0], random);

            double[] Vector() => [.. Enumerable.Range(0, program.Inputs).Select(_ => 3 * random.NextDouble() - 1.5)];
        });
    }

    private static void CheckBatch(TracedFunction f, CompiledJacobian jacobian, double[] point, Random random)
    {
        var (count, nonzeros) = (random.Next(1, 20), jacobian.Pattern.NonzeroCount);
        double[] points = [.. Enumerable.Range(0, count).SelectMany(_ => point)];
        var values = new double[count * f.OutputCount];
        var entries = Within(count * nonzeros, result => jacobian.EvaluateBatch(points, result));
        var again = Within(count * nonzeros, result => jacobian.ValueAndEvaluateBatch(points, values, result));
        for (var k = 0; k < count; k++)
        {
            Close.Each(f.Value(point), values.AsSpan(k * f.OutputCount, f.OutputCount), Tolerance, "value in a batch");
            Close.Each(jacobian.Evaluate(point).Values, entries.AsSpan(k * nonzeros, nonzeros), Tolerance, "entry in a batch");
            Close.Each(entries.AsSpan(0, nonzeros), again.AsSpan(k * nonzeros, nonzeros), Tolerance, "entry in a batch with values");
        }
    }

    private delegate void Evaluation(Span<double> result);

    /// <summary>A result, after what stands beside it has been looked at.</summary>
    private static double[] Within(int length, Evaluation evaluate)
    {
        double[] memory = [.. Margin, .. new double[length], .. Margin];
        memory.AsSpan(Margin.Length, length).Fill(double.NaN);
        evaluate(memory.AsSpan(Margin.Length, length));
        Assert.Equal(Margin, memory[..Margin.Length]);
        Assert.Equal(Margin, memory[^Margin.Length..]);
        return memory[Margin.Length..^Margin.Length];
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[] Times(CsrMatrix matrix, double[] vector)
    {
        var result = new double[matrix.Pattern.RowCount];
        for (var row = 0; row < result.Length; row++)
            for (var k = matrix.Pattern.RowStarts[row]; k < matrix.Pattern.RowStarts[row + 1]; k++)
                result[row] += matrix.Values[k] * vector[matrix.Pattern.Columns[k]];
        return result;
    }

    private static double[] TimesTransposed(CsrMatrix matrix, double[] vector)
    {
        var result = new double[matrix.Pattern.ColumnCount];
        for (var row = 0; row < vector.Length; row++)
            for (var k = matrix.Pattern.RowStarts[row]; k < matrix.Pattern.RowStarts[row + 1]; k++)
                result[matrix.Pattern.Columns[k]] += vector[row] * matrix.Values[k];
        return result;
    }

    private sealed record LoopCase(int Seed, LoopProgram Program);
}
