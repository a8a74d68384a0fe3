using HybridAD.Blocks;
using HybridAD.Rolling;

namespace HybridAD.Tests.Rolling;

/// <summary>Few instances are a group where each is long: compiling one kernel takes less than compiling all of them, and they are run side by side.</summary>
public sealed class LongFormsTests
{
    [Theory]
    [InlineData(40, 3, 0)]
    [InlineData(40, 4, 4)]
    [InlineData(40, 7, 7)]
    [InlineData(4, 7, 0)]
    [InlineData(4, 8, 8)]
    public void Few_are_a_group_where_they_are_long(int length, int count, int expected)
    {
        // Chains of two kinds, whose inputs and steps are their own.
        var function = AD.Trace(x => [.. Enumerable.Range(0, 2 * count).Select(k => Chain(x[2 * k], x[2 * k + 1], length, k < count))], new double[4 * count]);
        var graph = Roller.Roll(function.Trace).Graph;
        var groups = graph is null ? [] : graph.Blocks.ToArray().OfType<KernelBlock>().Where(static block => block.InstanceCount > 1).Select(static block => block.InstanceCount).ToArray();
        Assert.Equal(expected == 0 ? [] : [expected, expected], groups);
        if (graph is null)
            return;
        double[] point = [.. Enumerable.Range(0, function.InputCount).Select(static k => 0.3 + 0.02 * k)];
        Assert.Equal(function.Value(point), BlockInterpreter.Outputs(graph, point));
    }

    private static Real Chain(Real a, Real b, int length, bool isFirstKind)
    {
        for (var step = 0; step < length; step++)
            (a, b) = (isFirstKind ? Real.Sin(a) * b : Real.Cos(b) - a, a + b);
        return a * b;
    }
}
