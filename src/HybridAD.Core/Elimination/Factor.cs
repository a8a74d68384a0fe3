namespace HybridAD.Elimination;

/// <summary>
/// A number of an accumulation while it is still symbolic: coefficient, or coefficient · slot, or coefficient · slot · slot.
/// Keeping constants apart makes products with ±1 free and products of constants plan-time arithmetic.
/// </summary>
internal readonly struct Factor
{
    private const int None = -1;

    private Factor(double coefficient, int left, int right, State state)
    {
        Coefficient = coefficient;
        Left = left;
        Right = right;
        _state = state;
    }

    private readonly State _state;

    private enum State : byte
    {
        Empty,
        Constant,
        Scaled,
        Product,
        Accumulator,
    }

    public double Coefficient { get; }

    public int Left { get; }

    public int Right { get; }

    /// <summary>Nothing has been contributed yet.</summary>
    public bool IsEmpty => _state == State.Empty;

    /// <summary>A number known now.</summary>
    public bool IsConstant => _state == State.Constant;

    /// <summary>A product of two slots that has not been multiplied out.</summary>
    public bool IsProduct => _state == State.Product;

    /// <summary>A slot that sums contributions.</summary>
    public bool IsAccumulator => _state == State.Accumulator;

    public static Factor Constant(double value) => new(value, None, None, State.Constant);

    public static Factor Slot(int slot) => new(1, slot, None, State.Scaled);

    public static Factor Scaled(double coefficient, int slot) => new(coefficient, slot, None, State.Scaled);

    public static Factor Accumulator(int slot) => new(1, slot, None, State.Accumulator);

    /// <summary>The product of two factors of which neither is a product or an accumulator. As everywhere in derivatives, 0 · ∞ is 0.</summary>
    public Factor Times(Factor other)
    {
        var coefficient = Coefficient == 0 || other.Coefficient == 0 ? 0 : Coefficient * other.Coefficient;
        if (IsConstant)
            return other.IsConstant ? Constant(coefficient) : new Factor(coefficient, other.Left, None, State.Scaled);
        return other.IsConstant ? new Factor(coefficient, Left, None, State.Scaled) : new Factor(coefficient, Left, other.Left, State.Product);
    }

    /// <summary>The same slots with another coefficient.</summary>
    public Factor WithCoefficient(double coefficient) => new(coefficient, Left, Right, _state);
}
