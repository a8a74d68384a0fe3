using HybridAD.Graph;

namespace HybridAD.PropertyTests.Support;

/// <summary>
/// Columns of a Jacobian by central differences at three halved steps, extrapolated to step 0. The error bound is the change that the last
/// extrapolation made, which is far above what is left after it, and the rounding of the function as its own error analysis gives it.
/// </summary>
internal sealed class FiniteDifferences
{
    private readonly SlowEvaluation _slow;
    private readonly double[] _point;
    private readonly double[] _outputErrors;

    public FiniteDifferences(SlowEvaluation slow, double[] point, RoundingBounds bounds)
    {
        _slow = slow;
        _point = point;
        _outputErrors = bounds.OutputErrors;
    }

    /// <summary>∂y/∂x of one input for all outputs, each with the bound of its error.</summary>
    public (double[] Derivatives, double[] Errors) Column(int input)
    {
        var step = Step(input);
        var differences = new double[3][];
        for (var level = 0; level < 3; level++)
            differences[level] = Central(input, step / (1 << level));
        var (derivatives, errors) = (new double[_outputErrors.Length], new double[_outputErrors.Length]);
        for (var row = 0; row < derivatives.Length; row++)
        {
            var (a, b, c) = (differences[0][row], differences[1][row], differences[2][row]);
            var (coarse, fine) = ((4 * b - a) / 3, (4 * c - b) / 3);
            derivatives[row] = (16 * fine - coarse) / 15;
            // Differences that do not settle by halving the step say nothing about the derivative.
            var settles = Math.Abs(b - c) <= 0.4 * Math.Abs(a - b) || Math.Abs(a - b) <= 16 * _outputErrors[row] / step;
            errors[row] = settles ? Math.Abs(fine - coarse) + 32 * _outputErrors[row] / step : double.PositiveInfinity;
        }
        return (derivatives, errors);
    }

    /// <summary>A step that moves every value by no more than a fifth of what tameness allows.</summary>
    private double Step(int input)
    {
        var largest = Tameness.Reach / 5;
        var tangents = new double[_slow.Values.Length];
        tangents[input] = 1;
        for (var node = _slow.Trace.InputCount; node < tangents.Length; node++)
        {
            var operands = _slow.Trace.OperandsOf(node);
            for (var k = 0; k < operands.Length; k++)
                if (tangents[operands[k]] != 0)
                    tangents[node] += Math.Abs(_slow.Partials[node][k]) * tangents[operands[k]];
            if (tangents[node] > 0)
                largest = Math.Min(largest, Tameness.Reach / 5 * (1 + Math.Abs(_slow.Values[node])) / tangents[node]);
        }
        // A power of two, so that the step taken is the step meant.
        return Math.Pow(2, Math.Floor(Math.Log2(largest)));
    }

    private double[] Central(int input, double step)
    {
        var (above, below) = ((double[])_point.Clone(), (double[])_point.Clone());
        above[input] += step;
        below[input] -= step;
        var width = above[input] - below[input];
        var (high, low) = (new SlowEvaluation(_slow.Trace, above).Outputs, new SlowEvaluation(_slow.Trace, below).Outputs);
        return [.. high.Zip(low, (h, l) => (h - l) / width)];
    }
}
