using HybridAD.PropertyTests.Support;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Derivatives agree with differences of the values, within bounds that are tight enough to notice a wrong rule.</summary>
public sealed class FiniteDifferenceProperties(ITestOutputHelper output)
{
    [Fact]
    public void Jacobians_agree_with_differences()
    {
        var (claims, sharp) = (0L, 0L);
        GraphProperty.Check(output, nameof(Jacobians_agree_with_differences), 3000, GraphKind.Tame, graph =>
        {
            if (graph.Trace.NodeCount > 300)
                return;
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var bounds = new RoundingBounds(slow);
            if (!bounds.AreSmall)
                return;
            var (jacobian, scale, rounding) = (new TracedFunction(graph.Trace).Jacobian(graph.Point), slow.AbsoluteJacobian(), bounds.JacobianErrors());
            var differences = new FiniteDifferences(slow, graph.Point, bounds);
            for (var j = 0; j < graph.Trace.InputCount; j++)
            {
                var (derivatives, errors) = differences.Column(j);
                for (var i = 0; i < derivatives.Length; i++)
                {
                    if (scale[i, j] == 0)
                    {
                        Assert.True(derivatives[i] == 0, $"∂y{i}/∂x{j} is structurally 0 but differences give {derivatives[i]:R}");
                        continue;
                    }
                    claims++;
                    sharp += errors[i] <= 1e-5 * scale[i, j] ? 1 : 0;
                    Numbers.AssertWithin(derivatives[i], jacobian[i, j], errors[i] + 2 * rounding[i, j], $"∂y{i}/∂x{j}");
                }
            }
        });
        output.WriteLine($"{claims} entries compared, {100.0 * sharp / claims:F1} % to five digits of their scale or better");
        Assert.True(sharp > 0.9 * claims);
    }

    /// <summary>The check itself is checked: a partial that is wrong by a thousandth is found wherever it matters.</summary>
    [Fact]
    public void A_wrong_partial_is_noticed()
    {
        var (tried, noticed) = (0, 0);
        for (var seed = 0; tried < 200; seed++)
        {
            var graph = GraphGenerator.Create(seed, 1 + seed % 60, GraphKind.Tame);
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var bounds = new RoundingBounds(slow);
            if (!bounds.AreSmall || graph.Trace.NodeCount > 300)
                continue;
            var (truth, scale) = (slow.Jacobian(), slow.AbsoluteJacobian());
            var differences = new FiniteDifferences(slow, graph.Point, bounds);
            var random = graph.Random();
            var node = random.Next(graph.Trace.NodeCount);
            if (slow.Partials[node].Length == 0)
                continue;
            slow.Partials[node][random.Next(slow.Partials[node].Length)] *= 1.001;
            var wrong = slow.Jacobian();
            var matters = false;
            var found = false;
            for (var j = 0; j < graph.Trace.InputCount; j++)
            {
                var (derivatives, errors) = differences.Column(j);
                for (var i = 0; i < derivatives.Length; i++)
                {
                    matters |= Math.Abs(wrong[i, j] - truth[i, j]) > 1e-4 * scale[i, j];
                    found |= Math.Abs(wrong[i, j] - derivatives[i]) > errors[i];
                }
            }
            tried += matters ? 1 : 0;
            noticed += matters && found ? 1 : 0;
        }
        output.WriteLine($"{noticed} of {tried} wrong partials noticed");
        Assert.True(noticed >= 0.97 * tried, $"only {noticed} of {tried} wrong partials noticed");
    }
}
