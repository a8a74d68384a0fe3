using System.Buffers;
using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Linearization;
using HybridAD.Primitives;

namespace HybridAD.Execution.Values;

/// <summary>Computes the partial derivatives of one primitive to one operand, for all nodes that need it, at least one. Slots and indexes are trusted, as those of values are.</summary>
internal abstract class PartialKernel
{
    /// <summary>Computes the partials; all values must stand in their slots.</summary>
    public abstract void Run(double[] slots);

    /// <summary>Groups the computed partials of a graph by primitive and operand.</summary>
    public static PartialKernel[] For(LinearizedGraph graph)
    {
        var groups = new List<int>?[512];
        for (var k = 0; k < graph.ComputedArray.Length; k++)
        {
            var (node, operand) = graph.ComputedArray[k];
            var operation = graph.Trace.Operations[node];
            // All operands of a list are computed together.
            var key = (operation << 1) | (Primitive.ArityOf(operation) == Arity.Binary ? operand : 0);
            (groups[key] ??= []).Add(k);
        }
        var kernels = new List<PartialKernel>();
        for (var key = 0; key < groups.Length; key++)
            if (groups[key] is { } group)
                kernels.Add(Primitive.Of((byte)(key >> 1)).Accept(new Factory(graph, group, key & 1)));
        return [.. kernels];
    }

    private sealed class Factory(LinearizedGraph graph, List<int> group, int operand) : IPrimitiveVisitor<PartialKernel>
    {
        public PartialKernel Unary<TRule>(UnaryPrimitive<TRule> primitive) where TRule : struct, IUnaryRule
        {
            var (targets, nodes) = TargetsAndNodes();
            var operands = Array.ConvertAll(nodes, graph.Trace.RawA);
            return new InlinePartial<PartialOf<TRule>>(targets, nodes, operands, operands);
        }

        public PartialKernel Binary<TRule>(BinaryPrimitive<TRule> primitive) where TRule : struct, IBinaryRule
        {
            var (targets, nodes) = TargetsAndNodes();
            var left = Array.ConvertAll(nodes, graph.Trace.RawA);
            var right = Array.ConvertAll(nodes, graph.Trace.RawB);
            return operand == 0
                ? new InlinePartial<LeftPartialOf<TRule>>(targets, nodes, left, right)
                : new InlinePartial<RightPartialOf<TRule>>(targets, nodes, left, right);
        }

        public PartialKernel List<TRule>(ListPrimitive<TRule> primitive) where TRule : struct, IListRule =>
            new ListPartial<TRule>(graph.Trace, [.. group.Select(k => (SlotLayout.PartialStart(graph) + k, graph.ComputedArray[k]))]);

        public PartialKernel Parametric<TRule>(ParametricPrimitive<TRule> primitive) where TRule : struct, IParametricRule
        {
            var (targets, nodes) = TargetsAndNodes();
            return new ParametricPartial<TRule>(graph.Trace, targets, nodes);
        }

        private (int[] Targets, int[] Nodes) TargetsAndNodes()
        {
            var targets = new int[group.Count];
            var nodes = new int[group.Count];
            for (var k = 0; k < group.Count; k++)
            {
                targets[k] = SlotLayout.PartialStart(graph) + group[k];
                nodes[k] = graph.ComputedArray[group[k]].Node;
            }
            return (targets, nodes);
        }
    }

    /// <summary>A partial derivative as a type, so that the loop over it is compiled for it.</summary>
    private interface IPartial
    {
        /// <summary>What it is computed from.</summary>
        static abstract Reads Reads { get; }

        /// <summary>The derivative, given what it reads of the operands and the value.</summary>
        static abstract double At(double a, double b, double y);
    }

    private readonly struct PartialOf<TRule> : IPartial
        where TRule : struct, IUnaryRule
    {
        public static Reads Reads => TRule.PartialReads & ~Reads.B;

        public static double At(double a, double b, double y) => TRule.Partial(a, y);
    }

    private readonly struct LeftPartialOf<TRule> : IPartial
        where TRule : struct, IBinaryRule
    {
        public static Reads Reads => TRule.PartialAReads;

        public static double At(double a, double b, double y) => TRule.PartialA(a, b, y);
    }

    private readonly struct RightPartialOf<TRule> : IPartial
        where TRule : struct, IBinaryRule
    {
        public static Reads Reads => TRule.PartialBReads;

        public static double At(double a, double b, double y) => TRule.PartialB(a, b, y);
    }

    private sealed class InlinePartial<TPartial>(int[] targets, int[] nodes, int[] left, int[] right) : PartialKernel
        where TPartial : struct, IPartial
    {
        public override void Run(double[] slots)
        {
            ref var w = ref slots[0];
            ref var target = ref targets[0];
            ref var node = ref nodes[0];
            ref var leftOperand = ref left[0];
            ref var rightOperand = ref right[0];
            nint k = 0, count = targets.Length;
            // Several at a time: where a short loop comes to lie decides whether it takes half as long again, and that differs from process to process.
            for (; k <= count - 4; k += 4)
            {
                Set(ref w, ref target, ref node, ref leftOperand, ref rightOperand, k);
                Set(ref w, ref target, ref node, ref leftOperand, ref rightOperand, k + 1);
                Set(ref w, ref target, ref node, ref leftOperand, ref rightOperand, k + 2);
                Set(ref w, ref target, ref node, ref leftOperand, ref rightOperand, k + 3);
            }
            for (; k < count; k++)
                Set(ref w, ref target, ref node, ref leftOperand, ref rightOperand, k);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Set(ref double w, ref int target, ref int node, ref int left, ref int right, nint k) =>
            Unsafe.Add(ref w, Unsafe.Add(ref target, k)) = TPartial.At(
                (TPartial.Reads & Reads.A) != 0 ? Unsafe.Add(ref w, Unsafe.Add(ref left, k)) : 0,
                (TPartial.Reads & Reads.B) != 0 ? Unsafe.Add(ref w, Unsafe.Add(ref right, k)) : 0,
                (TPartial.Reads & Reads.Value) != 0 ? Unsafe.Add(ref w, Unsafe.Add(ref node, k)) : 0);
    }

    private sealed class ParametricPartial<TRule>(Trace trace, int[] targets, int[] nodes) : PartialKernel
        where TRule : struct, IParametricRule
    {
        public override void Run(double[] slots)
        {
            for (var k = 0; k < targets.Length; k++)
                slots[targets[k]] = TRule.Partial(slots[trace.RawA(nodes[k])], trace.ParametersOf(nodes[k]), slots[nodes[k]]);
        }
    }

    private sealed class ListPartial<TRule>(Trace trace, (int Target, ComputedPartial Partial)[] partials) : PartialKernel
        where TRule : struct, IListRule
    {
        private readonly int _longest = partials.Max(p => trace.OperandsOf(p.Partial.Node).Length);

        public override void Run(double[] slots)
        {
            using var operandBuffer = new OperandBuffer(_longest, stackalloc double[OperandBuffer.StackSize]);
            var computed = ArrayPool<double>.Shared.Rent(_longest);
            var current = -1;
            foreach (var (target, (node, operand)) in partials)
            {
                if (node != current)
                {
                    var operands = trace.OperandsOf(node);
                    var values = operandBuffer.Gather(slots, operands);
                    TRule.Partials(values, slots[node], computed.AsSpan(0, operands.Length));
                    current = node;
                }
                slots[target] = computed[operand];
            }
            ArrayPool<double>.Shared.Return(computed);
        }
    }
}
