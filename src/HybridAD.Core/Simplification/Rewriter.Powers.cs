using HybridAD.Graph;

namespace HybridAD.Simplification;

/// <content>Powers with a literal exponent.</content>
internal sealed partial class Rewriter
{
    private const int LargestMultipliedPower = 8;

    /// <summary>
    /// x⁰, x¹, 1ʸ; x^½; integer powers by multiplication. Other exponents stay: x^1.5 as x·√x would have the derivative 0·∞ at 0.
    /// </summary>
    private int Power(int x, int exponent, int literals)
    {
        if (!_powers)
            return -1;
        if (literals == 1 && Nodes.LiteralOf(x) == 1)
            return x;
        if (literals != 2)
            return -1;
        var n = Nodes.LiteralOf(exponent);
        if (n == 0)
            return Nodes.Literal(1);
        if (n == 1)
            return x;
        if (_bitsMatter)
            return -1;
        if (n == 0.5)
            return Nodes.Unary(Op.Sqrt, x);
        if (n != Math.Truncate(n) || Math.Abs(n) > LargestMultipliedPower)
            return -1;
        // (1/x)ⁿ and not 1/xⁿ: the partials of the latter overflow long before the derivative does.
        return n > 0 ? Multiplied(x, (int)n) : Multiplied(Nodes.Binary(Op.Div, Nodes.Literal(1), x), (int)-n);
    }

    /// <summary>xⁿ as ((x²)·x)² and so on, by the binary digits of n from the left: x⁶ shares x³, and x⁷ shares x⁶.</summary>
    private int Multiplied(int x, int n)
    {
        var power = x;
        for (var digit = System.Numerics.BitOperations.Log2((uint)n) - 1; digit >= 0; digit--)
        {
            power = Nodes.Unary(Op.Square, power);
            if ((n >> digit & 1) != 0)
                power = Nodes.Binary(Op.Mul, power, x);
        }
        return power;
    }
}
