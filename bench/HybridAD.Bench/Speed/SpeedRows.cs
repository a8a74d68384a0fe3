namespace HybridAD.Bench.Speed;

/// <summary>What the table holds. A row more is a line here, and where it shows something new, a <see cref="Quantity"/>.</summary>
internal static class SpeedRows
{
    public static SpeedRow[] All { get; } =
    [
        new("a", Quantity.Jacobian, [new("F", 4), new("J")], 20),
        new("b", Quantity.Jacobian, [new("F", 1.15), new("J")], 20),
        new("c", Quantity.Jacobian, [new("F", 1.4), new("J")], 20),
        new("d", Quantity.Jacobian, [new("F", 4), new("J")], 20),
        new("b", Quantity.JacobianAtPoints, [new("F", 0.35)]),
        new("b", Quantity.JacobianAtPointsInParts, [new("F", 0.35)]),
        new("c", Quantity.JacobianAtPoints, [new("F", 1.6), new("stores alone")]),
        new("c", Quantity.JacobianAtPointsInParts, [new("F", 1.6)]),
        new("d", Quantity.JacobianAtPoints, [new("F", 2.6)]),
        new("d", Quantity.JacobianAtPointsInParts, [new("F", 2.6)]),
        new("e32", Quantity.Jacobian, [new("J", 1.1)]),
        new("e32", Quantity.JacobianInBuffer, [new("J, constants written once", 1.1)]),
        new("e128", Quantity.Jacobian, [new("J", 1.1)], 50),
        new("e128", Quantity.JacobianInBuffer, [new("J, constants written once", 1.1)]),
        new("e512", Quantity.Jacobian, [new("J", 1.3)]),
        new("e512", Quantity.JacobianInBuffer, [new("J, constants written once", 1.3)]),
        new("f256", Quantity.Jacobian, [new("J", 0.5)], 150),
        new("f256", Quantity.JacobianInBuffer, [new("J, constants written once", 0.5)]),
        new("g10000", Quantity.Jacobian, [new("J", 0.5), new("J, AVX-512", 1.5), new("J, rotations once a camera")], 200),
        new("h1000", Quantity.Jacobian, [new("J", 1.2)], 200),
        new("h1000", Quantity.Factors, [new("J, two factors", 1.5)]),
        new("i", Quantity.Jacobian, [new("J", 1.3)], 50),
        new("j1000000", Quantity.Gradient, [new("J", 1.0)], 300),
        new("j1000000", Quantity.Jacobian, [new("J", 1.0)]),
        new("k40", Quantity.Jacobian, [new("J", MostMicroseconds: 1.5)], 50),
        new("k1000", Quantity.Jacobian, [new("J", 1.0)], 50),
        new("e128", Quantity.Values, [new("F", 1.0)]),
        new("f256", Quantity.Values, [new("F", 1.0)]),
        new("g10000", Quantity.Values, [new("F", 1.0)]),
    ];
}
