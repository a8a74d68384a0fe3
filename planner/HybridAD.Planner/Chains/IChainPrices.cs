namespace HybridAD.Planning.Chains;

/// <summary>What the steps of a chain of stages cost. Ranges are of stages, both ends included.</summary>
internal interface IChainPrices
{
    /// <summary>Number of stages.</summary>
    int Count { get; }

    /// <summary>The Jacobian of a range by tangents.</summary>
    double Forward(int first, int last);

    /// <summary>The Jacobian of a range by adjoints.</summary>
    double Reverse(int first, int last);

    /// <summary>The product of stages <paramref name="first"/> to <paramref name="split"/> pushed through those up to <paramref name="last"/>.</summary>
    double Tangent(int first, int split, int last);

    /// <summary>The product of the stages behind <paramref name="split"/> up to <paramref name="last"/> pulled back through those from <paramref name="first"/> on.</summary>
    double Adjoint(int first, int split, int last);

    /// <summary>The products of the stages up to <paramref name="split"/> and of those behind multiplied.</summary>
    double Multiply(int first, int split, int last);
}
