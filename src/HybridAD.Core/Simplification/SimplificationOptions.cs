namespace HybridAD.Simplification;

/// <summary>Which simplifications to apply. The default is all of them; <see cref="None"/> only copies.</summary>
public sealed record SimplificationOptions
{
    /// <summary>All simplifications.</summary>
    public static SimplificationOptions Default { get; } = new();

    /// <summary>No simplification: the result is a copy of the trace.</summary>
    public static SimplificationOptions None { get; } = new()
    {
        ConstantFolding = false, Identities = false, LiteralFactors = false, Powers = false, CommonSubexpressions = false, DeadCode = false,
    };

    /// <summary>Operations on literals become literals, with the value that <see cref="Primitives.Primitive.Value"/> gives.</summary>
    public bool ConstantFolding { get; init; } = true;

    /// <summary>
    /// Rewrites that keep every bit of the value except the sign of a zero: x·1, x+0, −(−x), x·x → x², a+(−b) → a−b, x/2ᵏ → x·2⁻ᵏ,
    /// selections and sums with nothing to choose or add, …
    /// </summary>
    public bool Identities { get; init; } = true;

    /// <summary>
    /// c₁·(c₂·x) → (c₁c₂)·x. Changes the rounding; only where |c₁| and |c₂| are both at least 1 or both at most 1 and the product is a normal number,
    /// so that no overflow or underflow to zero comes or goes.
    /// </summary>
    public bool LiteralFactors { get; init; } = true;

    /// <summary>
    /// Powers with a literal exponent: x⁰, x¹, small integers by multiplication, x^½ → √x. Changes the rounding, and at two points the value:
    /// √ of −∞ is NaN where the power is ∞, and √ of −0 is −0 where the power is 0.
    /// </summary>
    public bool Powers { get; init; } = true;

    /// <summary>
    /// Equal operations on equal operands become one node. The order of two operands does not matter where neither value nor derivative
    /// depends on it; longer operand lists are compared in order, because the order of a sum decides its rounding.
    /// </summary>
    public bool CommonSubexpressions { get; init; } = true;

    /// <summary>Nodes that no output and no guard needs are removed; inputs stay.</summary>
    public bool DeadCode { get; init; } = true;
}
