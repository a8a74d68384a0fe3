using System.Buffers;
using System.Runtime.CompilerServices;
using HybridAD.Graph;

namespace HybridAD.Formats.Nl;

/// <summary>
/// Writes what .nl expressions mean as nodes of a trace: one literal per number, and the operators that are more than one operation.
/// </summary>
internal sealed class NlNodes(int inputCount, int capacity)
{
    private const int CacheSize = 1 << 10;

    // The last literal of each hash class: not complete, but bounded. Costs no time on real files, which repeat few numbers, and saves up to 45 % of
    // the nodes.
    private readonly int[] _cache = EmptyCache();

    /// <summary>The trace so far.</summary>
    public TraceBuilder Builder { get; } = TraceBuilder.Pooled(inputCount, capacity);

    /// <summary>The node of a literal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Literal(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var slot = (int)((ulong)(bits * -7046029254386353131L) >> 54);
        var node = _cache[slot] - 1;
        if (node >= 0 && BitConverter.DoubleToInt64Bits(Builder.ConstantOf(node)) == bits)
            return node;
        node = Builder.Constant(value);
        _cache[slot] = node + 1;
        return node;
    }

    /// <summary>Gives back what the trace does not keep, after it was built.</summary>
    public void Release()
    {
        ArrayPool<int>.Shared.Return(_cache);
        Builder.Release();
    }

    /// <summary>Body + Σ coefficient·variable, as one n-ary sum without zero terms; the body itself where there are no terms.</summary>
    /// <param name="body">The node of the nonlinear part, a literal 0 where there is none.</param>
    /// <param name="variables">The node of each linear term's variable.</param>
    /// <param name="coefficients">The coefficients.</param>
    /// <param name="scratch">Room for the terms; at least one more than there are variables.</param>
    public int WithLinearPart(int body, ReadOnlySpan<int> variables, ReadOnlySpan<double> coefficients, Span<int> scratch)
    {
        var count = 0;
        if (Builder.OperationOf(body) != Op.Constant || Builder.ConstantOf(body) != 0)
            scratch[count++] = body;
        for (var k = 0; k < variables.Length; k++)
        {
            var coefficient = coefficients[k];
            if (coefficient == 0)
                continue;
            var variable = variables[k];
            scratch[count++] = coefficient == 1 ? variable
                : coefficient == -1 ? Builder.Unary(Op.Neg, variable)
                : Builder.Binary(Op.Mul, Literal(coefficient), variable);
        }
        return count switch { 0 => body, 1 => scratch[0], _ => Builder.List(Op.Sum, scratch[..count]) };
    }

    /// <summary>An operator that is not one operation with one or two operands.</summary>
    /// <param name="opcode">Its number, one that <see cref="NlOperators.Shapes"/> knows.</param>
    /// <param name="x">The nodes of its operands.</param>
    public int Operator(int opcode, ReadOnlySpan<int> x)
    {
        var b = Builder;
        switch (opcode)
        {
            case 6: // less: max(a − b, 0)
                return b.Binary(Op.Max, b.Binary(Op.Sub, x[0], x[1]), Literal(0));
            case 11:
                return List(Op.MinOf, x);
            case 12:
                return List(Op.MaxOf, x);
            case 35:
            case 72: // if and implies differ only in what their branches are
                return b.List(Op.Select, x);
            case 54:
                return List(Op.Sum, x);
            case 59:
                return Count(x);
            case 60:
                return NumberOf(x[0], x[1..]);
            case 70:
                return Fold(Op.And, x);
            case 71:
                return Fold(Op.Or, x);
            case 73:
                return b.Binary(Op.Equal, b.Unary(Op.Not, x[0]), b.Unary(Op.Not, x[1]));
            case 74:
                return b.List(Op.AllDifferent, x);
            case 75:
                return b.Unary(Op.Not, b.List(Op.AllDifferent, x));
            case 79: // logistic
                return b.Binary(Op.Div, Literal(1), b.Binary(Op.Add, Literal(1), b.Unary(Op.Exp, b.Unary(Op.Neg, x[0]))));
            case 80: // signpow
                return b.Binary(Op.Mul, b.Unary(Op.Sign, x[0]), b.Binary(Op.Pow, b.Unary(Op.Abs, x[0]), x[1]));
            default:
                throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "This operator has no meaning here.");
        }
    }

    private int List(byte operation, ReadOnlySpan<int> x) => x.Length == 1 ? x[0] : Builder.List(operation, x);

    /// <summary>1 where a node is not 0, itself where it can only be 0 or 1.</summary>
    private int Truth(int node) => Builder.OperationOf(node)
        is Op.Less or Op.LessOrEqual or Op.Equal or Op.GreaterOrEqual or Op.Greater or Op.NotEqual or Op.And or Op.Or or Op.Not or Op.AllDifferent
        ? node
        : Builder.Binary(Op.NotEqual, node, Literal(0));

    private int Fold(byte operation, ReadOnlySpan<int> x)
    {
        var node = Truth(x[0]);
        for (var k = 1; k < x.Length; k++)
            node = Builder.Binary(operation, node, x[k]);
        return node;
    }

    private int Count(ReadOnlySpan<int> x)
    {
        var truths = new int[x.Length];
        for (var k = 0; k < x.Length; k++)
            truths[k] = Truth(x[k]);
        return List(Op.Sum, truths);
    }

    private int NumberOf(int value, ReadOnlySpan<int> items)
    {
        if (items.IsEmpty)
            return Literal(0);
        var matches = new int[items.Length];
        for (var k = 0; k < items.Length; k++)
            matches[k] = Builder.Binary(Op.Equal, value, items[k]);
        return List(Op.Sum, matches);
    }

    private static int[] EmptyCache()
    {
        // Clearing one that is in the cache of the processor takes less than a new one, which is half of the memory that a small file needs.
        var cache = ArrayPool<int>.Shared.Rent(CacheSize);
        cache.AsSpan(0, CacheSize).Clear();
        return cache;
    }
}
