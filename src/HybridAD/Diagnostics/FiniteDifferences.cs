namespace HybridAD.Diagnostics;

/// <summary>
/// Central finite differences at several steps, each with a bound of its error, made not to accuse correct derivatives: the truncation error is judged by the
/// difference between neighbouring steps, the rounding error by propagating the rounding of every operation that is computed again, and steps that cross a kink or
/// a jump, or leave the domain, are not used. A derivative that fails is tried again with much smaller steps, because a fast oscillation looks flat to large ones.
/// </summary>
internal sealed class FiniteDifferences(Cone cone, TraceAtPoint at)
{
    private const double Ratio = 1.0 / 8;
    private const double Conclusive = 1e-3;
    private const double Resolution = 16 * 2.3e-16;

    private static readonly Steps Wide = new(1.0 / (1 << 6), 6);
    private static readonly Steps Fine = new(1.0 / (1 << 24), 9);

    private readonly Probes _wide = new(cone, at, Wide);
    private readonly Probes _fine = new(cone, at, Fine);

    /// <summary>Evaluations of the cone for one column that passes.</summary>
    public static int EvaluationsPerColumn => 2 * Wide.Levels + 1;

    /// <summary>Compares a column of the Jacobian; the cone must be that of the input.</summary>
    public void Check(int column, CsrMatrix jacobian, double[] rowScales, MethodTally tally)
    {
        var x = at.Values[column];
        if (double.IsFinite(x))
            _wide.Run(x);
        var ranFine = false;
        for (var k = 0; k < cone.Rows.Count; k++)
        {
            var row = cone.Rows[k];
            var node = at.Trace.Outputs[row];
            var derivative = jacobian[row, column];
            if (!double.IsFinite(x) || !double.IsFinite(at.Values[node]) || !double.IsFinite(derivative))
            {
                tally.Skip("the input, the value or the derivative is not finite");
                continue;
            }
            var scale = rowScales[row] > 0 ? rowScales[row] : Math.Abs(at.Values[node]) / Math.Max(1, Math.Abs(x));
            var estimate = _wide.Estimate(k, cone.NoiseOf(node), derivative, scale);
            if (estimate.Rejects(derivative))
            {
                if (!ranFine)
                    _fine.Run(x);
                ranFine = true;
                estimate = Reconsider(estimate, _fine.Estimate(k, cone.NoiseOf(node), derivative, scale), at.Values[node], x, derivative);
            }
            if (estimate.Doubt is { } doubt)
                tally.Skip(doubt);
            else
                tally.Compare(row, column, derivative, estimate.Slope, estimate.Allowed, scale);
        }
    }

    /// <summary>Smaller steps confirm the verdict, overturn it, or show that it cannot be trusted.</summary>
    private static SlopeEstimate Reconsider(SlopeEstimate wide, SlopeEstimate fine, double value, double x, double derivative)
    {
        // Over one step of the floating-point grid the derivative claims a change larger than the value itself: nothing smaller can be probed.
        if (Math.Abs(derivative * x) * Resolution > Math.Abs(value))
            return SlopeEstimate.Unknown("the point is too large to step finely enough");
        if (fine.Doubt is not null)
            return SlopeEstimate.Unknown("the error bound is too large to tell");
        return Math.Abs(fine.Slope - wide.Slope) <= fine.Allowed + wide.Allowed ? wide : fine;
    }

    /// <summary>Steps relative to the input, each an eighth of the one before.</summary>
    private sealed record Steps(double First, int Levels);

    /// <summary>The outputs of the cone at both ends of every step.</summary>
    private sealed class Probes(Cone cone, TraceAtPoint at, Steps steps)
    {
        private readonly double[] _widths = new double[steps.Levels];
        private readonly double[] _slopes = new double[steps.Levels];
        private readonly double[] _bounds = new double[steps.Levels];
        private double[] _differences = [];
        private bool[] _crossed = [];
        private int _count;

        public void Run(double x)
        {
            _count = cone.Rows.Count;
            if (_differences.Length < steps.Levels * _count)
                (_differences, _crossed) = (new double[steps.Levels * _count], new bool[steps.Levels * _count]);
            Array.Clear(_crossed);
            Array.Clear(_differences);
            var step = steps.First * (x == 0 ? 1 : Math.Abs(x));
            for (var level = 0; level < steps.Levels; level++, step *= Ratio)
            {
                _widths[level] = x + step - (x - step);
                Add(level, x + step, 1);
                Add(level, x - step, -1);
            }
        }

        private void Add(int level, double x, int sign)
        {
            cone.Evaluate(x);
            for (var k = 0; k < _count; k++)
            {
                var node = at.Trace.Outputs[cone.Rows[k]];
                _differences[level * _count + k] += sign * cone.Values[node];
                _crossed[level * _count + k] |= cone.Crossed(node);
            }
        }

        /// <summary>The derivative of one output as the steps see it.</summary>
        public SlopeEstimate Estimate(int k, double noise, double derivative, double scale)
        {
            bool crossed = false, left = false;
            int best = -1, second = -1;
            for (var level = 0; level < steps.Levels; level++)
            {
                var index = level * _count + k;
                _slopes[level] = _differences[index] / _widths[level];
                crossed |= _crossed[index];
                left |= !double.IsFinite(_slopes[level]);
                if (level == 0 || _crossed[index] || _crossed[index - _count] || !double.IsFinite(_slopes[level]) || !double.IsFinite(_slopes[level - 1]))
                    continue;
                _bounds[level] = Math.Abs(_slopes[level] - _slopes[level - 1]) + 2 * noise / _widths[level];
                if (!(_bounds[level] <= Conclusive * scale))
                    continue;
                if (best < 0 || _bounds[level] < _bounds[best])
                    (best, second) = (level, best);
                else if (second < 0 || _bounds[level] < _bounds[second])
                    second = level;
            }
            if (best < 0)
                return SlopeEstimate.Unknown(crossed ? "a kink, a jump or another branch is too near" : left ? "the domain ends too near" : "the error bound is too large to tell");
            // Two steps must agree that the derivative is wrong: one may be deceived by errors that happen to cancel between neighbours.
            var first = Of(best, scale);
            return first.Rejects(derivative) && second >= 0 && !Of(second, scale).Rejects(derivative) ? Of(second, scale) : first;
        }

        private SlopeEstimate Of(int level, double scale) => new(_slopes[level], 4 * _bounds[level] + 1e-11 * scale, null);
    }

    /// <summary>A derivative by finite differences and how far a correct one may be from it, or why there is none.</summary>
    private readonly record struct SlopeEstimate(double Slope, double Allowed, string? Doubt)
    {
        public static SlopeEstimate Unknown(string why) => new(0, 0, why);

        public bool Rejects(double derivative) => Doubt is null && !(Math.Abs(Slope - derivative) <= Allowed);
    }
}
