using FsCheck;
using FsCheck.Fluent;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.PropertyTests.Support;
using HybridAD.Simplification;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Functions with branches, traced at one point and used at others: never silently wrong.</summary>
public sealed class GuardProperties(ITestOutputHelper output)
{
    private static readonly Arbitrary<BranchyCase> Cases = Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Select(BranchyCase.Create));

    [Fact]
    public void Traced_again_where_a_branch_flips_they_equal_the_function_itself()
    {
        var flips = 0;
        GraphProperty.Check(output, nameof(Traced_again_where_a_branch_flips_they_equal_the_function_itself), 1500, Cases, test =>
        {
            var traced = AD.Trace(x => test.Program.Run<Real>(x), test.Points[0], Exactly(GuardPolicy.Retrace));
            var seen = new HashSet<string>();
            foreach (var point in test.Points.Concat(test.Points))
            {
                seen.Add(test.Decisions(point));
                Numbers.AssertSameBits(test.Program.Run<double>(point), traced.Value(point), $"value at [{string.Join(", ", point)}]");
                Assert.Equal(seen.Count, traced.Traces.Count);
                AssertJacobian(test, traced, point);
            }
            flips += seen.Count - 1;
        });
        output.WriteLine($"{flips} flips");
        Assert.True(flips > 500);
    }

    [Fact]
    public void Simplified_they_still_take_the_branches_of_the_function_itself() =>
        GraphProperty.Check(output, nameof(Simplified_they_still_take_the_branches_of_the_function_itself), 1500, Cases, test =>
        {
            var traced = AD.Trace(x => test.Program.Run<Real>(x), test.Points[0]);
            var seen = new HashSet<string>();
            foreach (var point in test.Points)
            {
                seen.Add(test.Decisions(point));
                var (expected, actual) = (test.Program.Run<double>(point), traced.Value(point));
                for (var i = 0; i < expected.Length; i++)
                    Numbers.AssertWithin(expected[i], actual[i], 1e-12 * (1 + Math.Abs(expected[i])), $"y{i} at [{string.Join(", ", point)}]");
                Assert.Equal(seen.Count, traced.Traces.Count);
            }
        });

    [Fact]
    public void The_throwing_policy_throws_exactly_where_a_decision_differs() =>
        GraphProperty.Check(output, nameof(The_throwing_policy_throws_exactly_where_a_decision_differs), 1500, Cases, test =>
        {
            foreach (var options in (TracingOptions[])[Exactly(GuardPolicy.Throw), new TracingOptions { OnGuardFlip = GuardPolicy.Throw }])
            {
                var traced = AD.Trace(x => test.Program.Run<Real>(x), test.Points[0], options);
                foreach (var point in test.Points)
                {
                    if (test.Decisions(point) == test.Decisions(test.Points[0]))
                        traced.Value(point);
                    else
                        Assert.Equal(ErrorCodes.GuardFlipped, Assert.Throws<HybridAdException>(() => traced.Jacobian(point)).Code);
                    Assert.Single(traced.Traces);
                }
            }
        });

    [Fact]
    public void Ignoring_guards_differentiates_the_traced_branch_everywhere() =>
        GraphProperty.Check(output, nameof(Ignoring_guards_differentiates_the_traced_branch_everywhere), 1500, Cases, test =>
        {
            var traced = AD.Trace(x => test.Program.Run<Real>(x), test.Points[0], Exactly(GuardPolicy.Ignore));
            var decisions = new List<bool>();
            test.Program.Run<double>(test.Points[0], decisions);
            foreach (var point in test.Points)
            {
                Numbers.AssertSameBits(test.Program.Run<double>(point, forced: new Queue<bool>(decisions)), traced.Value(point), "value on the traced branch");
                Assert.Single(traced.Traces);
            }
        });

    /// <summary>The Jacobian against dual numbers that run through the same branches.</summary>
    private static void AssertJacobian(BranchyCase test, TracedFunction traced, double[] point)
    {
        var jacobian = traced.Jacobian(point);
        for (var j = 0; j < point.Length; j++)
        {
            var duals = test.Program.Run<Dual<double>>([.. point.Select((x, k) => new Dual<double>(x, k == j ? 1 : 0))]);
            for (var i = 0; i < duals.Length; i++)
                Numbers.AssertWithin(duals[i].Tangent, jacobian[i, j], 1e-10 * (1 + Math.Abs(duals[i].Tangent)), $"∂y{i}/∂x{j} at [{string.Join(", ", point)}]");
        }
    }

    private static TracingOptions Exactly(GuardPolicy policy) => new() { OnGuardFlip = policy, Simplification = SimplificationOptions.None };

    private sealed record BranchyCase(BranchyProgram Program, double[][] Points, int Seed)
    {
        public static BranchyCase Create(int seed)
        {
            var random = new Random(seed);
            var program = BranchyProgram.Create(random);
            // Few digits, so that ties and points on boundaries happen.
            var points = new double[4][];
            for (var k = 0; k < points.Length; k++)
                points[k] = [.. Enumerable.Range(0, program.Inputs).Select(_ => random.Next(3) == 0 ? Math.Round(3 * random.NextDouble() - 1.5, 1) : 3 * random.NextDouble() - 1.5)];
            return new BranchyCase(program, points, seed);
        }

        public string Decisions(double[] point)
        {
            var decided = new List<bool>();
            Program.Run<double>(point, decided);
            return string.Concat(decided.Select(outcome => outcome ? '1' : '0'));
        }

        public override string ToString() => $"seed {Seed}: {Program} at {string.Join(" then ", Points.Select(point => $"[{string.Join(", ", point)}]"))}";
    }
}
