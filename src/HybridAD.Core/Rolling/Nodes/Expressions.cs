using System.Runtime.CompilerServices;
using HybridAD.Graph;

namespace HybridAD.Rolling.Nodes;

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

    /// <summary>Sums of so many terms are likely to be over what something has a varying number of, as a vertex has neighbours.</summary>
    public const int Middling = 6;

    /// <summary>Shared sums of so few inputs are multiplied out wherever they are used: their derivatives are constants there.</summary>
    public const int SharedLimit = 4;

    private const uint Leaf = 0x9E3779B1;
    private const uint Number = 0x85EBCA77;

    private static readonly Known[] Operations = MakeOperations();

    private readonly Facts[] _facts;

    public Expressions(LiveFunction function, int shortestSum)
    {
        var trace = function.Trace;
        _facts = function.Scratch.Facts.Rent(trace.NodeCount);
        IsLongSum = function.Scratch.Bools.RentCleared(trace.NodeCount);
        var facts = _facts.AsSpan(0, trace.NodeCount);
        facts[..trace.InputCount].Fill(new Facts { Shape = Leaf, Flags = Facts.MultipliedOut, Counts = Facts.OneTerm });
        OperationCount = FindFacts(function, facts, shortestSum);
        foreach (var output in function.Outputs)
            AddCost(facts[output].Cost);
    }

    /// <summary>Finds what is known of every node that is no input.</summary>
    /// <returns>The number of live operations on anything but literals.</returns>
    private int FindFacts(LiveFunction function, Span<Facts> facts, int shortestSum)
    {
        var nodes = new NodeReader(function.Trace);
        var (kinds, uses) = (function.Kinds, function.Uses);
        ReadOnlySpan<Known> operations = Operations;
        var operationCount = 0;
        for (var node = function.Trace.InputCount; node < facts.Length; node++)
        {
            if (kinds[node] != NodeKind.Kernel)
            {
                if (kinds[node] == NodeKind.Literal)
                    SetLiteral(ref facts[node], nodes.ConstantOf(node));
                continue;
            }
            var operation = nodes.Operations[node];
            var known = operations[operation];
            long cost = known.Cost;
            // Parts of facts are kept apart until they are stored: a structure that is written in parts and then copied as a whole waits for the parts.
            uint shape = operation;
            ulong counts = 0;
            // What all operands have, what any of them has, and what the last one has.
            uint all, any, last;
            if (nodes.IsBinary(node))
            {
                ref readonly var first = ref facts[nodes.First(node)];
                ref readonly var second = ref facts[nodes.Second(node)];
                last = second.Flags;
                (all, any) = (first.Flags & last, first.Flags | last);
                shape = second.ShapeAfter(first.ShapeAfter(shape));
                counts = first.CountsAsOperand + second.CountsAsOperand;
                cost += first.CostAsOperand + second.CostAsOperand;
            }
            else
            {
                (all, any, last) = (uint.MaxValue, 0, 0);
                foreach (var operand in nodes.Operands(node))
                {
                    ref readonly var read = ref facts[operand];
                    all &= read.Flags;
                    shape = read.ShapeAfter(shape);
                    counts += read.CountsAsOperand;
                    cost += read.CostAsOperand;
                }
            }
            if ((all & Facts.Literal) != 0)
            {
                SetLiteral(ref facts[node], function.Fold(node));
                continue;
            }
            var linearity = Linearity.Always | ((any & Facts.Factor) != 0 ? Linearity.WithFactor : 0) | ((last & Facts.Factor) != 0 ? Linearity.ByFactor : 0);
            if ((known.Linearity & linearity) == 0 && !(operation == Op.Mul && (any & Facts.Literal) != 0 && IsMultipleOfInput(function, node)))
                counts = 0;
            cost = Math.Min(cost, Facts.MostCost);
            var flags = Facts.FlagsOf((int)cost);
            if (uses[node] > 1 && cost > OperationCosts.Cheap)
            {
                flags |= Facts.Opaque;
                AddCost(cost);
            }
            var terms = Facts.TermsOf(counts);
            if (terms > 0 && (uses[node] == 1 || (Facts.ComputedTermsOf(counts) == 0 && terms <= SharedLimit)))
                flags |= Facts.MultipliedOut;
            facts[node].Set(shape, flags, counts);
            if (terms >= Middling)
            {
                MiddlingCount++;
                if (terms >= shortestSum)
                    IsLongSum[node] = true;
            }
            operationCount++;
        }
        return operationCount;
    }

    /// <summary>Number of live operations on anything but literals.</summary>
    public int OperationCount { get; }

    /// <summary>
    /// Cost of all expressions that no others are parts of, with shared operations that are not worth a slot counted wherever they are used: expressions of one shape, none of
    /// which can be a part of another, have no more than that together.
    /// </summary>
    public long TotalCost { get; private set; }

    /// <summary>Number of sums of <see cref="Middling"/> terms or more; parts of longer ones count, too.</summary>
    public int MiddlingCount { get; private set; }

    /// <summary>Whether each node is a sum of many terms.</summary>
    public bool[] IsLongSum { get; }

    /// <summary>The number for the shape of an expression.</summary>
    public uint Shape(int node) => _facts[node].Shape;

    /// <summary>Cost of the expression up to shared operations that are worth a slot.</summary>
    public int Cost(int node) => _facts[node].Cost;

    /// <summary>Number of terms, constants not counted; 0 for an operation that is not linear.</summary>
    public int Terms(int node) => _facts[node].Terms;

    /// <summary>Number of terms that are not inputs.</summary>
    public int ComputedTerms(int node) => _facts[node].ComputedTerms;

    /// <summary>Whether an operation is multiplied out where it is an operand of a linear one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsMultipliedOut(int operation) => (_facts[operation].Flags & Facts.MultipliedOut) != 0;

    /// <summary>
    /// Whether an operation is the product of an input and a number, which may be 0 or so large or small that it cannot be moved past sums: features of data are 0 as often as not, and these rows are
    /// to be like the others.
    /// </summary>
    public static bool IsMultipleOfInput(LiveFunction function, int operation)
    {
        var nodes = new NodeReader(function.Trace);
        if (nodes.Operations[operation] != Op.Mul)
            return false;
        var (first, second) = (nodes.First(operation), nodes.Second(operation));
        return first < function.Trace.InputCount ? IsNumber(second) : second < function.Trace.InputCount && IsNumber(first);

        bool IsNumber(int node) => function.Kinds[node] == NodeKind.Literal && double.IsFinite(function.LiteralOf(node));
    }

    /// <summary>Adds to the total, which is as good as infinite with what was not counted to the end.</summary>
    private void AddCost(long cost) => TotalCost += cost == Facts.MostCost ? long.MaxValue / int.MaxValue : cost;

    private static void SetLiteral(ref Facts facts, double value) => facts.Set(Number, Facts.MultipliedOut | Facts.Literal | (IsFactor(value) ? Facts.Factor : 0), 0);

    /// <summary>Whether a literal factor can be moved past a sum: not where products could overflow, vanish or stop being numbers.</summary>
    public static bool IsFactor(double value) => Math.Abs(value) is >= 1e-100 and <= 1e100;

    private static Known[] MakeOperations()
    {
        var table = new Known[256];
        for (var operation = 0; operation < table.Length; operation++)
            table[operation].Cost = (byte)OperationCosts.Of((byte)operation);
        foreach (var operation in (ReadOnlySpan<byte>)[Op.Add, Op.Sub, Op.Neg, Op.Sum])
            table[operation].Linearity = Linearity.Always;
        table[Op.Mul].Linearity = Linearity.WithFactor;
        table[Op.Div].Linearity = Linearity.ByFactor;
        return table;
    }

    /// <summary>When an operation is linear.</summary>
    [Flags]
    private enum Linearity : byte
    {
        Never = 0,
        Always = 1,

        /// <summary>If one of the operands is a literal that can be moved past sums.</summary>
        WithFactor = 2,

        /// <summary>If the last operand is one.</summary>
        ByFactor = 4,
    }

    /// <summary>What is known of an operation beforehand.</summary>
    private struct Known
    {
        public byte Cost;
        public Linearity Linearity;
    }

    /// <summary>Sixteen bytes that are read together.</summary>
    internal struct Facts
    {
        /// <summary>Costs are not counted any further.</summary>
        public const int MostCost = (1 << (32 - CostShift)) - 1;

        public const uint Literal = 1;

        /// <summary>A literal that can be moved past sums.</summary>
        public const uint Factor = 2;

        /// <summary>It is shared and worth a slot.</summary>
        public const uint Opaque = 4;

        public const uint MultipliedOut = 8;

        /// <summary>The counts of an input: one term, not computed.</summary>
        public const ulong OneTerm = 1;

        /// <summary>Where the cost begins, above the flags.</summary>
        private const int CostShift = 4;

        private const ulong OneComputedTerm = 1 | 1UL << 32;

        public uint Shape;

        /// <summary>The flags and the cost.</summary>
        public uint Flags;

        /// <summary>Terms, and those that are computed times 2³²: they are added up together.</summary>
        public ulong Counts;

        public readonly int Terms => TermsOf(Counts);

        public readonly int ComputedTerms => ComputedTermsOf(Counts);

        public readonly int Cost => (int)(Flags >> CostShift);

        public readonly int CostAsOperand => (Flags & Opaque) != 0 ? 0 : Cost;

        public readonly ulong CountsAsOperand => (Flags & MultipliedOut) != 0 ? Counts : OneComputedTerm;

        public static uint FlagsOf(int cost) => (uint)cost << CostShift;

        public static int TermsOf(ulong counts) => (int)counts;

        public static int ComputedTermsOf(ulong counts) => (int)(counts >> 32);

        /// <summary>The number for a shape with this operand as the next one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly uint ShapeAfter(uint shape)
        {
            var product = ((ulong)shape << 32 | ((Flags & Opaque) != 0 ? Leaf : Shape)) * 0xD6E8FEB86659FD93;
            return (uint)(product >> 32) ^ (uint)product;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Set(uint shape, uint flags, ulong counts)
        {
            Shape = shape;
            Flags = flags;
            Counts = counts;
        }
    }
}
