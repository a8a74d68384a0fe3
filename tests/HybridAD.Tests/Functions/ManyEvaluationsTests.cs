using HybridAD.Plans;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Functions;

/// <summary>
/// What is compiled as soon as that pays is planned for the usual number of evaluations; after very many it is planned again, and everything goes on with the same numbers to rounding.
/// </summary>
public sealed class ManyEvaluationsTests
{
    /// <summary>More than it takes, by far.</summary>
    private const int Most = 20_000_000;

    [Fact]
    public void Entries_are_planned_again() =>
        GoesOn(static (jacobian, x, entries) => jacobian.EvaluateSparse(x, entries, OneThread));

    [Fact]
    public void A_dense_Jacobian_is_planned_again()
    {
        var dense = new double[3 * Count];
        GoesOn((jacobian, x, entries) =>
        {
            jacobian.Evaluate(x, dense, OneThread);
            ToEntries(jacobian, dense, entries);
        });
    }

    [Fact]
    public void Outputs_with_entries_are_planned_again()
    {
        var interpreted = AD.Trace(Function, Point, new TracingOptions { Engine = Engine.Interpreted });
        var (y, expected) = (new double[3], new double[3]);
        GoesOn((jacobian, x, entries) =>
        {
            jacobian.ValueAndEvaluateSparse(x, y, entries, OneThread);
            interpreted.Value(x, expected, OneThread);
            for (var k = 0; k < y.Length; k++)
                Assert.InRange(y[k] - expected[k], -1e-10, 1e-10);
        });
    }

    /// <summary>Constants that the kernels of the first plan have left in a buffer are not taken for those that others leave.</summary>
    [Fact]
    public void A_buffer_is_filled_again()
    {
        JacobianBuffer? buffer = null;
        GoesOn((jacobian, x, entries) =>
        {
            buffer ??= jacobian.CreateBuffer();
            jacobian.Evaluate(x, buffer, OneThread);
            buffer.Values.CopyTo(entries);
        });
    }

    [Fact]
    public void Several_threads_go_on_while_it_is_planned_again()
    {
        var jacobian = AD.Trace(Function, Point).CompileJacobian();
        var expected = Interpreted().Evaluate(Point).Values.ToArray();
        var wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            var (entries, workspace) = (new double[expected.Length], new Workspace());
            for (var k = 0; k < Most && !IsInOnePiece(jacobian); k++)
            {
                jacobian.EvaluateSparse(Point, entries, workspace);
                if (!IsClose(expected, entries))
                    Interlocked.Increment(ref wrong);
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.True(IsInOnePiece(jacobian), jacobian.Plan.Explain());
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void Values_have_other_code_after_very_many()
    {
        var f = AD.Trace(Function, Point);
        var expected = AD.Trace(Function, Point, new TracingOptions { Engine = Engine.Interpreted }).Value(Point);
        var y = new double[3];
        for (var k = 0; k < 400_000; k++)
            f.Value(Point, y, OneThread);
        Close.Each(expected, y, 1e-12, "outputs");
        // Where values were looked at, those of compiled kernels are the same to the last bit.
        Assert.Equal(AD.Trace(Function, Point, new TracingOptions { Engine = Engine.Compiled }).Value(Point), y);
    }

    private const int Count = 18;

    private static readonly Workspace OneThread = new() { Options = new() { ThreadCount = 1 } };

    private static double[] Point { get; } = [.. Enumerable.Range(0, Count).Select(static k => 0.7 + 0.4 * Math.Sin(k + 1))];

    /// <summary>The energy of six atoms, a sum of which the entries are constants, and a square.</summary>
    private static Real[] Function(Real[] x)
    {
        Real energy = 0;
        for (var i = 0; i < 6; i++)
            for (var j = 0; j < i; j++)
            {
                var inverse = 1 / (Real.Square(x[3 * i] - x[3 * j]) + Real.Square(x[3 * i + 1] - x[3 * j + 1]) + Real.Square(x[3 * i + 2] - x[3 * j + 2]) + 0.3 * i);
                var cube = inverse * inverse * inverse;
                energy += 4 * (cube * cube - cube);
            }
        return [energy, 2 * x[0] + 3 * x[1], x[2] * x[2]];
    }

    private static CompiledJacobian Interpreted() => AD.Trace(Function, Point).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });

    private static bool IsInOnePiece(CompiledJacobian jacobian) => jacobian.Plan.Strategy is BlockStrategy { Division: BlockDivision.Whole };

    private static void GoesOn(Action<CompiledJacobian, double[], double[]> evaluate)
    {
        var (jacobian, interpreted) = (AD.Trace(Function, Point).CompileJacobian(), Interpreted());
        var actual = new double[jacobian.Pattern.NonzeroCount];
        var expected = interpreted.Evaluate(Point).Values.ToArray();
        var sawBlocks = false;
        for (var k = 0; k < Most && !IsInOnePiece(jacobian); k++)
        {
            Array.Clear(actual);
            evaluate(jacobian, Point, actual);
            sawBlocks |= jacobian is { IsCompiled: true, Plan.Strategy: BlockStrategy { Division: not BlockDivision.Whole } };
            Assert.True(IsClose(expected, actual), $"evaluation {k}");
        }
        Assert.True(sawBlocks, "there was no other plan before");
        Assert.True(IsInOnePiece(jacobian), jacobian.Plan.Explain());
        foreach (var shift in (ReadOnlySpan<double>)[0, 0.1, -0.05])
        {
            double[] x = [.. Point.Select(v => v + shift)];
            evaluate(jacobian, x, actual);
            Close.Each(interpreted.Evaluate(x).Values.ToArray(), actual, 1e-10, $"entries at {shift}");
        }
    }

    private static bool IsClose(double[] expected, double[] actual)
    {
        for (var k = 0; k < expected.Length; k++)
            if (!(Math.Abs(expected[k] - actual[k]) <= 1e-10 * (1 + Math.Abs(expected[k]))))
                return false;
        return true;
    }

    private static void ToEntries(CompiledJacobian jacobian, double[] dense, double[] entries)
    {
        var pattern = jacobian.Pattern;
        for (var row = 0; row < pattern.RowCount; row++)
            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                entries[k] = dense[row * pattern.ColumnCount + pattern.Columns[k]];
    }
}
