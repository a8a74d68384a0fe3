using System.Runtime.Intrinsics.X86;
using HybridAD.Blocks;
using HybridAD.Errors;
using HybridAD.Formats.Plans;
using HybridAD.Planning;
using HybridAD.Planning.Costs;
using HybridAD.Planning.Estimates;
using HybridAD.Plans;
using HybridAD.Rolling;
using HybridAD.Tests.Support;
using HybridAD.Variants;
using static HybridAD.Real;

namespace HybridAD.PlannerTests.Plans;

/// <summary>Functions that divide into blocks of few instances which pass numbers on many times are one piece of straight-line code; others are not.</summary>
public sealed class StraightLinePlanTests
{
    private static readonly JacobianPlannerOptions Compiled = new() { Engine = Engine.Compiled };

    private static readonly StraightLineWork Code = new(isStrict: false);

    public static TheoryData<string> Functions =>
        ["bonds on a curve", "bonds on a curve that turns", "likelihood of a tree", "pairs of few particles", "flow through few cells", .. IsPacked ? (string[])["polynomials at few points"] : []];

    /// <summary>Whether arithmetic of straight-line code is packed here: some functions take less as a whole for that alone.</summary>
    private static bool IsPacked => Fma.IsSupported && Avx2.IsSupported;

    [Theory]
    [MemberData(nameof(Functions))]
    public void What_takes_less_as_a_whole_is_not_divided(string name)
    {
        var f = Function(name);
        Assert.False(FunctionBlocks.IsWhole(FunctionBlocks.Of(f.SimplifiedTrace, RollingOptions.ForDerivatives)!), "it would be whole anyway");
        Assert.Equal(BlockDivision.Whole, Assert.IsType<BlockStrategy>(f.PlanJacobian(Compiled).Strategy).Division);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void The_numbers_are_those_of_the_interpreter(string name)
    {
        var f = Function(name);
        var compiled = f.CompileJacobian(Compiled);
        var interpreted = f.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted });
        // The last one is where branches are other ones.
        foreach (var factor in (double[])[1, 0.9, 1.3, -1])
        {
            var x = Array.ConvertAll(Point(f.InputCount), number => factor * number);
            AssertSame(interpreted.Evaluate(x).Values, compiled.Evaluate(x).Values, $"{name}, Jacobian at {factor}");
            var (expected, actual, entries) = (new double[f.OutputCount], new double[f.OutputCount], new double[compiled.Pattern.NonzeroCount]);
            compiled.ValueAndEvaluateSparse(x, actual, entries);
            AssertSame(interpreted.Evaluate(x).Values, entries, $"{name}, Jacobian with values at {factor}");
            Function(name, Engine.Interpreted).Value(x, expected);
            Function(name, Engine.Compiled).Value(x, actual);
            AssertSame(expected, actual, $"{name}, values at {factor}");
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_plan_survives_being_written_and_read(string name)
    {
        var f = Function(name);
        var plan = f.PlanJacobian(Compiled);
        var buffer = new MemoryStream();
        PlanJsonWriter.Write(plan, buffer);
        var read = Assert.IsType<BlockStrategy>(PlanJsonReader.Read(buffer.ToArray()).Strategy);
        Assert.Equal(BlockDivision.Whole, read.Division);
        var x = Point(f.InputCount);
        Assert.Equal(f.CompileJacobian(Compiled).Evaluate(x).Values.ToArray(), f.Compile(plan with { Strategy = read }, Engine.Compiled).Evaluate(x).Values.ToArray());
    }

    [Fact]
    public void What_is_too_long_is_refused()
    {
        var f = AD.Trace(x => [.. Enumerable.Range(0, 3000).Select(k => Sin(x[k % 7] * (k + 1)) / (1 + Exp(x[k % 5] * k) * Cos(x[k % 3] - k)))], Point(7));
        Assert.True(f.SimplifiedTrace.OperationCount > FunctionBlocks.LargestStraightLine, $"{f.SimplifiedTrace.OperationCount} operations");
        var strategy = Assert.IsType<BlockStrategy>(f.PlanJacobian(Compiled).Strategy);
        var plan = f.PlanJacobian(Compiled) with { Strategy = new BlockStrategy(strategy.Orders, strategy.Otherwise) { Division = BlockDivision.Whole } };
        var error = Assert.Throws<HybridAdException>(() => f.Compile(plan));
        Assert.Equal(ErrorCodes.InvalidPlan, error.Code);
        Assert.Contains("too long to be compiled operation by operation", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_many_instances_stays_divided()
    {
        var f = AD.Trace(x => [.. x.Select(static v => Sin(v) * Exp(v) / (1 + v * v))], Point(500));
        Assert.NotEqual(BlockDivision.Whole, Assert.IsType<BlockStrategy>(f.PlanJacobian(Compiled).Strategy).Division);
        var blocks = FunctionBlocks.Of(f.SimplifiedTrace, RollingOptions.ForValues)!;
        Assert.Same(blocks, StraightLineOrBlocks.ForValues(f.SimplifiedTrace, blocks, RollingOptions.ForValues, Engine.Compiled, Code));
    }

    [Fact]
    public void Values_of_a_network_are_straight_line_code()
    {
        var f = Function("reactions of substances");
        var blocks = FunctionBlocks.Of(f.SimplifiedTrace, RollingOptions.ForValues)!;
        Assert.True(blocks.Blocks.Length > 1, "it would be whole anyway");
        var values = StraightLineOrBlocks.ForValues(f.SimplifiedTrace, blocks, RollingOptions.ForValues, Engine.Compiled, Code);
        Assert.Equal(f.SimplifiedTrace.OperationCount, Assert.IsType<KernelBlock>(Assert.Single(values.Blocks.ToArray())).Kernel.OperationCount);
    }

    [Theory]
    [InlineData(Engine.Compiled, 30_000, true)]
    [InlineData(Engine.Auto, 30_000, false)]
    [InlineData(Engine.Auto, 1e9, true)]
    public void Code_is_looked_at_where_that_pays(Engine engine, double evaluations, bool looks)
    {
        var f = Function("polynomials at few points");
        var code = new CountedWork();
        var plan = JacobianPlanner.Plan(
            () => f.FirstVariant.Graph, f.JacobianPattern, new JacobianPlannerOptions { Engine = engine, Evaluations = evaluations, Mode = JacobianMode.Blocks }, loops: null, areStated: false, code);
        Assert.Equal(looks ? 1 : 0, code.Looks);
        Assert.Equal(looks && IsPacked, Assert.IsType<BlockStrategy>(plan.Strategy).Division == BlockDivision.Whole);
    }

    [Fact]
    public void Long_code_is_not_looked_at()
    {
        var f = AD.Trace(static x => Polynomials([.. x, .. x, .. x, .. x, .. x]), Point(12));
        Assert.True(f.SimplifiedTrace.OperationCount > StraightLineOrBlocks.LongestLookedAt, $"{f.SimplifiedTrace.OperationCount} operations");
        var code = new CountedWork();
        _ = JacobianPlanner.Plan(() => f.FirstVariant.Graph, f.JacobianPattern, Compiled, loops: null, areStated: false, code);
        Assert.Equal(0, code.Looks);
    }

    private static TracedFunction Function(string name, Engine engine = Engine.Compiled)
    {
        (Func<Real[], Real[]> Function, int Inputs) f = name switch
        {
            "bonds on a curve" => (x => Bonds(x, turns: false), 20),
            "bonds on a curve that turns" => (x => Bonds(x, turns: true), 20),
            "reactions of substances" => (Reactions, 60),
            "likelihood of a tree" => (x => [Tree(x)], 31),
            "polynomials at few points" => (Polynomials, 12),
            "pairs of few particles" => (x => [Pairs(x)], 18),
            "flow through few cells" => (Flow, 36),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
        return AD.Trace(f.Function, Point(f.Inputs), new TracingOptions { Engine = engine });
    }

    /// <summary>Bonds that are paid at times of their own, on a curve of rates, each of which counts for all times behind it.</summary>
    private static Real[] Bonds(Real[] rates, bool turns)
    {
        var discounts = new Real[3 * rates.Length];
        Real integral = 0;
        for (var time = 0; time < discounts.Length; time++)
        {
            var rate = rates[time / 3];
            integral += turns && rate < 0 ? 0.001 - 0.002 * rate : 0.01 + 0.005 * rate;
            discounts[time] = Exp(-integral);
        }
        return [.. Enumerable.Range(0, 30).Select(bond =>
        {
            Real value = 0;
            for (var time = bond % 4; time < 5 + 7 * bond % (discounts.Length - 5); time += 1 + bond % 2)
                value += (0.03 + 0.001 * bond) * discounts[time] + 0.01 * (discounts[time] - discounts[Math.Max(0, time - 1 - bond % 3)]);
            return value;
        })];
    }

    /// <summary>How fast the amounts of substances change, each of which is in some reactions.</summary>
    private static Real[] Reactions(Real[] amounts)
    {
        var random = new Random(4);
        var changes = new Real[amounts.Length];
        Array.Fill(changes, 0);
        for (var reaction = 0; reaction < 200; reaction++)
        {
            var (educts, products) = (Some(random), Some(random));
            var rate = educts.Aggregate((Real)(0.1 * (1 + reaction)), (product, one) => product * amounts[one]) - products.Aggregate((Real)0.02, (product, one) => product * amounts[one]);
            foreach (var one in educts)
                changes[one] -= rate;
            foreach (var one in products)
                changes[one] += rate;
        }
        return changes;

        static int[] Some(Random random) => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(60))];
    }

    /// <summary>Which of four letters are seen at the leaves of a tree, at many sites: how likely each is in every node, from what is seen below it.</summary>
    private static Real Tree(Real[] lengths)
    {
        var random = new Random(3);
        var moves = Array.ConvertAll(lengths, static length => (Near: 0.3 - 0.3 * Exp(-length), Far: 0.2 - 0.2 * Exp(-2 * length)));
        Real sum = 0;
        for (var site = 0; site < 60; site++)
        {
            var level = Enumerable.Range(0, 16).Select(_ => random.Next(4)).Select(static seen => Enumerable.Range(0, 4).Select(letter => (Real)(letter == seen ? 1 : 0)).ToArray()).ToArray();
            for (var branch = 0; level.Length > 1;)
            {
                var above = new Real[level.Length / 2][];
                for (var k = 0; k < above.Length; k++, branch += 2)
                    above[k] = [.. Moved(level[2 * k], moves[branch]).Zip(Moved(level[2 * k + 1], moves[branch + 1]), static (left, right) => left * right)];
                level = above;
            }
            sum += Log(Sum(level[0]) * moves[30].Near);
        }
        return sum;

        static Real[] Moved(Real[] below, (Real Near, Real Far) move) =>
            [.. Enumerable.Range(0, 4).Select(letter => (1 - move.Near - 2 * move.Far) * below[letter] + move.Near * below[letter ^ 1] + move.Far * (below[letter ^ 2] + below[letter ^ 3]))];
    }

    /// <summary>Sums over all points of polynomials of every degree, each made of the two before.</summary>
    private static Real[] Polynomials(Real[] points)
    {
        var sums = new Real[points.Length];
        Array.Fill(sums, 0);
        foreach (var point in points)
        {
            var (last, current) = ((Real)1, 2 * point - 1);
            var twice = 2 * current;
            for (var degree = 0; degree < sums.Length; degree++)
            {
                sums[degree] += current;
                (last, current) = (current, twice * current - last);
            }
        }
        return sums;
    }

    /// <summary>What particles in space have of each other.</summary>
    private static Real Pairs(Real[] places)
    {
        Real energy = 0;
        for (var first = 0; first < places.Length / 3; first++)
            for (var second = 0; second < first; second++)
            {
                Real square = 0.3 * first;
                for (var axis = 0; axis < 3; axis++)
                    square += (places[3 * first + axis] - places[3 * second + axis]) * (places[3 * first + axis] - places[3 * second + axis]);
                var inverse = 1 / square;
                var cube = inverse * inverse * inverse;
                energy += 4 * (cube * cube - cube);
            }
        return energy;
    }

    /// <summary>What enters and leaves the cells of a small grid, which differ at its edges.</summary>
    private static Real[] Flow(Real[] numbers)
    {
        const int Side = 6;
        Real At(int row, int column) => row is < 0 or >= Side ? 0 : numbers[row * Side + (column + Side) % Side];
        return [.. Enumerable.Range(0, Side * Side).Select(cell =>
        {
            var (row, column) = Math.DivRem(cell, Side);
            var (here, east, north) = (At(row, column), 0.5 * (At(row, column) + At(row, column + 1)), 0.5 * (At(row, column) + At(row + 1, column)));
            return (east * east - here * At(row, column - 1)) / 0.3 + north * At(row + 1, column + 1) - 0.1 * (At(row + 1, column) + At(row - 1, column) + At(row, column + 1) + At(row, column - 1) - 4 * here);
        })];
    }

    private static void AssertSame(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = 0.0;
        foreach (var number in expected)
            largest = Math.Max(largest, Math.Abs(number));
        for (var k = 0; k < expected.Length; k++)
            Close.Within(expected[k], actual[k], 1e-11 * largest, $"{what}, number {k}");
    }

    private static double[] Point(int count) => [.. Enumerable.Range(0, count).Select(static k => 0.7 + 0.2 * Math.Cos(k))];

    private sealed class CountedWork : IStraightLineWork
    {
        public int Looks { get; private set; }

        public Work OfValues(BlockGraph whole, CostProfile profile) => Code.OfValues(whole, profile);

        public Work OfJacobian(BlockGraph whole, SparsityPattern pattern, JacobianStrategy order, CostProfile profile)
        {
            Looks++;
            return Code.OfJacobian(whole, pattern, order, profile);
        }
    }
}
