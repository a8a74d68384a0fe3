using HybridAD.Errors;
using HybridAD.Rounding;
using HybridAD.Stability.Tuning;

namespace HybridAD.Stability;

/// <summary>
/// Which variables and operations may be narrower than binary64 at given points, and what that does to the results.
/// </summary>
/// <remarks>
/// To first order a group costs Σ |adjoint| · half an ulp of the narrow format over its assignments (Chiang et al., Rigorous Floating-Point Mixed-Precision Tuning, 2017, and Menon
/// et al., ADAPT, 2018, use the same adjoints). A mix is then run, which gives what first order leaves out, so that
/// <see cref="MixPrediction.Predicted"/> is a bound for the mix at these points and not an estimate. Adjoints are held per output: 8 bytes a node and output, and 16 more.
/// Not thread-safe.
/// </remarks>
public sealed class PrecisionTuner
{
    private readonly IReadOnlyList<TuningPoint> _points;
    private readonly MixRun[] _runs;
    private readonly TuningGroups _groups;
    private readonly Dictionary<NumberFormat, double[]> _firstOrder = [];

    private PrecisionTuner(IReadOnlyList<TuningPoint> points)
    {
        _points = points;
        _groups = new TuningGroups(points);
        _runs = [.. points.Select((point, k) => new MixRun(point, _groups.OfNode[k]))];
    }

    /// <summary>The groups, in the order in which a mix gives their formats.</summary>
    public IReadOnlyList<TuningGroup> Groups => _groups.Groups;

    /// <summary>Prepares points of one program.</summary>
    /// <param name="points">One or more points, with the program as it runs there; variables must be the same at all.</param>
    /// <exception cref="HybridAdArgumentException">There is no point, or one has the wrong number of inputs.</exception>
    public static PrecisionTuner Of(params IReadOnlyList<TuningPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
            Throw.OutOfRange(nameof(points), 0, "1 point or more");
        foreach (var point in points)
        {
            Throw.IfLengthDiffers(point.X.Count, point.Program.Trace.InputCount, nameof(points), "one number per input");
            Throw.IfLengthDiffers(point.Program.Variables.Count, points[0].Program.Variables.Count, nameof(points), "the same variables at all points");
        }
        return new PrecisionTuner(points);
    }

    /// <summary>What storing each group in a format would add to the error, to first order: the largest over the points and outputs.</summary>
    public IReadOnlyList<double> FirstOrder(NumberFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (_firstOrder.TryGetValue(format, out var known))
            return known;
        var largest = new double[Groups.Count];
        foreach (var run in _runs)
        {
            var errors = new double[run.OutputCount][];
            for (var output = 0; output < errors.Length; output++)
                errors[output] = new double[largest.Length];
            run.AddFirstOrder(format, errors);
            foreach (var ofOutput in errors)
                for (var group = 0; group < largest.Length; group++)
                    largest[group] = Math.Max(largest[group], double.IsNaN(ofOutput[group]) ? double.PositiveInfinity : ofOutput[group]);
        }
        return _firstOrder[format] = largest;
    }

    /// <summary>Runs a mix at every point.</summary>
    /// <exception cref="HybridAdArgumentException">The mix does not have one format per group.</exception>
    public MixPrediction Predict(PrecisionMix mix)
    {
        ArgumentNullException.ThrowIfNull(mix);
        Throw.IfLengthDiffers(mix.Formats.Count, Groups.Count, nameof(mix), "one format per group");
        var all = _runs.SelectMany(run => run.Predict(mix)).ToList();
        // A function without outputs has no error to be predicted.
        if (all.MaxBy(prediction => prediction.Predicted) is not { } worst)
            return new MixPrediction { Predicted = 0, FirstOrder = 0, HigherOrder = 0, Unmixed = 0, Actual = 0 };
        return worst with { Actual = all.Max(prediction => prediction.Actual), Problem = all.Select(prediction => prediction.Problem).FirstOrDefault(problem => problem is not null) };
    }

    /// <summary>The program of a point with a mix written into it: a <c>cast</c> after every result that is stored in a narrower format.</summary>
    /// <param name="mix">The mix.</param>
    /// <param name="point">The index of the point.</param>
    /// <exception cref="HybridAdArgumentException">The mix does not have one format per group.</exception>
    public RoundedProgram Mixed(PrecisionMix mix, int point = 0)
    {
        ArgumentNullException.ThrowIfNull(mix);
        Throw.IfLengthDiffers(mix.Formats.Count, Groups.Count, nameof(mix), "one format per group");
        return new MixedProgram(_points[point].Program, _groups.OfNode[point], mix).Write();
    }

    /// <summary>
    /// The largest saving whose predicted error stays within a tolerance, found greedily: groups in the order of their error per byte saved, then what the prediction
    /// does not bear is taken back, worst first.
    /// </summary>
    /// <param name="tolerance">The largest |error| of any output, absolute.</param>
    /// <param name="formats">The narrower formats to choose from; null for binary32 alone.</param>
    /// <exception cref="HybridAdArgumentException">The tolerance is not above 0.</exception>
    public TuningResult Tune(double tolerance, IReadOnlyList<NumberFormat>? formats = null)
    {
        if (!(tolerance > 0))
            Throw.OutOfRange(nameof(tolerance), tolerance, "numbers above 0");
        return new MixSearch(this, tolerance, formats ?? [NumberFormat.Binary32]).Run();
    }
}
