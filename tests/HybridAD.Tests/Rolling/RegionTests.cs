using HybridAD.Bench.Rolling;
using HybridAD.Graph;
using HybridAD.Rolling.Forms;
using HybridAD.Rolling.Nodes;
using HybridAD.Rolling.Partitions;
using HybridAD.Rolling.Revisions;
using HybridAD.Rolling.Sums;
using HybridAD.Tests.Support;

namespace HybridAD.Tests.Rolling;

/// <summary>What rolling takes over or counts beforehand is what it would find if it started anew.</summary>
public sealed class RegionTests
{
    private const int Seeds = 300;

    [Fact]
    public void Separated_regions_are_those_that_are_found_anew()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var division = new RandomDivision(seed);
            var (regions, anew) = (division.Regions(), division.Regions());
            var instances = division.Instances();
            instances.Encode(regions, double.PositiveInfinity);
            var random = new Random(seed);
            for (var round = 0; round < 3; round++)
            {
                var chosen = new bool[regions.Count];
                for (var region = 0; region < chosen.Length; region++)
                    chosen[region] = random.Next(3) == 0;
                if (!regions.Separate(chosen))
                    continue;
                anew.Separate(chosen);
                AssertAreAsFoundAnew(division, regions, anew, instances);
            }
        }
    }

    [Fact]
    public void Regions_without_dissolved_runs_are_those_that_are_found_anew()
    {
        var dissolved = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var division = new RandomDivision(SumInStatements(seed));
            var (regions, anew) = (division.Regions(), division.Regions());
            var instances = division.Instances();
            instances.Encode(regions, double.PositiveInfinity);
            var haveRuns = new bool[regions.Count];
            for (var region = 0; region < haveRuns.Length; region++)
                foreach (var root in regions.Roots(region))
                    haveRuns[region] |= division.Runs.RunOf(root) >= 0;
            dissolved += division.Runs.Count;
            for (var run = 0; run < division.Runs.Count; run++)
                division.Runs.Dissolve(run);
            regions.Rejoin(haveRuns);
            AssertAreAsFoundAnew(division, regions, anew, instances);
        }
        Assert.True(dissolved > Seeds, "Too few runs to see anything.");
    }

    [Fact]
    public void Expressions_that_are_too_costly_to_be_frequent_are_not_frequent()
    {
        for (var seed = 0; seed < Seeds; seed++)
            foreach (var trace in new[] { RandomTraces.Create(seed, 4, 20 + 30 * (seed % 80)), SumInStatements(seed) })
            {
                var function = new LiveFunction(trace, includeGuards: seed % 2 == 0);
                var occurrences = new Dictionary<uint, int>();
                for (var node = 0; node < trace.NodeCount; node++)
                    if (function.Kinds[node] == NodeKind.Kernel)
                        occurrences[function.Expressions.Shape(node)] = occurrences.GetValueOrDefault(function.Expressions.Shape(node)) + 1;
                for (var node = 0; node < trace.NodeCount; node++)
                    if (function.Kinds[node] == NodeKind.Kernel && function.Expressions.Cost(node) > OperationCosts.Cheap
                        && RepeatedParts.IsWorthwhile(occurrences[function.Expressions.Shape(node)], function.Expressions.Cost(node)))
                        Assert.True(RepeatedParts.IsPossible(function.Expressions, node), $"seed {seed}, node {node}");
            }
    }

    [Fact]
    public void The_budget_counts_the_operations_that_all_regions_have()
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var division = new RandomDivision(seed);
            if (division.Runs.Count > 0)
                continue;
            var regions = division.Regions();
            var instances = division.Instances();
            instances.Encode(regions, double.PositiveInfinity);
            var once = division.OperationCount;
            Assert.True(instances.OperationCount <= regions.OperationsAtMost, $"seed {seed}");
            foreach (var most in new[] { instances.OperationCount, instances.OperationCount - 1, (instances.OperationCount + once) / 2 })
                if (most >= once)
                    Assert.Equal(instances.OperationCount > most, regions.HaveMoreThan(most));
        }
    }

    /// <summary>A sum to which a loop adds one to three terms a time, of several shapes, and something that is not a sum.</summary>
    private static Trace SumInStatements(int seed)
    {
        var random = new Random(seed);
        return RepeatingModels.Record(60, x =>
        {
            Real sum = 0;
            for (var i = 0; i < x.Length; i++)
                for (var statement = random.Next(seed % 3 + 1); statement >= 0; statement--)
                    sum += Term(random.Next(4), x[i], x[(i + 1) % x.Length]);
            return [sum, Real.Sin(sum * x[0]) * Term(2, x[1], x[2])];
        });

        static Real Term(int kind, Real a, Real b) => kind switch
        {
            0 => Real.Sin(a),
            1 => a * b,
            2 => Real.Exp(a) * Real.Cos(b + a),
            _ => (a - b) * (a - b) / (1 + a * a),
        };
    }

    private static void AssertAreAsFoundAnew(RandomDivision division, Regions regions, Regions anew, Instances instances)
    {
        anew.Rejoin();
        instances.Encode(regions, double.PositiveInfinity);
        var instancesAnew = division.Instances();
        instancesAnew.Encode(anew, double.PositiveInfinity);
        AssertEqual(instancesAnew, instances);
    }

    private static void AssertEqual(Instances expected, Instances actual)
    {
        Assert.Equal(expected.FormOf[..expected.RegionCount], actual.FormOf[..actual.RegionCount]);
        Assert.Equal(expected.OperationCount, actual.OperationCount);
        Assert.Equal(expected.Forms.Count, actual.Forms.Count);
        for (var form = 0; form < expected.Forms.Count; form++)
        {
            Assert.Equal(expected.Forms.Text(form), actual.Forms.Text(form));
            Assert.Equal(expected.Forms.RegionCount(form), actual.Forms.RegionCount(form));
            Assert.Equal(expected.Forms.HasRuns(form), actual.Forms.HasRuns(form));
        }
        for (var region = 0; region < expected.RegionCount; region++)
        {
            Assert.Equal(expected.Roots(region), actual.Roots(region));
            Assert.Equal(expected.Leaves(region), actual.Leaves(region));
            Assert.Equal(expected.Literals(region), actual.Literals(region));
        }
    }

    /// <summary>The cones of a trace.</summary>
    private sealed class RandomDivision
    {
        private readonly LiveFunction _function;
        private readonly NodeMarks _seen;
        private readonly Cones _cones;

        public RandomDivision(int seed)
            : this(RandomTraces.Create(seed, 4, 20 + 3 * (seed % 80)), includeGuards: seed % 2 == 0)
        {
        }

        public RandomDivision(Trace trace, bool includeGuards = false)
        {
            _function = new LiveFunction(trace, includeGuards);
            _seen = new NodeMarks(trace.NodeCount);
            var sums = new LinearSums(_function, new RowSplits(_function, _seen, splitSums: true), null);
            Runs = new TermRuns(_function, sums, _seen);
            _cones = new Cones(_function, sums.Required);
        }

        public TermRuns Runs { get; }

        public int OperationCount => _function.Expressions.OperationCount;

        public Regions Regions() => new(_cones, Runs, joinsCones: true);

        public Instances Instances() => new(_function, Runs, _seen);
    }
}
