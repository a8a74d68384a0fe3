namespace HybridAD.Diagnostics;

/// <summary>
/// Central finite differences at several steps, each with a bound of its error, made not to accuse correct derivatives: the truncation error is judged by the
/// difference between neighbouring steps, the rounding error by propagating the rounding of every operation that is computed again, and steps that cross a kink or
/// a jump, or leave the domain, are not used.
/// </summary>
internal sealed class FiniteDifferences(Cone cone, TraceAtPoint at)
{
    private const int Levels = 6;
    private const double FirstStep = 1.0 / 64;
    private const double StepRatio = 1.0 / 8;
    private const double Conclusive = 1e-3;

    private readonly double[] _slopes = new double[Levels];
    private readonly double[] _bounds = new double[Levels];
    private double[] _plus = [];
    private double[] _minus = [];
    private bool[] _crossed = [];

    /// <summary>Evaluations of the cone for one column.</summary>
    public const int EvaluationsPerColumn = 2 * Levels + 1;

    /// <summary>Compares a column of the Jacobian; the cone must be that of the input.</summary>
    public void Check(int column, CsrMatrix jacobian, double[] rowScales, MethodTally tally)
    {
        var count = cone.Rows.Count;
        if (_plus.Length < Levels * count)
            (_plus, _minus, _crossed) = (new double[Levels * count], new double[Levels * count], new bool[Levels * count]);
        Array.Clear(_crossed);
        var x = at.Values[column];
        if (!double.IsFinite(x))
        {
            foreach (var _ in cone.Rows)
                tally.Skip("the input is not finite");
            return;
        }
        var widths = new double[Levels];
        var step = FirstStep * (x == 0 ? 1 : Math.Abs(x));
        for (var level = 0; level < Levels; level++, step *= StepRatio)
        {
            widths[level] = x + step - (x - step);
            Probe(x + step, _plus.AsSpan(level * count, count), level * count);
            Probe(x - step, _minus.AsSpan(level * count, count), level * count);
        }
        for (var k = 0; k < count; k++)
            Compare(k, count, column, widths, jacobian, rowScales, tally);
    }

    private void Probe(double x, Span<double> outputs, int first)
    {
        cone.Evaluate(x);
        for (var k = 0; k < outputs.Length; k++)
        {
            var node = at.Trace.Outputs[cone.Rows[k]];
            outputs[k] = cone.Values[node];
            _crossed[first + k] |= cone.Crossed(node);
        }
    }

    private void Compare(int k, int count, int column, double[] widths, CsrMatrix jacobian, double[] rowScales, MethodTally tally)
    {
        var row = cone.Rows[k];
        var node = at.Trace.Outputs[row];
        var derivative = jacobian[row, column];
        if (!double.IsFinite(at.Values[node]) || !double.IsFinite(derivative))
        {
            tally.Skip("the value or the derivative is not finite");
            return;
        }
        var scale = rowScales[row];
        if (scale == 0)
            scale = Math.Abs(at.Values[node]) / Math.Max(1, Math.Abs(at.Values[column]));
        bool crossed = false, left = false;
        int best = -1, second = -1;
        for (var level = 0; level < Levels; level++)
        {
            var index = level * count + k;
            _slopes[level] = (_plus[index] - _minus[index]) / widths[level];
            _bounds[level] = double.PositiveInfinity;
            crossed |= _crossed[index];
            left |= !double.IsFinite(_slopes[level]);
            if (level == 0 || _crossed[index] || _crossed[index - count] || !double.IsFinite(_slopes[level]) || !double.IsFinite(_slopes[level - 1]))
                continue;
            var bound = Math.Abs(_slopes[level] - _slopes[level - 1]) + 2 * cone.NoiseOf(node) / widths[level];
            _bounds[level] = double.IsNaN(bound) ? double.PositiveInfinity : bound;
            if (best < 0 || _bounds[level] < _bounds[best])
                (best, second) = (level, best);
            else if (second < 0 || _bounds[level] < _bounds[second])
                second = level;
        }
        if (best < 0 || !(_bounds[best] <= Conclusive * scale))
        {
            if (scale == 0 && best >= 0 && _slopes[best] == 0 && derivative == 0)
                tally.Compare(row, column, 0, 0, 0, 0);
            else
                tally.Skip(crossed ? "a kink, a jump or another branch is too near" : left ? "the domain ends too near" : "the error bound is too large to tell");
            return;
        }
        // Two steps must agree that the derivative is wrong: one may be deceived by errors that happen to cancel between neighbours.
        var judge = Differs(best, derivative, scale) && (second < 0 || !(_bounds[second] <= Conclusive * scale) || Differs(second, derivative, scale)) ? best
            : Differs(best, derivative, scale) ? second : best;
        tally.Compare(row, column, derivative, _slopes[judge], Allowed(judge, scale), scale);
    }

    private bool Differs(int level, double derivative, double scale) => !(Math.Abs(_slopes[level] - derivative) <= Allowed(level, scale));

    private double Allowed(int level, double scale) => 4 * _bounds[level] + 1e-11 * scale;
}
