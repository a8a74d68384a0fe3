using HybridAD.Plans;
using HybridAD.Simplification;

namespace HybridAD.Tests.Simplification;

public sealed class DistinctOperationsTests
{
    [Fact]
    public void What_neighbours_compute_as_well_counts_once()
    {
        // Every cell computes the flux on both sides: two operations each, of which one flux is that of the cell before.
        var f = AD.Trace(x => [.. Enumerable.Range(1, 998).Select(k => Real.Exp(x[k + 1] * x[k]) - Real.Exp(x[k] * x[k - 1]))], new double[1000]);
        Assert.Equal(3 / 5.0, DistinctOperations.ShareOf(f.Trace), 0.01);
    }

    [Fact]
    public void Literals_are_the_same_by_their_values_and_operands_by_what_they_repeat()
    {
        var f = AD.Trace(x => [Real.Sin(2.5 * x[0]), Real.Sin(2.5 * x[0]), Real.Sin(2.5 * x[1]), Real.Sin(0.0 * x[0]), Real.Sin(-0.0 * x[0])], [1.0, 2.0]);
        Assert.Equal(6 / 10.0, DistinctOperations.ShareOf(f.Trace), 1e-12);
    }

    /// <summary>Loops are read off sooner, but have what neighbours share in each of them.</summary>
    [Fact]
    public void Instances_that_compute_the_same_are_divided_operation_by_operation()
    {
        double[] x = [.. Enumerable.Range(0, 600).Select(static k => -1 + 0.1 * Math.Sin(k))];
        Assert.Equal(BlockDivision.Operations, DivisionOf(z => [.. Enumerable.Range(5, 594).Select(i => z[i] * (2 + 5 * z[i] * z[i]) - Real.Sum([.. Enumerable.Range(i - 5, 7).Select(j => z[j] * (1 + z[j]))]))], x));
        Assert.Equal(BlockDivision.Loops, DivisionOf(z => [.. Enumerable.Range(5, 594).Select(i => z[i] * (2 + 5 * z[i] * z[i]) - Real.Sin(z[i - 5] + z[i + 1]))], x));

        static BlockDivision DivisionOf(Func<Real[], Real[]> function, double[] x) =>
            Assert.IsType<BlockStrategy>(AD.Trace(function, x, new TracingOptions { Engine = Engine.Compiled }).CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Compiled }).Plan.Strategy).Division;
    }

    [Fact]
    public void Nothing_repeats_where_nothing_is() => Assert.Equal(1, DistinctOperations.ShareOf(AD.Trace(static x => [.. x], [1.0]).Trace));

    /// <summary>As many as the simplifier finds, where operations are looked at from the first to the last.</summary>
    [Fact]
    public void Short_recordings_are_looked_at_as_a_whole()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var f = AD.Trace(
                x =>
                {
                    var numbers = x.ToList();
                    for (var k = 0; k < 300; k++)
                    {
                        var (a, b) = (numbers[random.Next(numbers.Count)], numbers[random.Next(Math.Min(8, numbers.Count))]);
                        numbers.Add(random.Next(3) switch { 0 => a - b, 1 => Real.Sin(a), _ => Real.Atan2(a, b) });
                    }
                    return [.. numbers];
                },
                [0.1, 0.2, 0.3, 0.4]);
            var trace = f.Trace;
            var known = new Dictionary<(byte, int, int), int>();
            var first = Enumerable.Range(0, trace.NodeCount).ToArray();
            for (var node = trace.InputCount; node < trace.NodeCount; node++)
            {
                var operands = trace.OperandsOf(node);
                var key = (trace.Operations[node], first[operands[0]], operands.Length > 1 ? first[operands[1]] : -1);
                if (!known.TryAdd(key, node))
                    first[node] = known[key];
            }
            Assert.Equal((double)known.Count / trace.OperationCount, DistinctOperations.ShareOf(trace), 1e-12);
        }
    }
}
