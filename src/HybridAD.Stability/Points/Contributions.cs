namespace HybridAD.Stability.Points;

/// <summary>The sums over all operations that make the first-order figures of one output.</summary>
internal sealed record Contributions
{
    /// <summary>Σ |adjoint| · local bound.</summary>
    public required double Bound { get; init; }

    /// <summary>Σ adjoint · local error.</summary>
    public required double Estimate { get; init; }

    /// <summary>Σ |adjoint · local error|.</summary>
    public required double LocalErrorSum { get; init; }

    /// <summary>
    /// Σ adjoint · smallest double over the results near the smallest numbers, whose errors cannot be measured: what such an error in each would make of the output.
    /// </summary>
    public required double Underflow { get; init; }

    /// <summary>The part of the bound that is there only because results are near the smallest numbers.</summary>
    public required double UnderflowBound { get; init; }

    /// <summary>Adds up.</summary>
    public static Contributions Of<T>(ReverseSweep<T> reverse, ForwardSweep forward, LocalBounds bounds)
        where T : struct, IAdjointNumber<T>
    {
        var (bound, estimate, localErrors, underflow, underflowBound) = (new CompensatedSum(), new CompensatedSum(), 0.0, 0.0, 0.0);
        for (var node = 0; node <= reverse.Output; node++)
        {
            var adjoint = reverse.Adjoints[node];
            if (T.IsZero(adjoint))
                continue;
            bound.Add(OfNode(adjoint, bounds.Of(node)));
            var unit = T.ToDouble(T.Times(adjoint, bounds.UnderflowOf(node)));
            (underflow, underflowBound) = (underflow + unit, underflowBound + Math.Abs(unit));
            var local = forward.Local[node];
            if (local == 0)
                continue;
            var error = T.ToDouble(T.Times(adjoint, local));
            estimate.Add(error);
            localErrors += Math.Abs(error);
        }
        return new() { Bound = bound.Value, Estimate = estimate.Value, LocalErrorSum = localErrors, Underflow = underflow, UnderflowBound = underflowBound };
    }

    /// <summary>|adjoint| · bound.</summary>
    public static double OfNode<T>(T adjoint, double bound)
        where T : struct, IAdjointNumber<T> => T.ToDouble(T.Times(T.Abs(adjoint), bound));
}
