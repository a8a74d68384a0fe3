using HybridAD.Graph;
using HybridAD.PropertyTests.Support;
using HybridAD.Simplification;
using Xunit.Abstractions;

namespace HybridAD.PropertyTests;

/// <summary>Simplification changes values and derivatives by rounding at most, and nothing that a guard looks at.</summary>
public sealed class SimplificationProperties(ITestOutputHelper output)
{
    /// <summary>Each option alone, and whether it keeps every bit but the sign of zeros.</summary>
    private static readonly (string Name, SimplificationOptions Options, bool Exact)[] Each =
    [
        ("constant folding", SimplificationOptions.None with { ConstantFolding = true }, true),
        ("identities", SimplificationOptions.None with { Identities = true }, true),
        ("literal factors", SimplificationOptions.None with { LiteralFactors = true }, false),
        ("powers", SimplificationOptions.None with { Powers = true }, false),
        ("common subexpressions", SimplificationOptions.None with { CommonSubexpressions = true }, true),
        ("dead code", SimplificationOptions.None with { DeadCode = true }, true),
        ("nothing", SimplificationOptions.None, true),
        ("everything", SimplificationOptions.Default, false),
    ];

    [Fact]
    public void Values_and_Jacobians_change_by_rounding_at_most() =>
        GraphProperty.Check(output, nameof(Values_and_Jacobians_change_by_rounding_at_most), 1500, GraphKind.Tame, graph =>
        {
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var bounds = new RoundingBounds(slow);
            if (!bounds.AreSmall || ZeroSigns.Matter(slow))
                return;
            var (expected, rounding) = (slow.Jacobian(), bounds.JacobianErrors());
            var relative = 2 * Numbers.Unit * slow.RoundingSteps();
            var scale = slow.AbsoluteJacobian();
            foreach (var (name, options, exact) in Each)
            {
                var after = new SlowEvaluation(Simplifier.Simplify(graph.Trace, options).Trace, graph.Point);
                for (var i = 0; i < slow.Outputs.Length; i++)
                    Numbers.AssertWithin(slow.Outputs[i], after.Outputs[i], exact ? 0 : 2 * bounds.OutputErrors[i], $"y{i} after {name}");
                var jacobian = after.Jacobian();
                for (var i = 0; i < slow.Outputs.Length; i++)
                    for (var j = 0; j < graph.Trace.InputCount; j++)
                        Numbers.AssertWithin(expected[i, j], jacobian[i, j], exact ? relative * scale[i, j] : 2 * rounding[i, j], $"∂y{i}/∂x{j} after {name}");
            }
        });

    /// <summary>
    /// Without guards. What a guard needs is kept as it is, and simplification may find that it needs less: select(c, a, a) frees c, so that only a
    /// second pass simplifies c.
    /// </summary>
    [Fact]
    public void Simplifying_again_changes_nothing() =>
        GraphProperty.Check(output, nameof(Simplifying_again_changes_nothing), 1500, GraphKind.Wild, graph =>
        {
            foreach (var (name, options, _) in Each)
            {
                var once = Simplifier.Simplify(GraphRewriter.WithGuards(graph.Trace, []), options).Trace;
                TraceVerifier.Verify(once);
                // The others may add: powers become several multiplications, and merged factors are new literals.
                if (options is { Powers: false, Identities: false, LiteralFactors: false })
                    Assert.True(once.NodeCount <= graph.Trace.NodeCount, $"{name} adds nodes");
                var twice = Simplifier.Simplify(once, options).Trace;
                Assert.True(once.Hash == twice.Hash, $"{name}: {once.NodeCount} nodes become {twice.NodeCount}");
            }
        });

    [Fact]
    public void Exact_options_keep_the_value_of_every_node_that_stays() =>
        GraphProperty.Check(output, nameof(Exact_options_keep_the_value_of_every_node_that_stays), 1500, GraphKind.Wild, graph =>
        {
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            if (ZeroSigns.Matter(slow))
                return;
            foreach (var (name, options, _) in Each.Where(option => option.Exact))
            {
                var simplified = Simplifier.Simplify(graph.Trace, options);
                var after = new SlowEvaluation(simplified.Trace, graph.Point);
                for (var node = 0; node < graph.Trace.NodeCount; node++)
                    if (simplified.NodeMap[node] >= 0 && !slow.Values[node].Equals(after.Values[simplified.NodeMap[node]]))
                        Assert.Fail($"node {node} is {after.Values[simplified.NodeMap[node]]:R} after {name}, expected {slow.Values[node]:R}");
            }
        });

    /// <summary>A guard compares bits: were they to change, a function would be traced again at every point, or never.</summary>
    [Fact]
    public void What_a_guard_sees_keeps_every_bit() =>
        GraphProperty.Check(output, nameof(What_a_guard_sees_keeps_every_bit), 1500, GraphKind.Wild, graph =>
        {
            var random = graph.Random();
            var guarded = Enumerable.Range(0, 3).Select(_ => random.Next(graph.Trace.NodeCount)).ToArray();
            var slow = new SlowEvaluation(graph.Trace, graph.Point);
            var simplified = Simplifier.Simplify(GraphRewriter.WithGuards(graph.Trace, guarded.Select(node => new Guard(node, slow.Values[node]))));
            var after = new SlowEvaluation(simplified.Trace, graph.Point);
            foreach (var node in guarded)
            {
                if (simplified.NodeMap[node] < 0)
                    continue;
                Numbers.AssertSameBits([slow.Values[node]], [after.Values[simplified.NodeMap[node]]], $"guarded node {node}:");
            }
            Assert.All(simplified.Trace.Guards.ToArray(), guard => Assert.True(guard.Holds(after.Values[guard.Node])));
        });
}
