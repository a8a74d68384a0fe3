using HybridAD.Rolling;
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
                anew.Rejoin();
                instances.Encode(regions, double.PositiveInfinity);
                var instancesAnew = division.Instances();
                instancesAnew.Encode(anew, double.PositiveInfinity);
                AssertEqual(instancesAnew, instances);
            }
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
            foreach (var most in new[] { instances.OperationCount, instances.OperationCount - 1, (instances.OperationCount + once) / 2 })
                if (most >= once)
                    Assert.Equal(instances.OperationCount > most, regions.HaveMoreThan(most));
        }
    }

    private static void AssertEqual(Instances expected, Instances actual)
    {
        Assert.Equal(expected.FormOf, actual.FormOf);
        Assert.Equal(expected.OperationCount, actual.OperationCount);
        Assert.Equal(expected.Forms.Count, actual.Forms.Count);
        for (var form = 0; form < expected.Forms.Count; form++)
        {
            Assert.Equal(expected.Forms.Text(form), actual.Forms.Text(form));
            Assert.Equal(expected.Forms.RegionCount(form), actual.Forms.RegionCount(form));
            Assert.Equal(expected.Forms.HasRuns(form), actual.Forms.HasRuns(form));
        }
        for (var region = 0; region < expected.FormOf.Length; region++)
        {
            Assert.Equal(expected.Roots(region), actual.Roots(region));
            Assert.Equal(expected.Leaves(region), actual.Leaves(region));
            Assert.Equal(expected.Literals(region), actual.Literals(region));
        }
    }

    /// <summary>The cones of a random trace.</summary>
    private sealed class RandomDivision
    {
        private readonly LiveFunction _function;
        private readonly NodeMarks _seen;
        private readonly Cones _cones;

        public RandomDivision(int seed)
        {
            var trace = RandomTraces.Create(seed, 4, 20 + 3 * (seed % 80));
            _function = new LiveFunction(trace, includeGuards: seed % 2 == 0);
            _seen = new NodeMarks(trace.NodeCount);
            var sums = new LinearSums(_function, new RowSplits(_function, _seen, splitSums: true), null);
            Runs = new TermRuns(_function, sums, _seen);
            _cones = new Cones(_function, sums.Required);
        }

        public TermRuns Runs { get; }

        public int OperationCount => _function.Expressions.OperationCount;

        public Regions Regions() => new(_cones, Runs);

        public Instances Instances() => new(_function, Runs, _seen);
    }
}
