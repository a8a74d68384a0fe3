using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Forward through recurrences with directions as instances, beside the sweeps of the interpreter.</summary>
public sealed class RecurrenceTangentsTests
{
    private const int Seed = 866025;

    [Theory]
    [MemberData(nameof(RandomRecurrence.Rounds), 40, MemberType = typeof(RandomRecurrence))]
    public void Random_recurrences_have_the_Jacobian_of_the_interpreter(int round) =>
        RandomRecurrence.Check(Seed + round, round, (f, factory, name, random) => Check(f, Plain(f.InputCount), factory, name, random));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public void Any_number_of_directions_will_do(int inputs)
    {
        var f = AD.Trace(
            x =>
            {
                Real a = x[0], b = 1;
                for (var k = 0; k < 200; k++)
                    (a, b) = (a + 0.01 * Sin(b * x[k % inputs]), b - 0.01 * a * x[inputs - 1]);
                return [a, b];
            },
            RandomNumbers.Create(inputs, new Random(Seed)));
        Check(f, Plain(inputs), KernelFactory.Compiling, $"{inputs} inputs", new Random(Seed));
    }

    [Fact]
    public void Columns_that_share_a_colour_are_told_apart()
    {
        // Cells that do not know each other.
        const int Cells = 20;
        var f = AD.Trace(
            x =>
            {
                Real[] u = [.. x[..Cells]], v = [.. x[Cells..]];
                for (var k = 0; k < 50; k++)
                    for (var cell = 0; cell < Cells; cell++)
                        (u[cell], v[cell]) = (u[cell] + 0.01 * v[cell], v[cell] - 0.01 * Sin(u[cell]));
                return [.. u, .. v];
            },
            RandomNumbers.Create(2 * Cells, new Random(Seed)));
        Check(f, new SweepStrategy(SweepDirection.Forward, [.. Enumerable.Range(0, 2 * Cells).Select(static k => k / Cells)], 2), KernelFactory.Compiling, "2 colours", new Random(Seed));
    }

    [Fact]
    public void Zero_times_infinity_is_left_to_the_interpreter()
    {
        var f = RandomRecurrence.WithRoots();
        var pattern = f.FirstVariant.Pattern;
        var tangents = RecurrentJacobian.Of(() => f.FirstVariant.Trace, pattern, Plain(2), KernelFactory.Compiling)!;
        var entries = new double[pattern.NonzeroCount];
        Assert.True(tangents.Evaluate([1, 1], entries, new Workspace()));
        Assert.False(tangents.Evaluate([0, 0], entries, new Workspace()));
        Assert.False(tangents.Evaluate([double.NaN, 1], entries, new Workspace()));
    }

    [Fact]
    public void Evaluations_allocate_nothing_and_need_memory_for_what_is_alive_only()
    {
        TracedFunction Of(int times) => AD.Trace(
            x =>
            {
                Real a = x[0], b = x[1];
                for (var k = 0; k < times; k++)
                    (a, b) = (a + 0.01 * Sin(b), b - 0.01 * a * x[1]);
                return [a, b];
            },
            [0.3, 0.7]);
        var (few, many) = (MemoryOf(Of(100)), MemoryOf(Of(10_000)));
        Assert.Equal(few, many);

        static long MemoryOf(TracedFunction f)
        {
            var pattern = f.FirstVariant.Pattern;
            var tangents = RecurrentJacobian.Of(() => f.FirstVariant.Trace, pattern, Plain(2), KernelFactory.Compiling)!;
            var (workspace, entries, x) = (new Workspace(), new double[pattern.NonzeroCount], new double[] { 0.3, 0.7 });
            tangents.Evaluate(x, entries, workspace);
            Allocations.AssertNone(() => tangents.Evaluate(x, entries, workspace));
            return workspace.MemoryBytes;
        }
    }

    [Fact]
    public void A_function_without_recurrences_has_none()
    {
        var f = AD.Trace(x => [x[0] * x[1]], [1.0, 2]);
        Assert.Null(RecurrentJacobian.Of(() => f.FirstVariant.Trace, f.FirstVariant.Pattern, Plain(2), KernelFactory.Compiling));
    }

    private static SweepStrategy Plain(int inputs) => new(SweepDirection.Forward, [.. Enumerable.Range(0, inputs)], inputs);

    private static void Check(TracedFunction f, SweepStrategy strategy, KernelFactory factory, string name, Random random)
    {
        var (trace, pattern, workspace) = (f.FirstVariant.Trace, f.FirstVariant.Pattern, new Workspace());
        var compiled = RecurrentJacobian.Of(() => trace, pattern, strategy, factory);
        Assert.True(compiled is not null, $"{name}: no recurrence in {trace.OperationCount} operations");
        var interpreted = new InterpretedEntries(f, strategy);
        var shortWay = compiled.AtPoints((ref readonly double _, int _, ref double _, int _, Workspace? _) => Assert.Fail($"{name}: the long way was taken"));
        for (var round = 0; round < 3; round++)
        {
            var x = RandomNumbers.Create(f.InputCount, random);
            var actual = new double[pattern.NonzeroCount];
            Array.Fill(actual, double.NaN);
            Assert.True(compiled.Evaluate(x, actual, workspace), name);
            interpreted.AssertSame(x, actual, 1e-11, name);
            interpreted.AssertWithValues(compiled, x, actual, workspace, name);
            if (shortWay is null)
                continue;
            var again = new double[actual.Length];
            shortWay(in x[0], x.Length, ref again[0], again.Length, workspace);
            Assert.Equal(actual, again);
        }
    }
}
