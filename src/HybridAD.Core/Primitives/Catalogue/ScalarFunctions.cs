using HybridAD.Lanes;

namespace HybridAD.Primitives;

/// <summary>The value of a rule as a scalar function: <see cref="LaneByLane"/> of it is that of the scalar rule to the last bit.</summary>
public readonly struct ValueOf<TRule> : IScalarFunction
    where TRule : struct, IUnaryRule
{
    /// <inheritdoc/>
    public static double Invoke(double x) => TRule.Value(x);
}

/// <summary>The value of a binary rule as a scalar function.</summary>
public readonly struct BinaryValueOf<TRule> : IScalarFunction2
    where TRule : struct, IBinaryRule
{
    /// <inheritdoc/>
    public static double Invoke(double a, double b) => TRule.Value(a, b);
}

/// <summary>∂φ/∂a of a binary rule as a scalar function of a, b and y.</summary>
public readonly struct PartialAOf<TRule> : IScalarFunction3
    where TRule : struct, IBinaryRule
{
    /// <inheritdoc/>
    public static double Invoke(double a, double b, double c) => TRule.PartialA(a, b, c);
}
