using HybridAD.Graph;

namespace HybridAD.Simplification;

/// <content>
/// Identities. Each gives a node with the same value, or −1 where none applies. All are exact but for the sign of zeros, for every operand, NaN and
/// infinities included, and in their derivatives too; only the merging of literal factors rounds differently.
/// </content>
internal sealed partial class Rewriter
{
    private int Sum(int a, int b)
    {
        if (!_identities)
            return -1;
        if (IsNeutral(b))
            return a;
        if (IsNeutral(a))
            return b;
        if (Nodes.Operations[b] == Op.Neg)
            return Binary(Op.Sub, a, Nodes.Operands[2 * b]);
        if (Nodes.Operations[a] == Op.Neg)
            return Binary(Op.Sub, b, Nodes.Operands[2 * a]);
        return -1;
    }

    private int Difference(int a, int b)
    {
        if (!_identities)
            return -1;
        if (IsNeutral(b, subtracted: true))
            return a;
        if (IsNeutral(a))
            return Unary(Op.Neg, b);
        if (Nodes.Operations[b] == Op.Neg)
            return Binary(Op.Add, a, Nodes.Operands[2 * b]);
        return -1;
    }

    private int Product(int a, int b, int literals)
    {
        if (literals == 0)
            return _identities && a == b ? Nodes.Unary(Op.Square, a) : -1;
        if (literals == 3)
            return -1;
        var (literal, other) = literals == 1 ? (a, b) : (b, a);
        var factor = Nodes.LiteralOf(literal);
        if (_identities && !_keepsUnits && factor == 1)
            return other;
        if (_identities && !_keepsUnits && factor == -1)
            return Unary(Op.Neg, other);
        return _literalFactors && !_bitsMatter ? MergedFactors(factor, other) : -1;
    }

    /// <summary>c₁·(c₂·x) → (c₁c₂)·x.</summary>
    private int MergedFactors(double outer, int product)
    {
        if (Nodes.Operations[product] != Op.Mul)
            return -1;
        var (a, b) = (Nodes.Operands[2 * product], Nodes.Operands[2 * product + 1]);
        if (Nodes.IsLiteral(a) == Nodes.IsLiteral(b))
            return -1;
        var (literal, other) = Nodes.IsLiteral(a) ? (a, b) : (b, a);
        var inner = Nodes.LiteralOf(literal);
        // With one factor above 1 and one below, the inner product could overflow (or vanish) where the merged one does not.
        var sameSide = Math.Abs(outer) >= 1 ? Math.Abs(inner) >= 1 : Math.Abs(inner) <= 1;
        var merged = outer * inner;
        return sameSide && double.IsNormal(merged) ? Binary(Op.Mul, Nodes.Literal(merged), other) : -1;
    }

    private int Quotient(int a, int b, int literals)
    {
        if (!_identities || literals != 2)
            return -1;
        var divisor = Nodes.LiteralOf(b);
        if (divisor == 1)
            return a;
        if (divisor == -1)
            return Unary(Op.Neg, a);
        // For a power of two the quotient and the product are the same real number, rounded once.
        var reciprocal = 1 / divisor;
        return IsPowerOfTwo(divisor) && double.IsFinite(reciprocal) ? Binary(Op.Mul, a, Nodes.Literal(reciprocal)) : -1;
    }

    /// <summary>Drops literal zeros; what is left may be no sum at all.</summary>
    private int LongSum(Span<int> terms)
    {
        var count = 0;
        foreach (var term in terms)
            if (!IsNeutral(term))
                terms[count++] = term;
        return count switch
        {
            0 => terms[0],
            1 => terms[0],
            2 => Binary(Op.Add, terms[0], terms[1]),
            _ => Nodes.List(Op.Sum, terms[..count]),
        };
    }

    private int Selection(int condition, int ifTrue, int ifFalse)
    {
        if (ifTrue == ifFalse)
            return ifTrue;
        return !Nodes.IsLiteral(condition) ? -1 : Nodes.LiteralOf(condition) != 0 ? ifTrue : ifFalse;
    }

    private int FusedMultiplyAdd(int a, int b, int c)
    {
        if (IsNeutral(c))
            return Binary(Op.Mul, a, b);
        var (literal, other) = Nodes.IsLiteral(a) ? (a, b) : (b, a);
        if (!Nodes.IsLiteral(literal))
            return -1;
        return Nodes.LiteralOf(literal) switch
        {
            1 => Binary(Op.Add, other, c),
            -1 => Binary(Op.Sub, c, other),
            _ => -1,
        };
    }

    /// <summary>Whether adding (or subtracting) a literal changes nothing. −0 is the true neutral element of addition: −0 + 0 is 0.</summary>
    private bool IsNeutral(int node, bool subtracted = false) =>
        Nodes.IsLiteral(node) && Nodes.LiteralOf(node) == 0 && (!_bitsMatter || double.IsNegative(Nodes.LiteralOf(node)) != subtracted);

    private static bool IsPowerOfTwo(double value)
    {
        var significand = BitConverter.DoubleToInt64Bits(value) & 0x000F_FFFF_FFFF_FFFF;
        return double.IsNormal(value) ? significand == 0 : System.Numerics.BitOperations.IsPow2(significand);
    }
}
