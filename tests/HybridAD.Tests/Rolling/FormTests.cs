using System.Globalization;
using System.Text;
using HybridAD.Blocks;
using HybridAD.Graph;
using HybridAD.Rolling;

namespace HybridAD.Tests.Rolling;

/// <summary>Expressions are instances of one kernel if and only if they are written alike, in whatever order they come.</summary>
public sealed class FormTests
{
    private const int Leaves = 3;
    private const int Instances = 400;
    private const int SmallestGroup = 8;

    [Fact]
    public void Groups_are_the_expressions_that_a_recursive_writer_writes_alike()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var trace = Expressions(seed);
            var graph = Roller.Roll(trace, RollingOptions.ForDerivatives with { LeastShare = 0 }).Graph;
            Assert.NotNull(graph);
            // What is alike less often may be taken apart, and its parts may repeat.
            foreach (var group in Enumerable.Range(0, trace.OutputCount).GroupBy(output => Written(trace, trace.Outputs[output])).Where(group => group.Count() >= SmallestGroup))
            {
                var blocks = group.Select(output => BlockOf(graph, graph.OutputSlots[output])).Distinct().ToArray();
                Assert.True(blocks is [var block] && block.InstanceCount == group.Count(), $"seed {seed}: {group.Count()} of {group.Key} in blocks of {string.Join(", ", blocks.Select(block => block.InstanceCount))}");
            }
        }
    }

    private static KernelBlock BlockOf(BlockGraph graph, int slot) =>
        graph.Blocks.ToArray().OfType<KernelBlock>().Single(block => slot >= block.FirstSlot && slot < block.FirstSlot + block.SlotCount);

    /// <summary>Instances of a few bodies, each of inputs of its own of which some may be the same, with literals and exponents that differ; only they end in a hyperbolic tangent.</summary>
    private static Trace Expressions(int seed)
    {
        var random = new Random(seed);
        var builder = new TraceBuilder(Leaves * Instances);
        var bodies = Enumerable.Range(0, 1 + random.Next(5)).Select(_ => (Seed: random.Next(), Length: 1 + random.Next(9))).ToArray();
        var varies = random.Next(3);
        var outputs = new int[Instances];
        for (var instance = 0; instance < Instances; instance++)
        {
            var (body, length) = bodies[random.Next(2) == 0 ? instance % bodies.Length : random.Next(bodies.Length)];
            var leaves = Enumerable.Range(0, Leaves).Select(leaf => Leaves * instance + (random.Next(8) < varies ? random.Next(Leaves) : leaf)).ToArray();
            outputs[instance] = builder.Unary(Op.Tanh, Body(builder, new Random(body), length, [.. leaves], 2 + (random.Next(8) < varies ? 1 : 0), random.Next(3)));
        }
        return builder.Build(outputs);
    }

    private static int Body(TraceBuilder builder, Random random, int length, List<int> nodes, double exponent, double literal)
    {
        for (var k = 0; k < length; k++)
        {
            var (a, b) = (nodes[random.Next(nodes.Count)], nodes[^1]);
            nodes.Add(random.Next(6) switch
            {
                0 => builder.Unary(Op.Sin, b),
                1 => builder.Binary(Op.Pow, b, builder.Constant(exponent)),
                2 => builder.Binary(Op.Mul, builder.Constant(literal + 3), b),
                3 => builder.List(Op.Sum, a, b, a),
                4 => builder.Binary(Op.Div, a, b),
                _ => builder.Binary(Op.Mul, a, b),
            });
        }
        return nodes[^1];
    }

    /// <summary>An expression with its leaves by first occurrence, exponents by value and all other literals alike.</summary>
    private static string Written(Trace trace, int root)
    {
        var text = new StringBuilder();
        var seen = new Dictionary<int, int>();
        Write(root, isExponent: false);
        return text.ToString();

        void Write(int node, bool isExponent)
        {
            if (trace.IsConstant(node))
                text.Append(isExponent ? trace.ConstantOf(node).ToString("R", CultureInfo.InvariantCulture) : "literal");
            else if (seen.TryGetValue(node, out var number))
                text.Append(CultureInfo.InvariantCulture, $"#{number}");
            else
            {
                seen.Add(node, seen.Count);
                text.Append(CultureInfo.InvariantCulture, $"{trace.Operations[node]}(");
                var operands = trace.OperandsOf(node).ToArray();
                for (var k = 0; k < operands.Length; k++)
                {
                    Write(operands[k], trace.Operations[node] == Op.Pow && k > 0);
                    text.Append(',');
                }
                text.Append(')');
            }
        }
    }
}
