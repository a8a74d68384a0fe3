namespace HybridAD;

/// <summary>Derivatives of functions of one variable by dual numbers, without a trace.</summary>
public static class Dual
{
    /// <summary>The variable to differentiate by: tangent 1.</summary>
    public static Dual<double> Variable(double value) => new(value, 1);

    /// <summary>A constant: tangent 0.</summary>
    public static Dual<double> Constant(double value) => new(value);

    /// <summary>f(x) and f′(x).</summary>
    public static (double Value, double Derivative) ValueAndDerivative(Func<Dual<double>, Dual<double>> function, double x)
    {
        ArgumentNullException.ThrowIfNull(function);
        var y = function(Variable(x));
        return (y.Value, y.Tangent);
    }

    /// <summary>f′(x).</summary>
    public static double Derivative(Func<Dual<double>, Dual<double>> function, double x) => ValueAndDerivative(function, x).Derivative;

    /// <summary>f″(x), by nested dual numbers.</summary>
    public static double SecondDerivative(Func<Dual<Dual<double>>, Dual<Dual<double>>> function, double x)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function(new(Variable(x), new(1))).Tangent.Tangent;
    }
}
