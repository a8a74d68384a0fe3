using HybridAD.Execution.Values;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Execution.Curvature;

/// <summary>Computes the second partial derivatives of one primitive to one pair of operands, for all nodes that need it.</summary>
internal abstract class SecondPartialKernel
{
    /// <summary>Computes the second partials; all values must stand in their slots.</summary>
    public abstract void Run(double[] slots);

    /// <summary>Groups the computed pairs by primitive and pair of operands.</summary>
    public static SecondPartialKernel[] For(CurvatureLayout layout)
    {
        var trace = layout.Curved.Graph.Trace;
        var groups = new SortedDictionary<(byte Operation, int First, int Second), List<int>>();
        for (var k = 0; k < layout.Computed.Length; k++)
        {
            var (node, first, second) = layout.Computed[k];
            var operation = trace.Operations[node];
            // All pairs of a list are computed together, since the operands have to be gathered.
            var key = Primitive.ArityOf(operation) is Arity.List or Arity.Ternary ? (operation, 0, 0) : (operation, first, second);
            if (!groups.TryGetValue(key, out var group))
                groups.Add(key, group = []);
            group.Add(k);
        }
        var kernels = new List<SecondPartialKernel>();
        foreach (var (key, group) in groups)
            kernels.Add(Primitive.Of(key.Operation).Accept(new Factory(layout, [.. group], key.First, key.Second)));
        return [.. kernels];
    }

    private sealed class Factory(CurvatureLayout layout, int[] group, int first, int second) : IPrimitiveVisitor<SecondPartialKernel>
    {
        private readonly Trace _trace = layout.Curved.Graph.Trace;
        private readonly int[] _targets = Array.ConvertAll(group, k => layout.SecondStart + k);
        private readonly int[] _nodes = Array.ConvertAll(group, k => layout.Computed[k].Node);

        public SecondPartialKernel Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule =>
            new UnarySecond<TRule>(_targets, _nodes, Array.ConvertAll(_nodes, _trace.RawA));

        public SecondPartialKernel Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule
        {
            var left = Array.ConvertAll(_nodes, _trace.RawA);
            var right = Array.ConvertAll(_nodes, _trace.RawB);
            return (first + second) switch
            {
                0 => new BinarySecond<TRule, LeftLeft>(_targets, _nodes, left, right),
                1 => new BinarySecond<TRule, LeftRight>(_targets, _nodes, left, right),
                _ => new BinarySecond<TRule, RightRight>(_targets, _nodes, left, right),
            };
        }

        public SecondPartialKernel List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule =>
            new ListSecond<TRule>(_trace, _targets, Array.ConvertAll(group, k => layout.Computed[k]));

        public SecondPartialKernel Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule =>
            new ParametricSecond<TRule>(_trace, _targets, _nodes);
    }

    private sealed class UnarySecond<TRule>(int[] targets, int[] nodes, int[] operands) : SecondPartialKernel
        where TRule : struct, IUnaryRule
    {
        public override void Run(double[] slots)
        {
            for (var k = 0; k < targets.Length; k++)
                slots[targets[k]] = TRule.Second(slots[operands[k]], slots[nodes[k]]);
        }
    }

    private interface IPair
    {
        static abstract double Second<TRule>(double a, double b, double y) where TRule : struct, IBinaryRule;
    }

    private readonly struct LeftLeft : IPair
    {
        public static double Second<TRule>(double a, double b, double y) where TRule : struct, IBinaryRule => TRule.SecondAA(a, b, y);
    }

    private readonly struct LeftRight : IPair
    {
        public static double Second<TRule>(double a, double b, double y) where TRule : struct, IBinaryRule => TRule.SecondAB(a, b, y);
    }

    private readonly struct RightRight : IPair
    {
        public static double Second<TRule>(double a, double b, double y) where TRule : struct, IBinaryRule => TRule.SecondBB(a, b, y);
    }

    private sealed class BinarySecond<TRule, TPair>(int[] targets, int[] nodes, int[] left, int[] right) : SecondPartialKernel
        where TRule : struct, IBinaryRule
        where TPair : struct, IPair
    {
        public override void Run(double[] slots)
        {
            for (var k = 0; k < targets.Length; k++)
                slots[targets[k]] = TPair.Second<TRule>(slots[left[k]], slots[right[k]], slots[nodes[k]]);
        }
    }

    private sealed class ParametricSecond<TRule>(Trace trace, int[] targets, int[] nodes) : SecondPartialKernel
        where TRule : struct, IParametricRule
    {
        public override void Run(double[] slots)
        {
            for (var k = 0; k < targets.Length; k++)
                slots[targets[k]] = TRule.Second(slots[trace.RawA(nodes[k])], trace.ParametersOf(nodes[k]), slots[nodes[k]]);
        }
    }

    private sealed class ListSecond<TRule>(Trace trace, int[] targets, CurvedPair[] pairs) : SecondPartialKernel
        where TRule : struct, IListRule
    {
        private readonly int _longest = pairs.Max(pair => trace.OperandsOf(pair.Node).Length);

        public override void Run(double[] slots)
        {
            using var buffer = new OperandBuffer(_longest, stackalloc double[OperandBuffer.StackSize]);
            for (var k = 0; k < targets.Length; k++)
            {
                var (node, first, second) = pairs[k];
                slots[targets[k]] = TRule.Second(first, second, buffer.Gather(slots, trace.OperandsOf(node)), slots[node]);
            }
        }
    }
}
