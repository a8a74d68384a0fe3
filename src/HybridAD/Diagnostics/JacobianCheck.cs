using HybridAD.Errors;
using HybridAD.Planning.Costs;
using HybridAD.Plans;

namespace HybridAD.Diagnostics;

/// <summary>
/// Compares ways of computing the same Jacobian: the chosen plan with forward mode, reverse mode, the hybrid and finite differences of the trace as it was
/// recorded. Modes share the simplified trace and its partial derivatives; the finite differences do not.
/// </summary>
public static class JacobianCheck
{
    private const int SampledDirections = 32;

    /// <summary>Both ways have rounded, and a function for several numbers at once by two units in the last place.</summary>
    private const double RoundingsApart = 4;

    private const string NotFinite = "not finite in both";

    /// <summary>Checks the Jacobian of a function at a point.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">The point, one number per input.</param>
    /// <param name="options">How thoroughly; null for the defaults.</param>
    public static CheckReport Run(TracedFunction function, ReadOnlySpan<double> x, JacobianCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var compiled = function.CompileJacobian();
        // What is checked are the kernels, not what stands in for them until they pay.
        if (compiled.Plan.Strategy is BlockStrategy)
            compiled = function.CompileJacobian(JacobianPlannerOptions.Default with { Engine = Engine.Compiled });
        return Run(function, x, function.Value(x), compiled.Evaluate(x), compiled.Plan.Chosen, options);
    }

    /// <summary>Checks a Jacobian that was computed elsewhere, for example by hand.</summary>
    /// <param name="function">The function.</param>
    /// <param name="x">The point, one number per input.</param>
    /// <param name="jacobian">What is said to be its Jacobian there; must list every position that is not zero.</param>
    /// <param name="options">How thoroughly; null for the defaults.</param>
    public static CheckReport Run(TracedFunction function, ReadOnlySpan<double> x, CsrMatrix jacobian, JacobianCheckOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(jacobian);
        Throw.IfLengthDiffers(jacobian.RowCount, function.OutputCount, nameof(jacobian), "one row per output");
        Throw.IfLengthDiffers(jacobian.ColumnCount, function.InputCount, nameof(jacobian), "one column per input");
        return Run(function, x, function.Value(x), jacobian, "given", options);
    }

    private static CheckReport Run(TracedFunction function, ReadOnlySpan<double> x, double[] values, CsrMatrix jacobian, string plan, JacobianCheckOptions? options)
    {
        var check = new Comparison(function, jacobian, new TraceAtPoint(function.Trace, x), options ?? JacobianCheckOptions.Default);
        check.Values(values);
        check.Mode("forward", JacobianMode.Forward, x);
        check.Mode("reverse", JacobianMode.Reverse, x);
        check.Mode("hybrid", JacobianMode.Hybrid, x);
        check.Differences();
        return new CheckReport { Plan = plan, Methods = [.. check.Tallies.Select(tally => tally.Result())], Differences = [.. check.Found] };
    }

    private sealed class Comparison(TracedFunction function, CsrMatrix jacobian, TraceAtPoint at, JacobianCheckOptions options)
    {
        private readonly double[] _rowScales = RowScales(jacobian);
        private readonly Cone _cone = new(at);
        private int _entered = -1;
        private double[]? _noise;

        public List<MethodTally> Tallies { get; } = [];

        public List<CheckDifference> Found { get; } = [];

        /// <summary>Compares the values of the simplified trace with those of the trace as recorded.</summary>
        public void Values(double[] values)
        {
            var tally = New(CheckReport.ValuesName);
            var noise = _noise ??= ValueNoise.Of(at);
            for (var row = 0; row < values.Length; row++)
            {
                var node = at.Trace.Outputs[row];
                if (!double.IsFinite(values[row]) && !double.IsFinite(at.Values[node]))
                    tally.Skip("not finite");
                else if (!double.IsFinite(noise[node]))
                    tally.Skip("the error bound is not finite");
                else
                    tally.Compare(row, -1, values[row], at.Values[node], 16 * noise[node], Math.Abs(values[row]));
            }
        }

        /// <summary>Compares a mode: whole where it is predicted to take little time, else some of its directions.</summary>
        public void Mode(string name, JacobianMode mode, ReadOnlySpan<double> x)
        {
            var tally = New(name);
            var asked = new JacobianPlannerOptions { Mode = mode };
            if (mode == JacobianMode.Hybrid || Predicted(mode) <= options.SecondsPerMode)
                try
                {
                    Compare(tally, function.CompileJacobian(asked).Evaluate(x));
                    return;
                }
                catch (HybridAdException error) when (error.Code == ErrorCodes.PlanDoesNotFit)
                {
                    if (mode == JacobianMode.Hybrid)
                    {
                        tally.Sample = "does not fit into memory";
                        return;
                    }
                }
            Sampled(tally, mode, x);
        }

        /// <summary>Compares columns with finite differences, in random order until the work allowed is done.</summary>
        public void Differences()
        {
            var tally = New("finite differences");
            var differences = new FiniteDifferences(_cone, at);
            var order = Sample(at.Trace.InputCount, options.Columns ?? at.Trace.InputCount);
            var work = options.Work;
            var done = 0;
            foreach (var column in order)
            {
                if (options.Columns is null && work < 0)
                    break;
                Enter(column);
                work -= _cone.Work * FiniteDifferences.EvaluationsPerColumn;
                differences.Check(column, jacobian, _rowScales, tally);
                _entered = -1;
                done++;
            }
            if (done < at.Trace.InputCount)
                tally.Sample = $"{done:N0} of {at.Trace.InputCount:N0} columns, drawn with seed {options.Seed}";
        }

        private MethodTally New(string name)
        {
            var tally = new MethodTally(name, Found);
            Tallies.Add(tally);
            return tally;
        }

        /// <summary>One direction of the mode for every row or column, sixteen at a time, over all edges of the graph.</summary>
        private double Predicted(JacobianMode mode)
        {
            var directions = mode == JacobianMode.Forward ? function.InputCount : function.OutputCount;
            return 1e-9 * (directions + 15) / 16 * CostProfile.Default.SweepEdge(16) * 3 * at.Trace.NodeCount;
        }

        private void Compare(MethodTally tally, CsrMatrix other)
        {
            var pattern = other.Pattern;
            for (var row = 0; row < pattern.RowCount; row++)
                for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
                    Compare(tally, row, pattern.Columns[k], jacobian[row, pattern.Columns[k]], other.Values[k]);
        }

        private void Compare(MethodTally tally, int row, int column, double planned, double other)
        {
            var scale = _rowScales[row];
            if (!double.IsFinite(planned) || !double.IsFinite(other))
            {
                if (double.IsFinite(planned) || double.IsFinite(other))
                    tally.Compare(row, column, planned, other, allowed: 0, scale);
                else
                    tally.Skip(NotFinite);
                return;
            }
            var allowed = options.Tolerance * scale;
            if (Math.Abs(planned - other) > allowed)
            {
                // Where paths cancel, two orders of summation may differ by more than the row shows; so may partial derivatives where they depend much on values,
                // which a kernel rounds in other ways.
                Enter(column);
                var output = at.Trace.Outputs[row];
                var drift = RoundingsApart * _cone.DriftTo(output, _noise ??= ValueNoise.Of(at));
                allowed = options.Tolerance * Math.Max(scale, _cone.PathsTo(output)) + (double.IsFinite(drift) ? drift : 0);
            }
            tally.Compare(row, column, planned, other, allowed, scale);
        }

        private void Sampled(MethodTally tally, JacobianMode mode, ReadOnlySpan<double> x)
        {
            var forward = mode == JacobianMode.Forward;
            var count = forward ? function.InputCount : function.OutputCount;
            var chosen = Sample(count, SampledDirections);
            Array.Sort(chosen);
            var seed = new double[count];
            var pattern = jacobian.Pattern;
            foreach (var direction in chosen)
            {
                seed[direction] = 1;
                var result = forward ? function.Jvp(x, seed) : function.Vjp(x, seed);
                seed[direction] = 0;
                for (var k = 0; k < result.Length; k++)
                {
                    var (row, column) = forward ? (k, direction) : (direction, k);
                    if (pattern.Row(row).BinarySearch(column) >= 0 || result[k] != 0)
                        Compare(tally, row, column, jacobian[row, column], result[k]);
                }
            }
            if (chosen.Length < count)
                tally.Sample = $"{chosen.Length:N0} of {count:N0} {(forward ? "columns" : "rows")}, drawn with seed {options.Seed}";
        }

        private void Enter(int column)
        {
            if (_entered != column)
                _cone.Enter(column);
            _entered = column;
        }

        private int[] Sample(int count, int wanted)
        {
            var all = Enumerable.Range(0, count).ToArray();
            // A sequence that depends on the seed alone, whatever the version of the runtime.
            var state = unchecked((uint)options.Seed * 2654435761u + 1u);
            for (var k = 0; k < Math.Min(count, wanted) && k < count - 1; k++)
            {
                state = unchecked(state * 1664525u + 1013904223u);
                var other = k + (int)((ulong)state * (ulong)(count - k) >> 32);
                (all[k], all[other]) = (all[other], all[k]);
            }
            return wanted < count ? all[..wanted] : all;
        }

        private static double[] RowScales(CsrMatrix jacobian)
        {
            var scales = new double[jacobian.RowCount];
            for (var row = 0; row < scales.Length; row++)
                for (var k = jacobian.Pattern.RowStarts[row]; k < jacobian.Pattern.RowStarts[row + 1]; k++)
                    if (double.IsFinite(jacobian.Values[k]))
                        scales[row] = Math.Max(scales[row], Math.Abs(jacobian.Values[k]));
            return scales;
        }
    }
}
