using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.PropertyTests.Support;

/// <summary>
/// First-order bounds on what rounding does to values and Jacobians of a tame graph: every operation errs by a few units in the last place and passes
/// on the errors of its operands; partials feel errors of values through the second derivatives.
/// </summary>
/// <remarks>Griewank and Walther, Evaluating Derivatives, 2nd ed., section 3.4; Higham, Accuracy and Stability, chapter 3.</remarks>
internal sealed class RoundingBounds
{
    /// <summary>Units that one operation may err by: library functions, and a power computed by multiplications instead.</summary>
    private const double PerOperation = 16 * Numbers.Unit;

    private readonly SlowEvaluation _slow;
    private readonly double[][] _partialErrors;

    public RoundingBounds(SlowEvaluation slow)
    {
        _slow = slow;
        ValueErrors = new double[slow.Values.Length];
        _partialErrors = new double[slow.Values.Length][];
        for (var node = 0; node < ValueErrors.Length; node++)
        {
            var operands = slow.Trace.OperandsOf(node);
            _partialErrors[node] = new double[operands.Length];
            if (operands.IsEmpty)
                continue;
            ValueErrors[node] = PerOperation * Math.Abs(slow.Values[node]);
            for (var k = 0; k < operands.Length; k++)
                if (ValueErrors[operands[k]] != 0)
                    ValueErrors[node] += Math.Abs(slow.Partials[node][k]) * ValueErrors[operands[k]];
            AddPartialErrors(node);
        }
    }

    /// <summary>A bound on the error of every value.</summary>
    public double[] ValueErrors { get; }

    /// <summary>A bound on the error of every output.</summary>
    public double[] OutputErrors => [.. _slow.Trace.Outputs.ToArray().Select(node => ValueErrors[node])];

    /// <summary>Whether errors are so small against the reach of tameness that first order says it all.</summary>
    public bool AreSmall
    {
        get
        {
            for (var node = 0; node < ValueErrors.Length; node++)
            {
                if (!(ValueErrors[node] <= 1e-7 * (1 + Math.Abs(_slow.Values[node]))))
                    return false;
                // Second derivatives to operands that are rounded but do not depend on inputs may be anything, even NaN.
                for (var k = 0; k < _partialErrors[node].Length; k++)
                    if (!(_partialErrors[node][k] <= 1e-7 * (1 + Math.Abs(_slow.Partials[node][k]))) && _partialErrors[node][k] != 0)
                        return false;
            }
            return true;
        }
    }

    /// <summary>A bound on the error of every entry of a Jacobian accumulated from rounded partials in any order.</summary>
    public double[,] JacobianErrors()
    {
        var n = _slow.Trace.InputCount;
        var magnitudes = new double[ValueErrors.Length][];
        var errors = new double[ValueErrors.Length][];
        for (var node = 0; node < ValueErrors.Length; node++)
        {
            (magnitudes[node], errors[node]) = (new double[n], new double[n]);
            if (node < n)
                magnitudes[node][node] = 1;
            var operands = _slow.Trace.OperandsOf(node);
            for (var k = 0; k < operands.Length; k++)
            {
                var partial = Math.Abs(_slow.Partials[node][k]);
                var (magnitude, error) = (magnitudes[operands[k]], errors[operands[k]]);
                for (var input = 0; input < n; input++)
                    if (magnitude[input] != 0 || error[input] != 0)
                    {
                        magnitudes[node][input] += partial * magnitude[input];
                        errors[node][input] += partial * error[input] + _partialErrors[node][k] * magnitude[input];
                    }
            }
        }
        var steps = 2 * Numbers.Unit * _slow.RoundingSteps();
        var bounds = new double[_slow.Trace.OutputCount, n];
        for (var row = 0; row < bounds.GetLength(0); row++)
            for (var input = 0; input < n; input++)
                bounds[row, input] = errors[_slow.Trace.Outputs[row]][input] + steps * magnitudes[_slow.Trace.Outputs[row]][input];
        return bounds;
    }

    private void AddPartialErrors(int node)
    {
        var trace = _slow.Trace;
        var operands = trace.OperandsOf(node);
        var primitive = Primitive.Of(trace.Operations[node]);
        var values = _slow.OperandValues(node);
        for (var k = 0; k < operands.Length; k++)
        {
            if (!_slow.DependsOnInputs[operands[k]] || primitive.FormOf(k) == PartialForm.Zero)
                continue;
            _partialErrors[node][k] = PerOperation * Math.Abs(_slow.Partials[node][k]);
            for (var l = 0; l < operands.Length; l++)
                if (ValueErrors[operands[l]] != 0)
                    _partialErrors[node][k] += ValueErrors[operands[l]]
                        * Math.Abs(primitive.SecondPartial(Math.Min(k, l), Math.Max(k, l), values, _slow.Parameters(node), _slow.Values[node]));
        }
    }
}
