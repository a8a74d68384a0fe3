using HybridAD.Execution.Blocks;
using HybridAD.Execution.Blocks.Layout;
using HybridAD.Plans;
using HybridAD.Tests.Support;
using static HybridAD.Real;

namespace HybridAD.Tests.Blocks;

/// <summary>Sweeps with compiled labels beside those of the interpreter, for every number of registers that directions may take.</summary>
public sealed class CompiledSweepsTests
{
    private const int Seed = 161803;

    public static TheoryData<int> Widths => [1, 2, 4, 5, 8, 9, 16, 17, 24, 25, 32, 33, 40, 50, 64, 65, 100];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Compiled_labels_give_the_Jacobian_of_the_interpreter(int directions)
    {
        foreach (var direction in (SweepDirection[])[SweepDirection.Forward, SweepDirection.Reverse])
            foreach (var factory in (KernelFactory[])[KernelFactory.Interpreting, KernelFactory.Compiling])
            {
                var isForward = direction == SweepDirection.Forward;
                var f = RandomFunction(isForward ? directions : 7, isForward ? 7 : directions, operations: 120, Seed + directions);
                var strategy = new SweepStrategy(direction, [.. Enumerable.Range(0, directions)], directions);
                Check(f, strategy, factory);
            }
    }

    [Theory]
    [InlineData(SweepDirection.Forward)]
    [InlineData(SweepDirection.Reverse)]
    public void Lines_that_share_a_colour_are_told_apart(SweepDirection direction)
    {
        // A band: lines three apart have nothing in common.
        const int Size = 50;
        var random = new Random(Seed);
        var f = AD.Trace(x => [.. x.Select((v, i) => i == 0 || i == Size - 1 ? v * v : Sin(x[i - 1] * v) + Literal(random) * x[i + 1] * v)], RandomNumbers.Create(Size, random));
        Check(f, new SweepStrategy(direction, [.. Enumerable.Range(0, Size).Select(static i => i % 3)], 3), KernelFactory.Compiling);
    }

    [Theory]
    [InlineData(SweepDirection.Forward, false)]
    [InlineData(SweepDirection.Forward, true)]
    [InlineData(SweepDirection.Reverse, false)]
    [InlineData(SweepDirection.Reverse, true)]
    public void What_carries_nothing_is_passed_by(SweepDirection direction, bool isFull)
    {
        // Running sums, of which late directions reach the end only; some outputs are inputs, or the same. A pattern may have more entries than there are paths.
        const int Size = 150;
        var random = new Random(Seed);
        var f = AD.Trace(x =>
        {
            var (sum, outputs) = (x[0], new List<Real>());
            for (var k = 1; k < Size; k++)
            {
                sum = sum * Literal(random) + Sin(x[k]);
                outputs.AddRange(k % 7 == 0 ? [x[k - 3], Exp(-sum), sum] : [sum]);
            }
            return [.. outputs];
        }, RandomNumbers.Create(Size, random));
        var count = direction == SweepDirection.Forward ? f.InputCount : f.OutputCount;
        var pattern = isFull
            ? new SparsityPattern(f.OutputCount, Size, [.. Enumerable.Range(0, f.OutputCount + 1).Select(static row => row * Size)],
                [.. Enumerable.Range(0, f.OutputCount).SelectMany(static _ => Enumerable.Range(0, Size))])
            : f.FirstVariant.Pattern;
        var compiled = new CompiledSweeps(f.FirstVariant.Trace, pattern, new SweepStrategy(direction, [.. Enumerable.Range(0, count)], count), KernelFactory.Interpreting);
        var interpreted = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        var workspace = new Workspace();
        for (var round = 0; round < 3; round++)
        {
            var x = RandomNumbers.Create(Size, random);
            var actual = new double[pattern.NonzeroCount];
            Array.Fill(actual, double.NaN);
            Assert.True(compiled.Evaluate(x, actual, workspace));
            var expected = interpreted.Evaluate(x).ToDense();
            for (var row = 0; row < f.OutputCount; row++)
                for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                    Assert.True(Math.Abs(actual[k] - expected[row, pattern.Columns[k]]) <= 1e-12, $"∂y{row}/∂x{pattern.Columns[k]} is {actual[k]}, expected {expected[row, pattern.Columns[k]]}, seed {Seed}");
        }
    }

    [Fact]
    public void Outputs_that_are_inputs_or_constants_or_the_same_have_their_entries()
    {
        var f = AD.Trace(x => [x[0], x[1] * 2, x[0], 5, x[1] * x[2], x[1] * x[2], x[2] - 3 * x[0]], [0.3, 0.7, 1.1]);
        foreach (var direction in (SweepDirection[])[SweepDirection.Forward, SweepDirection.Reverse])
        {
            var count = direction == SweepDirection.Forward ? f.InputCount : f.OutputCount;
            Check(f, new SweepStrategy(direction, [.. Enumerable.Range(0, count)], count), KernelFactory.Compiling);
        }
    }

    [Fact]
    public void Zero_times_infinity_is_left_to_the_interpreter()
    {
        var f = AD.Trace(x => [x[1] * Sqrt(x[0]), x[0] + x[1]], [1.0, 1]);
        var (trace, pattern) = (f.FirstVariant.Trace, f.FirstVariant.Pattern);
        var sweeps = new CompiledSweeps(trace, pattern, new SweepStrategy(SweepDirection.Forward, [0, 1], 2), KernelFactory.Compiling);
        var entries = new double[pattern.NonzeroCount];
        Assert.True(sweeps.Evaluate([1, 1], entries, new Workspace()));
        Assert.False(sweeps.Evaluate([0, 0], entries, new Workspace()));
        Assert.False(sweeps.Evaluate([double.NaN, 1], entries, new Workspace()));
    }

    [Fact]
    public void Evaluations_allocate_nothing()
    {
        var f = RandomFunction(20, 10, operations: 200, Seed);
        var pattern = f.FirstVariant.Pattern;
        var sweeps = new CompiledSweeps(f.FirstVariant.Trace, pattern, new SweepStrategy(SweepDirection.Forward, [.. Enumerable.Range(0, 20)], 20), KernelFactory.Compiling);
        var (x, entries, workspace) = (RandomNumbers.Create(20, new Random(Seed)), new double[pattern.NonzeroCount], new Workspace());
        sweeps.Evaluate(x, entries, workspace);
        Allocations.AssertNone(() => sweeps.Evaluate(x, entries, workspace));
    }

    private static void Check(TracedFunction f, SweepStrategy strategy, KernelFactory factory)
    {
        var (trace, pattern, workspace) = (f.FirstVariant.Trace, f.FirstVariant.Pattern, new Workspace());
        var compiled = new CompiledSweeps(trace, pattern, strategy, factory);
        var interpreted = new InterpretedEntries(f, strategy);
        var random = new Random(Seed);
        for (var round = 0; round < 3; round++)
        {
            var x = RandomNumbers.Create(f.InputCount, random);
            var actual = new double[pattern.NonzeroCount];
            Array.Fill(actual, double.NaN);
            Assert.True(compiled.Evaluate(x, actual, workspace));
            interpreted.AssertSame(x, actual, 1e-12, $"{strategy.Direction}, {strategy.ColorCount} directions, seed {Seed}");
        }
    }

    /// <summary>Operations of one and two operands on whatever came before, none of which grows.</summary>
    private static TracedFunction RandomFunction(int inputs, int outputs, int operations, int seed)
    {
        var random = new Random(seed);
        return AD.Trace(x =>
        {
            List<Real> known = [.. x];
            for (var k = 0; k < operations + outputs; k++)
            {
                Real a = known[^(1 + random.Next(Math.Min(known.Count, inputs + 20)))], b = known[^(1 + random.Next(Math.Min(known.Count, inputs + 20)))];
                known.Add(random.Next(6) switch
                {
                    0 => 0.5 * a + Literal(random) * b,
                    1 => a - 0.25 * b,
                    2 => Sin(a) * b,
                    3 => Cos(a) + 0.5 * b,
                    4 => Tanh(a * b),
                    _ => a / (1 + b * b),
                });
            }
            return [.. known.TakeLast(outputs)];
        }, RandomNumbers.Create(inputs, random));
    }

    private static double Literal(Random random) => random.NextDouble() - 0.5;
}
