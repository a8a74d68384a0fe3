using System.Runtime.CompilerServices;
using HybridAD.Graph;

namespace HybridAD.Rolling;

/// <summary>
/// What is known of the expression at every node before anything is divided, found in one pass: a number for its shape, its cost, and how many terms it has
/// when it is multiplied out.
/// </summary>
/// <remarks>
/// The numbers for shapes are equal for expressions that differ in inputs and literals only. Shared operations that are worth a slot count as inputs, or the numbers of a
/// computation in many steps would tell its steps apart and the points near a boundary from all others. They are for decisions that may be wrong: different
/// shapes can have equal numbers. Terms are counted through additions, subtractions, negations, sums and literal factors, as long as the operand is used nowhere else.
/// </remarks>
internal sealed class Expressions
{
    /// <summary>Sums of so many terms are reductions: their terms are likely to be alike.</summary>
    public const int Long = 32;

    /// <summary>Shared sums of so few inputs are multiplied out wherever they are used: their derivatives are constants there.</summary>
    public const int SharedLimit = 4;

    private const uint Leaf = 0x9E3779B1;
    private const uint Number = 0x85EBCA77;

    private static readonly Linearity[] Linearities = MakeLinearities();

    private readonly Facts[] _facts;

    public Expressions(LiveFunction function)
    {
        var trace = function.Trace;
        _facts = function.Scratch.Facts.Rent(trace.NodeCount);
        IsLongSum = function.Scratch.Bools.RentCleared(trace.NodeCount);
        for (var input = 0; input < trace.InputCount; input++)
            _facts[input] = new Facts { Shape = Leaf, Terms = 1, IsMultipliedOut = true };
        var nodes = new NodeReader(trace);
        var (facts, kinds, uses) = (_facts, function.Kinds, function.Uses);
        ReadOnlySpan<Linearity> linearities = Linearities;
        var operationCount = 0;
        for (var node = trace.InputCount; node < trace.NodeCount; node++)
        {
            if (kinds[node] != NodeKind.Kernel)
            {
                if (kinds[node] == NodeKind.Literal)
                    facts[node] = OfLiteral(trace.ConstantOf(node));
                continue;
            }
            var operation = nodes.Operations[node];
            var sum = new Facts { Shape = operation };
            var cost = OperationCosts.Of(operation);
            var (isLiteral, hasFactor, endsInFactor) = (true, false, false);
            if (nodes.IsBinary(node))
            {
                ref readonly var first = ref facts[nodes.First(node)];
                ref readonly var second = ref facts[nodes.Second(node)];
                sum.Add(first);
                sum.Add(second);
                cost += first.CostAsOperand + second.CostAsOperand;
                isLiteral = first.Literal != Factor.None && second.Literal != Factor.None;
                endsInFactor = second.Literal == Factor.Free;
                hasFactor = endsInFactor || first.Literal == Factor.Free;
            }
            else if (nodes.IsUnary(node))
            {
                ref readonly var operand = ref facts[nodes.First(node)];
                sum.Add(operand);
                cost += operand.CostAsOperand;
                isLiteral = operand.Literal != Factor.None;
            }
            else
                foreach (var operand in nodes.Operands(node))
                {
                    sum.Add(facts[operand]);
                    cost += facts[operand].CostAsOperand;
                    isLiteral &= facts[operand].Literal != Factor.None;
                }
            if (isLiteral)
            {
                facts[node] = OfLiteral(function.Fold(node));
                continue;
            }
            var isLinear = linearities[operation] switch
            {
                Linearity.Never => false,
                Linearity.Always => true,
                Linearity.WithFactor => hasFactor,
                _ => endsInFactor,
            };
            if (!isLinear)
                sum.Terms = sum.ComputedTerms = 0;
            sum.Cost = (byte)Math.Min(cost, byte.MaxValue);
            sum.IsOpaque = uses[node] > 1 && sum.Cost > OperationCosts.Cheap;
            sum.IsMultipliedOut = sum.Terms > 0 && (uses[node] == 1 || (sum.ComputedTerms == 0 && sum.Terms <= SharedLimit));
            facts[node] = sum;
            IsLongSum[node] = sum.Terms >= Long;
            operationCount++;
        }
        OperationCount = operationCount;
    }

    /// <summary>Number of live operations on anything but literals.</summary>
    public int OperationCount { get; }

    /// <summary>Whether each node is a sum of many terms.</summary>
    public bool[] IsLongSum { get; }

    /// <summary>The number for the shape of an expression.</summary>
    public uint Shape(int node) => _facts[node].Shape;

    /// <summary>Cost of the expression up to shared operations, at most 255.</summary>
    public int Cost(int node) => _facts[node].Cost;

    /// <summary>Number of terms, constants not counted; 0 for an operation that is not linear.</summary>
    public int Terms(int node) => _facts[node].Terms;

    /// <summary>Number of terms that are not inputs.</summary>
    public int ComputedTerms(int node) => _facts[node].ComputedTerms;

    /// <summary>Whether an operation is multiplied out where it is an operand of a linear one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsMultipliedOut(int operation) => _facts[operation].IsMultipliedOut;

    private static Facts OfLiteral(double value) => new() { Shape = Number, IsMultipliedOut = true, Literal = IsFactor(value) ? Factor.Free : Factor.Fixed };

    /// <summary>Whether a literal factor can be moved past a sum: not where products could overflow, vanish or stop being numbers.</summary>
    public static bool IsFactor(double value) => Math.Abs(value) is >= 1e-100 and <= 1e100;

    private static Linearity[] MakeLinearities()
    {
        var table = new Linearity[256];
        foreach (var operation in (ReadOnlySpan<byte>)[Op.Add, Op.Sub, Op.Neg, Op.Sum])
            table[operation] = Linearity.Always;
        table[Op.Mul] = Linearity.WithFactor;
        table[Op.Div] = Linearity.ByFactor;
        return table;
    }

    /// <summary>When an operation is linear.</summary>
    private enum Linearity : byte
    {
        Never,
        Always,

        /// <summary>If one of the operands is a literal.</summary>
        WithFactor,

        /// <summary>If the second operand is a literal.</summary>
        ByFactor,
    }

    /// <summary>What a literal is in a product.</summary>
    internal enum Factor : byte
    {
        /// <summary>It is no literal.</summary>
        None,

        /// <summary>One that stays where it is.</summary>
        Fixed,

        /// <summary>One that can be moved past sums.</summary>
        Free,
    }

    /// <summary>Sixteen bytes that are read together.</summary>
    internal struct Facts
    {
        public uint Shape;
        public int Terms;
        public int ComputedTerms;
        public byte Cost;
        public Factor Literal;

        /// <summary>Whether it is shared and worth a slot.</summary>
        public bool IsOpaque;

        public bool IsMultipliedOut;

        public readonly int CostAsOperand => IsOpaque ? 0 : Cost;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(in Facts operand)
        {
            var product = ((ulong)Shape << 32 | (operand.IsOpaque ? Leaf : operand.Shape)) * 0xD6E8FEB86659FD93;
            Shape = (uint)(product >> 32) ^ (uint)product;
            Terms += operand.IsMultipliedOut ? operand.Terms : 1;
            ComputedTerms += operand.IsMultipliedOut ? operand.ComputedTerms : 1;
        }
    }
}
