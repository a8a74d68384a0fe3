using HybridAD.Rounding;

namespace HybridAD.Stability.Tuning;

/// <summary>The greedy search for a mix.</summary>
internal sealed class MixSearch(PrecisionTuner tuner, double tolerance, IReadOnlyList<NumberFormat> formats)
{
    /// <summary>Groups that are tried once more by themselves after the first choice: each try is a run of the program.</summary>
    private const int Retries = 32;

    private readonly NumberFormat[] _mix = [.. tuner.Groups.Select(_ => NumberFormat.Binary64)];

    public TuningResult Run()
    {
        var unmixed = tuner.Predict(Mix);
        var steps = Steps();
        var budget = tolerance - unmixed.Unmixed;
        foreach (var step in steps)
        {
            var change = step.Error - ErrorOf(step.Group);
            if (Bytes(step.Format) >= Bytes(_mix[step.Group]) || !(change <= budget))
                continue;
            budget -= change;
            _mix[step.Group] = step.Format;
        }
        var prediction = TakeBack();
        if (prediction.Predicted <= tolerance)
            prediction = TryAgain(steps, prediction);
        return new TuningResult
        {
            Tolerance = tolerance, Mix = Mix, Prediction = prediction, Unmixed = unmixed, IsWithinTolerance = prediction.Predicted <= tolerance,
            Choices = [.. tuner.Groups.Select((group, index) => new TuningChoice(group, _mix[index], ErrorOf(index)))],
        };
    }

    private PrecisionMix Mix => new([.. _mix]);

    private double ErrorOf(int group) => _mix[group].Precision == 53 ? 0 : tuner.FirstOrder(_mix[group])[group];

    /// <summary>Every way of narrowing a group, cheapest error per byte saved first.</summary>
    private List<Step> Steps()
    {
        var steps = new List<Step>();
        foreach (var format in formats)
            for (var group = 0; group < _mix.Length; group++)
                if (!tuner.Groups[group].IsKept && tuner.Groups[group].Assignments > 0)
                    steps.Add(new Step(group, format, tuner.FirstOrder(format)[group], tuner.Groups[group].Assignments * (double)(8 - Bytes(format))));
        steps.Sort((a, b) => (a.Error / a.Benefit).CompareTo(b.Error / b.Benefit) is var order and not 0 ? order : a.Group.CompareTo(b.Group));
        return steps;
    }

    /// <summary>Widens groups, the one with the largest first-order error first, until the prediction is within the tolerance.</summary>
    private MixPrediction TakeBack()
    {
        while (true)
        {
            var prediction = tuner.Predict(Mix);
            if (prediction.Predicted <= tolerance)
                return prediction;
            var worst = -1;
            for (var group = 0; group < _mix.Length; group++)
                if (_mix[group].Precision < 53 && (worst < 0 || ErrorOf(group) > ErrorOf(worst)))
                    worst = group;
            if (worst < 0)
                return prediction;
            // Where many small groups share the blame, one at a time would take for ever.
            var excess = prediction.Predicted - tolerance;
            var given = 0.0;
            foreach (var group in Enumerable.Range(0, _mix.Length).Where(group => _mix[group].Precision < 53).OrderByDescending(ErrorOf).ToList())
            {
                if (given > 0.1 * excess && group != worst)
                    break;
                given += ErrorOf(group);
                _mix[group] = NumberFormat.Binary64;
            }
        }
    }

    /// <summary>Formats that first order refused, or that were taken back with others, one by one.</summary>
    private MixPrediction TryAgain(List<Step> steps, MixPrediction prediction)
    {
        var tries = 0;
        foreach (var step in steps)
        {
            var before = _mix[step.Group];
            if (Bytes(step.Format) >= Bytes(before))
                continue;
            if (tries++ == Retries)
                break;
            _mix[step.Group] = step.Format;
            var tried = tuner.Predict(Mix);
            if (tried.Predicted <= tolerance)
                prediction = tried;
            else
                _mix[step.Group] = before;
        }
        return prediction;
    }

    private static int Bytes(NumberFormat format) => format.Precision switch { 53 => 8, 24 => 4, _ => 2 };

    private readonly record struct Step(int Group, NumberFormat Format, double Error, double Benefit);
}
