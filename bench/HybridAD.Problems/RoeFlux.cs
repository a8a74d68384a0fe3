using static HybridAD.Real;

namespace HybridAD.Problems;

/// <summary>Roe's flux of the one-dimensional Euler equations between two states (density, momentum, energy), without entropy fix.</summary>
public static class RoeFlux
{
    private const double Gamma = 1.4;

    /// <summary>The problem.</summary>
    public static Problem Problem { get; } = new("d", "Roe flux", Flux, [.. Conserved(1, 0.75, 1), .. Conserved(0.125, 0.1, 0.1)],
        new Reference(5.59552923245, 3.65932337298, 3.43424073148, 4.29491171975, 18));

    private static double[] Conserved(double density, double velocity, double pressure) =>
        [density, density * velocity, pressure / (Gamma - 1) + 0.5 * density * velocity * velocity];

    private static Real[] Flux(Real[] x)
    {
        var left = new State(x[0], x[1], x[2]);
        var right = new State(x[3], x[4], x[5]);

        Real rootLeft = Sqrt(left.Density), rootRight = Sqrt(right.Density), roots = rootLeft + rootRight;
        var u = (rootLeft * left.Velocity + rootRight * right.Velocity) / roots;
        var h = (rootLeft * left.Enthalpy + rootRight * right.Enthalpy) / roots;
        var soundSquared = (Gamma - 1) * (h - u * u / 2);
        var sound = Sqrt(soundSquared);
        var density = rootLeft * rootRight;

        var pressureJump = right.Pressure - left.Pressure;
        var velocityJump = density * sound * (right.Velocity - left.Velocity);
        var slow = Abs(u - sound) * (pressureJump - velocityJump) / (2 * soundSquared);
        var middle = Abs(u) * (right.Density - left.Density - pressureJump / soundSquared);
        var fast = Abs(u + sound) * (pressureJump + velocityJump) / (2 * soundSquared);
        return
        [
            (left.MassFlux + right.MassFlux - (slow + middle + fast)) / 2,
            (left.MomentumFlux + right.MomentumFlux - (slow * (u - sound) + middle * u + fast * (u + sound))) / 2,
            (left.EnergyFlux + right.EnergyFlux - (slow * (h - u * sound) + middle * (u * u / 2) + fast * (h + u * sound))) / 2,
        ];
    }

    private readonly struct State(Real density, Real momentum, Real energy)
    {
        public Real Density { get; } = density;

        public Real Velocity { get; } = momentum / density;

        public Real Pressure { get; } = (Gamma - 1) * (energy - momentum * momentum / (2 * density));

        public Real Enthalpy => (energy + Pressure) / Density;

        public Real MassFlux => momentum;

        public Real MomentumFlux => momentum * Velocity + Pressure;

        public Real EnergyFlux => (energy + Pressure) * Velocity;
    }
}
